#!/usr/bin/env bash
# Builds all files of a release, reproducibly: the same commit gives the same bytes.
#   deploy/release.sh [DIR]      DIR is artifacts/release unless given
# It builds archives of the program for x64 and arm64, Debian packages, a .NET tool, a bill of materials (CycloneDX) and
# checksums.
# The version is that of the tag v1.2.3 at the commit, or an alpha of the next version. Needs the tools that
# tests/run-all.sh installs.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(realpath -m "${1:-artifacts/release}")
export SOURCE_DATE_EPOCH
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
umask 022

[ -z "$(git status --porcelain)" ] || { echo "the tree has changes that are in no commit; commit or stash them, then run again" >&2; exit 1; }
rm -rf "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"

step() { printf '== %s (after %d:%02d)\n' "$*" $((SECONDS / 60)) $((SECONDS % 60)); }

for machine in x64 arm64; do
  step "program for linux-$machine"
  dotnet publish src/Exporter -c Release -r "linux-$machine" -o "$work/$machine" -v quiet --nologo
done
tool=$work/x64/clustermgr-exporter
version=$("$tool" --version | sed -nE '1s/\+.*//p')
if tag=$(git describe --exact-match --match 'v*' HEAD 2>/dev/null) && [ "$tag" != "v$version" ]; then
  echo "the program says it is $version, and the tag is $tag" >&2
  exit 1
fi

# Files that users copy from must name the tagged version.
if [ -n "${tag:-}" ] && grep -rnE '(clustermgr-exporter:|newTag: |clustermgr-exporter[_-])[0-9]+\.[0-9]+\.[0-9]+' deploy docs/deploy.md | grep -vF "${tag#v}" >&2; then
  echo "these name another version than $tag; change them in the commit that is tagged" >&2
  exit 1
fi

# The other files of the archives, the same for all architectures.
share=$work/share
mkdir -p "$share/completions"
cp -r LICENSE README.md CHANGELOG.md exporter.example.yaml alerts dashboards "$share"
cp -r deploy/systemd "$share/systemd"
"$tool" man >"$share/clustermgr-exporter.1"
for shell in bash zsh fish; do "$tool" completion $shell >"$share/completions/clustermgr-exporter.$shell"; done

for machine in x64 arm64; do
  step "archive and package for linux-$machine"
  name=clustermgr-exporter-$version-linux-$machine
  mkdir "$work/$name"
  cp -r "$share/." "$work/$name"
  install -m 755 "$work/$machine/clustermgr-exporter" "$work/$name"
  tar -C "$work" --sort=name --owner=0 --group=0 --numeric-owner --mode=go=rX,u+rw,a-s --mtime="@$SOURCE_DATE_EPOCH" -cf - "$name" \
    | gzip -9n >"$out/$name.tar.gz"
  deploy/deb/build.sh "$work/$machine/clustermgr-exporter" "$version" "$out" "$([ $machine = x64 ] && echo amd64 || echo arm64)" "$tool"
done

step ".NET tool"
dotnet pack src/Exporter -c Release -o "$out" -p:ContinuousIntegrationBuild=true -p:RunAnalyzers=false -v quiet --nologo
dotnet run deploy/NormalizePackage.cs -- "$out/clustermgr-exporter.$version.nupkg" "$SOURCE_DATE_EPOCH"

step "list of what is in it"
dotnet tool restore >/dev/null
dotnet CycloneDX src/Exporter/Exporter.csproj -o "$out" -fn "clustermgr-exporter-$version.cdx.json" -F Json -sv "$version" -sn clustermgr-exporter -st Application -ns -dpr >/dev/null
# The time of the commit, not the current time.
sed -i -E "s/(\"timestamp\": \")[^\"]*/\1$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)/" "$out/clustermgr-exporter-$version.cdx.json"

step "checksums"
(cd "$out" && LC_ALL=C sha256sum -- * | tee SHA256SUMS)
echo "made $version in $out"
