#!/bin/bash
# In the lab: two hosts measure one export together. The server counts beside them, and fio does the same with its own
# client and servers.
#   inside-hosts.sh FEEDRATE WORKLOAD BESIDE_FIO    everything goes to the working directory
set -euo pipefail
main=$1 workload=$2 beside_fio=$3
. "$(dirname "$0")/two-hosts.sh"
mkdir -p "$data/train" "$data/fio"

served() { ip netns exec fs1 cat /proc/net/rpc/nfsd; }

together() { # WORKLOAD FILES NAME DIRECTORY: how the ranks use the data files, where the results go, and where they meet
  served >"$3.before.nfsd"
  as_ranks "$3" "$4" "$main" run "$1" -t "train=$data/train" --rank-files "$2"
  served >"$3.after.nfsd"
}
# The ranks meet beside the export, so that the server counts what they measure and not what they tell each other.
links 160mbit
together "$workload" disjoint disjoint "$PWD/group"
together "$workload" shared shared "$PWD/group"

# fio's own way: a server on each host, and a client that adds them up, in turn with feedrate. The links are slow enough
# to be what limits both, because the lab's only processor is shared and emulated.
links 20mbit
address() { echo "192.0.2.$((128 + 4 * $1 + 1))"; }
for rank in 0 1; do
  on_host "$rank" fio --server="ip:$(address "$rank"),8765" >"fio.$rank.server" 2>&1 &
  hosts+=($!)
  until on_host "$rank" grep -qi ":$(printf '%04x' 8765) " /proc/net/tcp; do sleep 0.1; done
done
for rank in 0 1; do
  printf '%s\n' '[read]' rw=read bs=64k direct=1 ioengine=psync thread numjobs=4 size=4m ramp_time=4 runtime=8 \
    time_based "filename=$data/fio/$rank" >"fio.$rank.job"
done
for round in 1 2 3; do
  ip netns exec fs1 fio --output-format=json --output="fio.$round.json" \
    --client="ip:$(address 0)" "fio.0.job" --client="ip:$(address 1)" "fio.1.job" 2>"fio.$round.stderr"
  together "$beside_fio" disjoint "pair.$round" "$data/group"
done
