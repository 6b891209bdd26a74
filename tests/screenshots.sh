#!/usr/bin/env bash
# Makes docs/pictures anew: the status page over the demo, once it has run for a quarter of an hour, in
# which its stories repeat every three minutes: 45 s later the last one is in its midst. Needs what
# tests/run-all.sh installs, and the font that the page asks for first: fonts-inter on Debian.
set -euo pipefail
cd "$(dirname "$0")/.."

dotnet build tests/Exporter.EndToEnd -c Release -v quiet
mkdir -p docs/pictures
CLUSTERMGR_TEST_PICTURES=$PWD/docs/pictures CLUSTERMGR_TEST_PICTURES_AFTER=${1:-945} \
  dotnet tests/Exporter.EndToEnd/bin/Release/net10.0/Exporter.EndToEnd.dll -noColor -class '*StatusPagePictureTests'
ls -l docs/pictures
