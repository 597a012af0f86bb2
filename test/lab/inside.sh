#!/bin/bash
# In the lab: a workload on the mounts of two versions at the link's own delay, another with 2 ms more, what kernel and
# server counted, and a workload that goes over all mounts.
#   inside.sh FEEDRATE WORKLOAD DELAYED-WORKLOAD ALL-WORKLOAD    everything goes to the working directory
set -euo pipefail
main=$1
declare -A workload=([0ms]=$2 [2ms]=$3)
timed=() targets=() all=()
for mount in $NFS_LAB_MOUNTS; do
  mkdir -p "${mount#*=}/${mount%%=*}"
  target=(-t "${mount%%=*}=${mount#*=}/${mount%%=*}")
  all+=("${target[@]}")
  case ${mount%%=*} in v3 | v4.2) timed+=("$mount") targets+=("${target[@]}") ;; esac
done
cp /proc/self/mountinfo mountinfo
for delay in 0ms 2ms; do
  for server in $(ip netns list | awk '{print $1}'); do
    tc -n "$server" qdisc replace dev eth0 root netem delay "$delay" limit 100000
  done
  ip netns exec fs1 cat /proc/net/rpc/nfsd >"$delay.before.nfsd"
  cat /proc/self/mountstats >"$delay.before.mountstats"
  "$main" run "${workload[$delay]}" "${targets[@]}" -o "$PWD/$delay" --progress json >"$delay.report" 2>"$delay.stderr" || echo $? >"$delay.failed"
  cat /proc/self/mountstats >"$delay.after.mountstats"
  ip netns exec fs1 cat /proc/net/rpc/nfsd >"$delay.after.nfsd"
  for mount in "${timed[@]}"; do
    mountstats mountstats -f "$delay.after.mountstats" -S "$delay.before.mountstats" "${mount#*=}" >"$delay.${mount%%=*}.theirs" || true
  done
done
"$main" doctor "${targets[@]}" --format json >doctor.json
"$main" run "$4" "${all[@]}" -o "$PWD/all" --progress none >all.report
# The doctor's command for a mount with many options, and none for a tunnel.
"$(dirname "$0")/inside-remedies.sh" "$main" readonly tunnel
