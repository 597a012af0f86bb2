#!/bin/bash
# In the lab: all mounts against each other and the fast tier against itself (mounts), feedrate beside fio on one mount, and
# what a delay of the link shows as (peers).
#   inside-compare.sh FEEDRATE LAB ROUNDS mounts|peers…    everything goes to the working directory
set -euo pipefail
main=$1 lab=$2 rounds=$3
shift 3

mounts() {
  local targets=() mount name path
  for mount in $NFS_LAB_MOUNTS; do
    name=${mount%%=*} path=${mount#*=}
    mkdir -p "$path/$name"
    targets+=(-t "$name=$path/$name")
    [ "$name" != ssd ] || targets+=(-t "again=$(mkdir -p "$path/again" && echo "$path/again")")
  done
  cp /proc/self/mountinfo mountinfo
  # The servers are part of this kernel: dropping its caches empties theirs, too.
  "$main" run "$lab/compare.yaml" "${targets[@]}" --drop-caches -o runs --progress none >report
  "$main" compare latest -o runs --cols target --base ssd >comparison
  "$main" compare latest -o runs --cols target --base ssd --format json >comparison.json
}

# fio by its own clock, the processor's counter, and by the kernel's, as feedrate reads it.
peers() {
  local path round load job rw bs clock
  path=$(for mount in $NFS_LAB_MOUNTS; do echo "$mount"; done | sed -n 's/^ssd=//p')
  mkdir -p "$path/peer" "$path/fio"
  for round in $(seq "$rounds"); do
    "$main" run "$lab/peer.yaml" -t peer="$path/peer" -o "peers.$round" --progress none >"peer.$round.report"
    for load in 'small randread 4k' 'large read 1M'; do
      read -r job rw bs <<<"$load"
      for clock in cpu clock_gettime; do
        fio --name="$job" --directory="$path/fio" --filename=data --size=16M --rw="$rw" --bs="$bs" --direct=1 --ioengine=psync \
          --thread --runtime=2 --time_based --randrepeat=0 --clocksource="$clock" \
          --output-format=json --output="fio.$job.$clock.$round.json"
      done
    done
  done
  for delay in 0ms 2ms 20ms; do
    tc -n ssd qdisc replace dev eth0 root netem delay "$delay" limit 100000
    busybox ping -c 40 -i 0.05 -q ssd >"$delay.ping"
    "$main" run "$lab/peer.yaml" -t peer="$path/peer" -o "$delay" --progress none >"$delay.report"
  done
}

for part in "$@"; do "$part"; done
