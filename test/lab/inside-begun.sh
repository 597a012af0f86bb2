#!/bin/bash
# In the lab: commands that begin while the server's link is down, and two Ctrl-C before anyone can know that it is.
#   inside-begun.sh FEEDRATE WORKLOAD    everything goes to the working directory, as PART.TARGET.*
set -euo pipefail
main=$1 workload=$2
. "$(dirname "$0")/link.sh"

for name in "${!hard[@]}"; do begin_run twice "$name" "${hard[$name]}"; done
for name in "${!hard[@]}"; do until_during "twice.$name"; done
link down
sleep 1
for name in "${!hard[@]}"; do interrupt "twice.$name"; done
sleep 1
for name in "${!hard[@]}"; do interrupt "twice.$name"; done
for name in "${!hard[@]}"; do finish "twice.$name"; done

for name in "${!hard[@]}"; do
  target=$name=${hard[$name]}
  start "run.$name" run "$workload" -t "$target"
  start "prepare.$name" prepare "$workload" -t "$target"
  start "doctor.$name" doctor -t "$target"
  start "clean.$name" clean -t "$target" --yes
  # Looks there with no process that goes first.
  start "list.$name" list -o "${hard[$name]}"
done
for part in {run,prepare,doctor,clean}; do
  for name in "${!hard[@]}"; do until_told "$part.$name" 'No response from'; done
done
for part in {run,doctor,list}; do
  for name in "${!hard[@]}"; do interrupt "$part.$name"; done
done
for part in {run,doctor,list}; do
  for name in "${!hard[@]}"; do finish "$part.$name"; done
done
# The others wait until it is there again.
link up
for part in {prepare,clean}; do
  for name in "${!hard[@]}"; do finish "$part.$name"; done
done
count_processes >begun.left
for name in "${!hard[@]}"; do ls -A "${hard[$name]}" >"twice.$name.after"; done
