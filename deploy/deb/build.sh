#!/usr/bin/env bash
# Builds the Debian package of a published program.
#   deploy/deb/build.sh PROGRAM VERSION DIR [ARCH [TOOL]]
# PROGRAM is the output of `dotnet publish src/Exporter -c Release -r linux-x64`, VERSION its version, DIR the output
# folder, ARCH amd64 unless given. TOOL prints the manual page and the completions if PROGRAM is for another
# architecture.
# The same commit gives the same bytes: times are those of SOURCE_DATE_EPOCH, or of the commit.
set -euo pipefail

[ $# -ge 3 ] || { sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2; }
program=$(realpath "$1") version=$2 arch=${4:-amd64} tool=$(realpath "${5:-$1}")
mkdir -p "$3"
out=$(realpath "$3")
cd "$(dirname "$0")/../.."
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
umask 022

# 0.2.0-alpha.0.3+0123456 sorts before 0.2.0: Debian uses a tilde for the hyphen of SemVer.
debian=${version%%+*}
debian=${debian/-/\~}

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

put() { install -D -m "${3:-644}" "$1" "$root/$2"; }
make() { mkdir -p "$(dirname "$root/$1")" && cat >"$root/$1"; }
# Without the file name and time, which would differ.
packed() { gzip -9n | make "$1"; }

put "$program" usr/bin/clustermgr-exporter 755
put deploy/systemd/clustermgr-exporter.service lib/systemd/system/clustermgr-exporter.service
put deploy/systemd/clustermgr-exporter.socket lib/systemd/system/clustermgr-exporter.socket
put deploy/systemd/clustermgr-exporter.sysusers usr/lib/sysusers.d/clustermgr-exporter.conf
put deploy/systemd/clustermgr-exporter.default etc/default/clustermgr-exporter
put exporter.example.yaml usr/share/doc/clustermgr-exporter/examples/exporter.yaml
put alerts/prometheus.example.yaml usr/share/doc/clustermgr-exporter/examples/prometheus.yaml
put alerts/alertmanager.example.yaml usr/share/doc/clustermgr-exporter/examples/alertmanager.yaml
put deploy/deb/copyright usr/share/doc/clustermgr-exporter/copyright
put deploy/deb/lintian-overrides usr/share/lintian/overrides/clustermgr-exporter
"$tool" man | packed usr/share/man/man1/clustermgr-exporter.1.gz
"$tool" completion bash | make usr/share/bash-completion/completions/clustermgr-exporter
"$tool" completion zsh | make usr/share/zsh/vendor-completions/_clustermgr-exporter
"$tool" completion fish | make usr/share/fish/vendor_completions.d/clustermgr-exporter.fish
packed usr/share/doc/clustermgr-exporter/changelog.gz <CHANGELOG.md
packed usr/share/doc/clustermgr-exporter/changelog.Debian.gz <<EOF
clustermgr-exporter ($debian) unstable; urgency=medium

  * See changelog.gz for what changed.

 -- clustermgr-exporter maintainers <maintainers@clustermgr-exporter.invalid>  $(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")
EOF
make DEBIAN/conffiles <<</etc/default/clustermgr-exporter
for script in postinst prerm postrm; do put "deploy/deb/$script" "DEBIAN/$script" 755; done
make DEBIAN/control <<EOF
Package: clustermgr-exporter
Version: $debian
Section: net
Priority: optional
Architecture: $arch
Maintainer: clustermgr-exporter maintainers <maintainers@clustermgr-exporter.invalid>
Depends: adduser, libc6 (>= 2.35), libssl3 | libssl3t64, init-system-helpers (>= 1.54~)
Recommends: ca-certificates
Suggests: prometheus, prometheus-alertmanager
Installed-Size: $(du -sk --apparent-size "$root" | cut -f1)
Description: Prometheus exporter and alerting sidecar for CubeFS clustermgr
 It polls the members of CubeFS blobstore clustermgr clusters, joins their
 views into one judgement, and serves metrics, a status page and an API.
 .
 Tested alerting rules and Grafana dashboards come with it: see
 "clustermgr-exporter rules" and "clustermgr-exporter dashboards". With an
 Alertmanager's address it pages by itself. "clustermgr-exporter demo" shows
 all of it on a simulated cluster.
EOF
(cd "$root" && find . -type f ! -path './DEBIAN/*' -printf '%P\n' | LC_ALL=C sort | xargs md5sum) | make DEBIAN/md5sums
find "$root" -newermt "@$SOURCE_DATE_EPOCH" -print0 | xargs -0r touch -h -d "@$SOURCE_DATE_EPOCH"

file=$out/clustermgr-exporter_${debian}_$arch.deb
dpkg-deb --root-owner-group --uniform-compression -Z"${DEB_COMPRESSION:-xz}" --build "$root" "$file" >&2
echo "$file"
