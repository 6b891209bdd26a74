#!/usr/bin/env bash
# Tests the Debian package: checks it with lintian, and installs, starts, reloads, watches, upgrades, removes and purges
# it on a disposable machine. If that machine cannot be created, the last line says why.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/packaging/box.sh

work=$(mktemp -d)
trap 'box_stop; rm -rf "$work"' EXIT
program=artifacts/clustermgr-exporter/clustermgr-exporter

fail() { echo "FAILED: $*"; exit 1; }
say() { echo "-- $*"; }

version=$("$program" --version | sed -nE '1s/\+.*//p')
old=$(DEB_COMPRESSION=none deploy/deb/build.sh "$program" 0.0.1 "$work" 2>/dev/null)
new=$(deploy/deb/build.sh "$program" "$version" "$work" 2>/dev/null)
echo "$new: $(stat -c %s "$new") bytes"

say "what it needs of glibc is what it says"
glibc=$(objdump -T "$program" | grep -oE 'GLIBC_2\.[0-9]+' | sort -uV | tail -1)
declared=$(dpkg-deb -f "$new" Depends | grep -oE 'libc6 \(>= 2\.[0-9]+' | grep -oE '2\.[0-9]+')
[ "$(printf '%s\n' "${glibc#GLIBC_}" "$declared" | sort -V | tail -1)" = "$declared" ] || fail "it needs $glibc, and declares $declared"

say "lintian"
lintian --allow-root --fail-on=error,warning --tag-display-limit=0 "$new"

if ! box_start >"$work/reason"; then
  echo "not installed: $(cat "$work/reason")"
  exit 77
fi
say "installed: $(box systemctl --version | head -1)"
mkdir -p "$work/in"
cp "$old" "$work/in/old.deb"
cp "$new" "$work/in/new.deb"
# The folder of the packages, inside the box.
nsenter -t "$box_leader" -m -r -w sh -c 'mkdir -p /root/in'
for file in old new; do
  nsenter -t "$box_leader" -m -r -w sh -c "cat >/root/in/$file.deb" <"$work/in/$file.deb"
done
before=$(box find /etc /usr /var/lib -xdev ! -path '/var/lib/dpkg/*' ! -path '/var/lib/systemd/deb-systemd-helper-*' | LC_ALL=C sort)

box dpkg -i /root/in/old.deb >"$work/said" 2>&1 || { cat "$work/said"; fail "it does not install"; }
grep -q 'write /etc/clustermgr-exporter/exporter.yaml' "$work/said" || { cat "$work/said"; fail "it does not say what to do next"; }
box id clustermgr-exporter >/dev/null || fail "no user was made"
[ "$(box stat -c '%U:%G %a' /etc/clustermgr-exporter)" = 'root:clustermgr-exporter 750' ] || fail "others may read the configuration"
[ "$(box systemctl is-active clustermgr-exporter || true)" = inactive ] || fail "it runs without a configuration"
[ "$(box systemctl is-enabled clustermgr-exporter)" = enabled ] || fail "it is not enabled"

# Checks a served page. The page is stored in a variable, since grep may end before curl does.
served() { local page; page=$(box curl -sSf "http://127.0.0.1:19998$1") && grep -q "$2" <<<"$page"; }
# Waits for up to a minute, since the machine may be busy.
soon() { for _ in $(seq 120); do "$@" && return 0; sleep 0.5; done; return 1; }

say "started"
box sh -c 'printf "poll_interval: 1s\ntimeout: 500ms\nclusters: [{name: here, members: [\"http://127.0.0.1:1\", \"http://localhost:1\"]}]\n" >/etc/clustermgr-exporter/exporter.yaml'
box systemctl start clustermgr-exporter || { box systemctl status clustermgr-exporter || true; box journalctl -u clustermgr-exporter --no-pager | tail; fail "it does not start"; }
box systemctl show clustermgr-exporter -p Type -p StatusText -p WatchdogUSec -p NRestarts
box systemctl show clustermgr-exporter -p StatusText | grep -q 'serving 1 cluster' || fail "it did not say that it serves"
box clustermgr-exporter healthcheck
soon served /metrics '^clustermgr_up{cluster="here"' || fail "no metrics"

say "under its restrictions"
pid=$(box systemctl show -p MainPID --value clustermgr-exporter)
status=$(box cat "/proc/$pid/status")
grep -q '^Seccomp:[[:space:]]*2' <<<"$status" || fail "no filter of system calls"
grep -q '^NoNewPrivs:[[:space:]]*1' <<<"$status" || fail "it may gain privileges"
grep -qE '^CapBnd:[[:space:]]*0+$' <<<"$status" || fail "it has capabilities"
box nsenter -t "$pid" -m sh -c 'touch /etc/x 2>/dev/null || touch /usr/x 2>/dev/null || touch /var/lib/x 2>/dev/null' && fail "it can write to the machine's files"

# Names resolve without netlink, other processes' /proc and other users.
soon served /metrics 'member="localhost:1",endpoint="stat",outcome="refused"' || fail "names do not resolve under its restrictions"

say "its state"
[ "$(box stat -c '%U %a' /var/lib/clustermgr-exporter)" = 'clustermgr-exporter 750' ] || fail "its state folder is not its own"

say "reloaded"
box sed -i 's/name: here/name: there/' /etc/clustermgr-exporter/exporter.yaml
box systemctl reload clustermgr-exporter
soon served /metrics 'clustermgr_up{cluster="there"' || fail "the reload changed nothing"
[ "$(box systemctl show -p MainPID --value clustermgr-exporter)" = "$pid" ] || fail "the reload restarted it"

say "a watchdog that hears nothing ends it, and it comes again"
box mkdir -p /etc/systemd/system/clustermgr-exporter.service.d
box sh -c 'printf "[Service]\nWatchdogSec=4s\n" >/etc/systemd/system/clustermgr-exporter.service.d/watchdog.conf'
box systemctl daemon-reload
box systemctl restart clustermgr-exporter
sleep 8
[ "$(box systemctl show -p NRestarts --value clustermgr-exporter)" = 0 ] || fail "the watchdog hears no sign of life"
box systemctl kill --signal=SIGSTOP clustermgr-exporter
restarted() { [ "$(box systemctl show -p NRestarts --value clustermgr-exporter)" -gt 0 ]; }
soon restarted || fail "the watchdog let it hang"
box rm -r /etc/systemd/system/clustermgr-exporter.service.d
box systemctl daemon-reload
box systemctl restart clustermgr-exporter
pid=$(box systemctl show -p MainPID --value clustermgr-exporter)
soon box clustermgr-exporter healthcheck >/dev/null 2>&1

say "upgraded: what was configured stays, and the new one runs"
box sh -c 'echo "ARGS=\"--log.level=debug\"" >/etc/default/clustermgr-exporter'
box dpkg -i /root/in/new.deb >"$work/said" 2>&1 </dev/null || { cat "$work/said"; fail "it does not upgrade"; }
grep -q 'ARGS="--log.level=debug"' <(box cat /etc/default/clustermgr-exporter) || fail "the upgrade lost what was configured"
[ "$(box systemctl is-active clustermgr-exporter)" = active ] || fail "it does not run after the upgrade"
[ "$(box systemctl show -p MainPID --value clustermgr-exporter)" != "$pid" ] || fail "the old one runs on"

say "by a socket of systemd's"
box sh -c 'echo "ARGS=\"--web.systemd-socket\"" >/etc/default/clustermgr-exporter'
box sh -c 'systemctl stop clustermgr-exporter && systemctl enable --now clustermgr-exporter.socket && systemctl start clustermgr-exporter' 2>/dev/null
soon served /-/healthy healthy || fail "it does not serve at the socket"
# During the restart a client waits, and is not refused.
box systemctl restart --no-block clustermgr-exporter
served /-/healthy healthy || fail "a client was refused while it was exchanged"

say "removed: the configuration stays"
box dpkg -r clustermgr-exporter >/dev/null 2>&1
box test -e /etc/clustermgr-exporter/exporter.yaml || fail "the removal took the configuration"
[ "$(box systemctl is-active clustermgr-exporter || true)" != active ] || fail "it runs after its removal"

say "purged: nothing is left but what was written by hand"
box dpkg -P clustermgr-exporter >"$work/said" 2>&1
grep -q '/etc/clustermgr-exporter is kept' "$work/said" || { cat "$work/said"; fail "it does not say what it keeps"; }
box id clustermgr-exporter >/dev/null || fail "the user is gone that owns what was kept"
box rm -r /etc/clustermgr-exporter
box dpkg -i /root/in/new.deb >/dev/null 2>&1
box dpkg -P clustermgr-exporter >/dev/null 2>&1
after=$(box find /etc /usr /var/lib -xdev ! -path '/var/lib/dpkg/*' ! -path '/var/lib/systemd/deb-systemd-helper-*' | LC_ALL=C sort)
left=$(diff <(echo "$before") <(echo "$after") | grep '^>' | grep -vE ' /etc/(passwd|group|shadow|gshadow|subuid|subgid)-?$| /var/lib/(systemd|private)|/usr/share/man/man1$' || true)
[ -z "$left" ] || fail "left behind: $left"
box id clustermgr-exporter >/dev/null 2>&1 && fail "the user is left"
echo "installed, started, reloaded, watched, upgraded, removed and purged"
