#!/bin/bash
# In the lab: cold trials by each method on a plain mount and on an odd one, and what the server counted.
#   inside-cold.sh FEEDRATE WORKLOAD    everything goes to the working directory
set -euo pipefail
main=$1 workload=$2
odd='/mnt/an odd one'
odd_shown='/mnt/an\\040odd\\040one' # as awk takes what mountinfo shows
mkdir -p "$odd"
umount /mnt/nfs42
mount -t nfs -o vers=4.2,rsize=65536,wsize=131072,actimeo=7,lookupcache=pos,noatime,nodev,nosuid,nconnect=2 fs1:/data "$odd"
targets=(-t plain=/mnt/nfs3/plain -t "odd=$odd/odd")
mkdir -p /mnt/nfs3/plain "$odd/odd"
read_ahead() { echo "/sys/class/bdi/$(awk -v at="$1" '$5 == at {print $3}' /proc/self/mountinfo)/read_ahead_kb"; }
echo 1536 >"$(read_ahead "$odd_shown")"
look() {
  grep ' fs1:/data ' /proc/self/mountinfo | sort -k5 >"$1.mountinfo"
  for mount in /mnt/nfs3 "$odd_shown"; do cat "$(read_ahead "$mount")"; done >"$1.read_ahead"
  ip netns exec fs1 cat /proc/net/rpc/nfsd >"$1.nfsd"
}
"$main" prepare "$workload" "${targets[@]}" --progress none >/dev/null
look before
while read -r method options; do
  ip netns exec fs1 cat /proc/net/rpc/nfsd >"$method.before.nfsd"
  # shellcheck disable=SC2086
  "$main" run "$workload" "${targets[@]}" -o "$PWD/$method" --progress none $options >"$method.report" 2>"$method.stderr" || echo $? >"$method.failed"
  look "$method.after"
done <<'METHODS'
fadvise
direct --set cache=direct
drop_caches --drop-caches
remount --remount
remount-uring --remount --engine io_uring --set trials.sessions=1
remount-mmap --remount --engine mmap --set trials.sessions=1
METHODS
