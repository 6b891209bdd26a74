#!/usr/bin/env bash
# A disposable machine: systemd as process 1 in its own namespaces (mount, PID, network, IPC, UTS), on an overlay of
# this machine's files. It does not affect this machine.
#   . tests/packaging/box.sh
#   box_start          boots it; fails with the reason if this machine cannot
#   box COMMAND…       runs a command in it
#   box_stop           removes it
box_folder='' box_leader=''

box_possible() {
  [ "$(id -u)" -eq 0 ] || { echo "not root: no namespaces and overlays to install in"; return 1; }
  [ -x /lib/systemd/systemd ] || { echo "systemd is not installed"; return 1; }
  unshare -m -p -f -n -i -u true 2>/dev/null || { echo "no namespaces of our own are allowed here"; return 1; }
}

# Runs inside the new namespaces as process 1, and becomes systemd.
box_boot() {
  set -e
  local folder=$1 root=$1/root
  mount -t tmpfs tmpfs "$folder"
  mkdir "$folder/upper" "$folder/work" "$root"
  mount -t overlay overlay -o "lowerdir=/,upperdir=$folder/upper,workdir=$folder/work" "$root"
  mount -t proc proc "$root/proc"
  mount -t sysfs sysfs "$root/sys" -o ro
  mount -t tmpfs tmpfs "$root/dev"
  for device in null zero full random urandom tty; do
    touch "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
  done
  ln -s /proc/self/fd "$root/dev/fd"
  mkdir "$root/dev/shm" "$root/dev/pts" "$root/dev/mqueue" "$root/dev/hugepages"
  mount -t devpts devpts "$root/dev/pts" -o newinstance,ptmxmode=666,mode=620
  ln -s pts/ptmx "$root/dev/ptmx"
  mount -t tmpfs tmpfs "$root/run"
  mount -t tmpfs tmpfs "$root/tmp"
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
  else
    mount -t tmpfs tmpfs "$root/sys/fs/cgroup"
    mkdir "$root/sys/fs/cgroup/systemd"
    mount -t cgroup -o none,name=systemd systemd "$root/sys/fs/cgroup/systemd"
  fi
  ip link set lo up
  # No service of this machine starts in it, but packages may start their services.
  rm -f "$root/usr/sbin/policy-rc.d"
  find "$root/etc/systemd/system" -path '*.wants/*' -delete
  # A real root, not a chroot: in a chroot, services cannot get their own mount namespaces.
  cd "$root"
  mkdir -p mnt
  pivot_root . mnt
  umount -l /mnt
  exec env -i container=box PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system \
    --unit=basic.target --log-target="${BOX_LOG:-null}" --show-status=no
}

box_start() {
  box_possible || return 1
  box_folder=$(mktemp -d)
  unshare -m -p -f -n -i -u --propagation private bash -c "$(declare -f box_boot); box_boot $box_folder" >"$box_folder.log" 2>&1 </dev/null &
  local starter=$!
  for _ in $(seq 100); do
    box_leader=$(pgrep -P "$starter" | head -1)
    if [ -n "$box_leader" ] && box systemctl is-active --quiet basic.target 2>/dev/null; then return 0; fi
    kill -0 "$starter" 2>/dev/null || break
    sleep 0.2
  done
  echo "systemd does not boot in namespaces here: $(tail -3 "$box_folder.log")"
  box_stop
  return 1
}

box() { nsenter -t "$box_leader" -m -p -n -i -u -r -w env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb LC_ALL=C.UTF-8 "$@"; }

box_stop() {
  # All processes of a PID namespace end with its first process.
  [ -n "$box_leader" ] && kill -KILL "$box_leader" 2>/dev/null
  wait 2>/dev/null
  [ -n "$box_folder" ] && rm -rf "$box_folder" "$box_folder.log"
  box_leader='' box_folder=''
}
