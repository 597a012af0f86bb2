#!/bin/bash
# In the lab: two hosts, each a network namespace with an address, a name and a mount of its own, measure one export
# together. The server counts beside them, and fio does the same with its own client and servers.
#   inside-hosts.sh FEEDRATE WORKLOAD BESIDE_FIO    everything goes to the working directory
set -euo pipefail
main=$1 workload=$2 beside_fio=$3
data=$(for mount in $NFS_LAB_MOUNTS; do echo "${mount#*=}"; done | head -n 1)
mkdir -p "$data/train" "$data/fio"

# A host: its link to the server, its name, and a mount namespace in which on_host works.
host() { # NUMBER
  local name=host$1 link=192.0.2.$((128 + 4 * $1))
  ip netns add "$name"
  ip link add eth0 netns "$name" type veth peer name "$name" netns fs1
  ip -n "$name" link set lo up
  ip -n "$name" addr add "${link%.*}.$((${link##*.} + 1))/30" dev eth0
  ip -n "$name" link set eth0 up
  ip -n fs1 addr add "${link%.*}.$((${link##*.} + 2))/30" dev "$name"
  ip -n fs1 link set "$name" up
  ip netns exec "$name" unshare --uts --mount --propagation private sleep infinity &
  hosts+=($!)
  until [ "$(readlink "/proc/$!/ns/mnt")" != "$(readlink /proc/self/ns/mnt)" ]; do sleep 0.1; done
  on_host "$1" hostname "$name"
  on_host "$1" mount -t nfs -o vers=4.2 "${link%.*}.$((${link##*.} + 2)):/data" "$data"
}
on_host() { # NUMBER COMMAND...
  local pid=${hosts[$1]}
  shift
  nsenter --net="/proc/$pid/ns/net" --mount="/proc/$pid/ns/mnt" --uts="/proc/$pid/ns/uts" -- "$@"
}
hosts=()
host 0
host 1
trap 'kill "${hosts[@]}"' EXIT

links() { # RATE: from the server to each host
  local rank
  for rank in 0 1; do tc -n fs1 qdisc replace dev "host$rank" root netem rate "$1" limit 100000; done
}
served() { ip netns exec fs1 cat /proc/net/rpc/nfsd; }

together() { # WORKLOAD FILES NAME GROUP: how the ranks use the data files, where the results go, and where they meet
  local workload=$1 files=$2 name=$3 group=$4 rank ranks=() status=0
  served >"$name.before.nfsd"
  for rank in 0 1; do
    on_host "$rank" "$main" run "$workload" -t "train=$data/train" -o "$PWD/$name" --progress none \
      --rank-files "$files" --group files --rank "$rank" --group-size 2 --group-directory "$group" \
      >"$name.$rank.report" 2>"$name.$rank.stderr" &
    ranks+=($!)
  done
  for rank in "${ranks[@]}"; do wait "$rank" || status=$?; done
  served >"$name.after.nfsd"
  echo "$status" >"$name.status"
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
