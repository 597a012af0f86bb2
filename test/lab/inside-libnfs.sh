#!/bin/bash
# In the lab: a server without a mount, by versions 3 and 4; what it counted; and what a mount of the same export shows.
#   inside-libnfs.sh FEEDRATE WORKLOAD READS    everything goes to the working directory
set -euo pipefail
main=$1 workload=$2 reads=$3
mount=/mnt/nfs3/lib
mkdir "$mount"
of_server() { ip netns exec fs1 cat /proc/net/rpc/nfsd; }
# NAME COMMAND…: its output, its status, and the server's counts before and after it
counted() {
  local name=$1 status=0
  shift
  of_server >"$name.before.nfsd"
  "$main" "$@" >"$name.report" 2>"$name.stderr" || status=$?
  of_server >"$name.after.nfsd"
  echo "$status" >"$name.status"
}
measured() { counted "$1" run "${@:2}" -o "$PWD/$1" --progress none; }

measured v3 "$workload" -t 'lib=nfs://fs1/data/lib?version=3'
measured v4 "$reads" -t 'lib=nfs://fs1/data/lib?version=4'
measured refused "$workload" -t 'lib=nfs://fs1/data/lib?version=4'
find "$mount" -mindepth 1 -printf '%y %P\n' | sort >files
measured mounted "$reads" -t "lib=$mount"
measured both "$reads" -t "mount=$mount" -t 'libnfs=nfs://fs1/data/lib'
"$main" compare latest -o "$PWD/both" --cols target >comparison || true
counted clean clean -t 'nfs://fs1/data/lib' --data -y
find "$mount" -mindepth 1 >left
