#!/bin/bash
# In the lab: the run of results/sample, in the working directory.
#   inside-sample.sh FEEDRATE LAB
set -euo pipefail
main=$1 lab=$2

targets=()
for mount in $NFS_LAB_MOUNTS; do
  name=${mount%%=*} path=${mount#*=}
  mkdir -p "$path/$name"
  targets+=(-t "$name=$path/$name")
done
# The servers are part of this kernel: dropping its caches empties theirs, too.
"$main" run "$lab/sample-mounts.yaml" "${targets[@]}" --drop-caches -o runs --progress none
