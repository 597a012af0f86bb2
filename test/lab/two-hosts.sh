# Sourced in the lab: two hosts, each a network namespace with an address, a name and a mount of its own, on one export.
# Sets `data`, where each host has mounted it.
data=$(for mount in $NFS_LAB_MOUNTS; do echo "${mount#*=}"; done | head -n 1)

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

links() { # RATE: from the server to each host
  local rank
  for rank in 0 1; do tc -n fs1 qdisc replace dev "host$rank" root netem rate "$1" limit 100000; done
}

# One command as two ranks that meet by files in a directory. Leaves their streams in NAME.RANK.stdout and NAME.RANK.stderr, and the
# status of each in NAME.status.
as_ranks() { # NAME DIRECTORY COMMAND...
  local name=$1 directory=$2 rank ranks=() status=()
  shift 2
  for rank in 0 1; do
    on_host "$rank" "$@" -o "$PWD/$name" --progress none \
      --group files --rank "$rank" --group-size 2 --group-directory "$directory" \
      >"$name.$rank.stdout" 2>"$name.$rank.stderr" &
    ranks+=($!)
  done
  for rank in "${ranks[@]}"; do
    wait "$rank" && status+=(0) || status+=($?)
  done
  echo "${status[*]}" >"$name.status"
}

hosts=()
host 0
host 1
trap 'kill "${hosts[@]}"' EXIT
