#!/usr/bin/env bash
# Recreates docs/pictures: the status page of the demo after a quarter of an hour, in which its stories
# repeat every three minutes, and 45 s more, so that the last one is under way. Needs the tools that
# tests/run-all.sh installs, and the preferred font of the page: fonts-inter on Debian.
set -euo pipefail
cd "$(dirname "$0")/.."

dotnet build tests/Exporter.EndToEnd -c Release -v quiet
mkdir -p docs/pictures
CLUSTERMGR_TEST_PICTURES=$PWD/docs/pictures CLUSTERMGR_TEST_PICTURES_AFTER=${1:-945} \
  dotnet tests/Exporter.EndToEnd/bin/Release/net10.0/Exporter.EndToEnd.dll -noColor -class '*StatusPagePictureTests'
ls -l docs/pictures
