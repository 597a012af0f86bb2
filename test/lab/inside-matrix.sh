#!/bin/bash
# In the lab: mounts that feedrate makes itself, measured to the end, then interrupted.
#   inside-matrix.sh FEEDRATE WORKLOAD    everything goes to the working directory
set -euo pipefail
main=$1 workload=$2
matrix() {
  "$main" mount-matrix "$workload" --export fs1:/data --mount vers=3 --mount vers=4.2 --progress json "$@"
}
left() {
  { grep -c feedrate-mounts /proc/self/mountinfo || true; find /mnt/nfs3 -mindepth 1 -maxdepth 1 | wc -l; } >"$1.left"
}
status=0
matrix -o whole >whole.report 2>whole.stderr || status=$?
echo "$status" >whole.status
left whole

# A process group of its own, as a terminal gives it: Ctrl-C goes to all of it.
set -m
matrix -o stopped --set runtime=1h >stopped.report 2>stopped.stderr &
set +m
until grep -q '"type":"progress"' stopped.stderr; do
  kill -0 %1 || break
  sleep 0.2
done
kill -INT -- -$!
status=0
wait $! || status=$?
echo "$status" >stopped.status
left stopped

status=0
"$main" mount-matrix "$workload" --export fs1:/data --mount vers=3,nconnect=4 --mount vers=4.2 >/dev/null 2>shared.stderr || status=$?
echo "$status" >shared.status
left shared
