#!/usr/bin/env bash
# Verifies the units with systemd, and checks their security exposure.
set -euo pipefail
cd "$(dirname "$0")/../.."

# systemd-analyze needs the program and the manual page at the paths in the unit.
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root/bin"
install -m 755 artifacts/clustermgr-exporter/clustermgr-exporter "$root/bin/"
for unit in service socket; do
  sed "s|/usr/bin/clustermgr-exporter|$root/bin/clustermgr-exporter|; /^Documentation=/d" \
    "deploy/systemd/clustermgr-exporter.$unit" >"$root/clustermgr-exporter.$unit"
done
said=$(systemd-analyze verify --man=no "$root/clustermgr-exporter.service" "$root/clustermgr-exporter.socket" 2>&1) || true
[ -z "$said" ] || { printf '%s\n' "$said"; exit 1; }

# The threshold is in tenths: 15 means an exposure of 1.5.
systemd-analyze security --offline=true --threshold=15 "$root/clustermgr-exporter.service" | tail -1
systemd-analyze security --offline=true --threshold=15 "$root/clustermgr-exporter.service" >/dev/null
