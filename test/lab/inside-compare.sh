#!/bin/bash
# In the lab: all mounts against each other, the fast tier against itself, and feedrate beside fio on one mount.
#   inside-compare.sh FEEDRATE LAB ROUNDS    everything goes to the working directory
set -euo pipefail
main=$1 lab=$2 rounds=$3
targets=() peer=
for mount in $NFS_LAB_MOUNTS; do
  name=${mount%%=*} path=${mount#*=}
  mkdir -p "$path/$name"
  targets+=(-t "$name=$path/$name")
  if [ "$name" = ssd ]; then
    mkdir -p "$path/again"
    targets+=(-t "again=$path/again")
    peer=$path
  fi
done
cp /proc/self/mountinfo mountinfo
# The servers are part of this kernel: dropping its caches empties theirs, too.
"$main" run "$lab/compare.yaml" "${targets[@]}" --drop-caches -o runs --progress none >report
"$main" compare latest -o runs --cols target --base ssd >comparison
"$main" compare latest -o runs --cols target --base ssd --format json >comparison.json

mkdir -p "$peer/peer" "$peer/fio"
for round in $(seq "$rounds"); do
  "$main" run "$lab/peer.yaml" -t peer="$peer/peer" -o peers --progress none >"peer.$round.report"
  for load in 'small randread 4k' 'large read 1M'; do
    read -r job rw bs <<<"$load"
    fio --name="$job" --directory="$peer/fio" --filename=data --size=16M --rw="$rw" --bs="$bs" --direct=1 --ioengine=psync \
      --thread --runtime=2 --time_based --randrepeat=0 --output-format=json --output="fio.$job.$round.json"
  done
done
