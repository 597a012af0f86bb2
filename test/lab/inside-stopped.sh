#!/bin/bash
# In the lab: the server's link goes down in the middle of runs, for 20 s and then for good.
#   inside-stopped.sh FEEDRATE WORKLOAD    everything goes to the working directory, as PART.TARGET.*
set -euo pipefail
main=$1 workload=$2
. "$(dirname "$0")/link.sh"
# Attributes are believed for 1 s only, so that the server is asked at every turn.
mkdir /mnt/soft
mount -t nfs -o vers=3,soft,timeo=10,retrans=1,actimeo=1 fs1:/data /mnt/soft
soft=/mnt/soft/soft
mkdir "$soft"

for name in "${!hard[@]}"; do begin_run pause "$name" "${hard[$name]}"; done
for name in "${!hard[@]}"; do until_during "pause.$name"; done
link down
sleep 20
link up
for name in "${!hard[@]}"; do finish "pause.$name"; done

for name in "${!hard[@]}"; do begin_run gone "$name" "${hard[$name]}"; done
begin_run gone soft "$soft"
for name in "${!hard[@]}" soft; do until_during "gone.$name"; done
link down
for name in "${!hard[@]}"; do until_told "gone.$name" 'No response from'; done
for name in "${!hard[@]}"; do interrupt "gone.$name"; done
SECONDS=0
for name in "${!hard[@]}"; do finish "gone.$name"; done
echo "$SECONDS" >gone.seconds
finish gone.soft
count_processes >gone.left
for name in "${!hard[@]}" soft; do "$main" show "$PWD/gone.$name.runs"/* >"gone.$name.shown" 2>&1; done
link up
for name in "${!hard[@]}"; do clean_up gone "$name" "${hard[$name]}"; done
clean_up gone soft "$soft"
