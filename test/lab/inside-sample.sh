#!/bin/bash
# In the lab: the runs of results/sample, in the working directory.
#   inside-sample.sh FEEDRATE LAB
set -euo pipefail
main=$1 lab=$2

targets=() tiers=()
for mount in $NFS_LAB_MOUNTS; do
  name=${mount%%=*} path=${mount#*=}
  mkdir -p "$path/$name"
  targets+=(-t "$name=$path/$name")
  case $name in ssd | cold) tiers+=(-t "$name=$path/$name") ;; esac
done
# The servers are part of this kernel: dropping its caches empties theirs, too.
"$main" run "$lab/sample-mounts.yaml" "${targets[@]}" --drop-caches -o runs --progress none
"$main" run "$lab/sample-training.yaml" "${tiers[@]}" --drop-caches -o runs --progress none
