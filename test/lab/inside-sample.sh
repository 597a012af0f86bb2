#!/bin/bash
# In the lab: the runs of results/sample, in directories of the working directory.
#   inside-sample.sh FEEDRATE LAB RUN...      RUN: mounts, training
set -euo pipefail
main=$1 lab=$2
shift 2

targets=() tiers=()
for mount in $NFS_LAB_MOUNTS; do
  name=${mount%%=*} path=${mount#*=}
  mkdir -p "$path/$name"
  targets+=(-t "$name=$path/$name")
  case $name in ssd | cold) tiers+=(-t "$name=$path/$name") ;; esac
done
# The servers are part of this kernel: dropping its caches empties theirs, too.
for run in "$@"; do
  on=("${targets[@]}")
  if [ "$run" = training ]; then on=("${tiers[@]}"); fi
  # Status 1 says that a threshold was not met, which a sample may show.
  "$main" run "$lab/sample-$run.yaml" "${on[@]}" --drop-caches -o "runs/$run" --progress none || (($? == 1))
done
