#!/usr/bin/env bash
# Builds a release in a clone in another folder, and compares the result with the build here.
set -euo pipefail
cd "$(dirname "$0")/../.."

if [ -n "$(git status --porcelain)" ]; then
  echo "not made: the tree has changes that are in no commit, and a release is of a commit"
  exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAILED: $*"; exit 1; }

git clone -q . "$work/clone"
"$work/clone/deploy/release.sh" "$work/out"
cd "$work/out"
version=$("$OLDPWD/artifacts/clustermgr-exporter/clustermgr-exporter" --version | sed -nE '1s/\+.*//p')

echo "-- two builds of one commit are the same, byte for byte"
tar -xzf "clustermgr-exporter-$version-linux-x64.tar.gz" -C "$work"
cmp "$OLDPWD/artifacts/clustermgr-exporter/clustermgr-exporter" "$work/clustermgr-exporter-$version-linux-x64/clustermgr-exporter"
# The same for the Debian package, built again in the same clone.
(cd "$work/clone" && SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) deploy/deb/build.sh \
  "$work/clustermgr-exporter-$version-linux-x64/clustermgr-exporter" "$version" "$work/again" >/dev/null 2>&1)
cmp ./*_amd64.deb "$work"/again/*_amd64.deb

echo "-- checksums, versions and the list of parts agree"
sha256sum --quiet -c SHA256SUMS
[ "$(wc -l <SHA256SUMS)" -eq "$(find . -type f ! -name SHA256SUMS | wc -l)" ] || fail "a file has no checksum"
[ "$(dpkg-deb -f ./*_amd64.deb Version)" = "${version/-/\~}" ] || fail "the package is of another version"
[ -e "clustermgr-exporter.$version.nupkg" ] || fail "the tool is of another version"
grep -q "\"version\": \"$version\"" "clustermgr-exporter-$version.cdx.json" || fail "the list of parts is of another version"
for part in Refit Serilog YamlDotNet prometheus-net.AspNetCore; do
  grep -q "\"name\": \"$part\"" "clustermgr-exporter-$version.cdx.json" || fail "$part is not listed"
done

echo "-- the version is the tag's"
git -C "$work/clone" tag v98.7.6
tagged=$(cd "$work/clone" && dotnet msbuild src/Exporter -restore -t:MinVer -getProperty:PackageVersion -p:Configuration=Release)
[ "$tagged" = 98.7.6 ] || fail "the tag v98.7.6 makes the version '$tagged'"

echo "-- what is in the archive works"
"$work/clustermgr-exporter-$version-linux-x64/clustermgr-exporter" --config.file="$work/clustermgr-exporter-$version-linux-x64/exporter.example.yaml" --config.check
tar -xzf "clustermgr-exporter-$version-linux-arm64.tar.gz" -C "$work"
# Only the version: the emulator has no arm64 OpenSSL.
[ "$(qemu-aarch64 -L /usr/aarch64-linux-gnu "$work/clustermgr-exporter-$version-linux-arm64/clustermgr-exporter" --version | sed -nE '1s/\+.*//p')" = "$version" ] \
  || fail "the program for arm64 does not run"

echo "-- the .NET tool installs and runs"
DOTNET_CLI_HOME=$work dotnet tool install clustermgr-exporter --version "$version" --add-source "$work/out" --tool-path "$work/tool" >/dev/null
[ "$("$work/tool/clustermgr-exporter" --version | sed -nE '1s/\+.*//p')" = "$version" ] || fail "the tool does not run"

echo "made $version: $(du -sh . | cut -f1) in $(find . -type f | wc -l) files"
