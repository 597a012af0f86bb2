#!/bin/bash
# The inside of nfs-lab: process 1 of the user-mode kernel. It makes servers and mounts, runs the command, powers off.
#   guest.sh RUN LAB    RUN/conf holds the options, RUN/env the caller's environment
set -euo pipefail

guest() {
  RUN=$1 LAB=$2; export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  local rel=$(uname -r) n=$RUN/new
  # 1. root: host's / read-only, the unpacked packages over it, a tmpfs for writes
  mount -n -t hostfs -o ro,"$LAB/root" none "$RUN/lab"
  mount -n -t tmpfs tmpfs "$RUN/tmp"; mkdir "$RUN"/tmp/{u,w}
  "$RUN/lab/usr/bin/busybox" true 2>/dev/null && BB=$RUN/lab/usr/bin/busybox || BB=busybox
  local mods=$RUN/lab/usr/lib/uml/modules/$rel; [ -d "$mods" ] || mods=/usr/lib/uml/modules/$rel
  "$BB" insmod "$mods/kernel/fs/overlayfs/overlay.ko"
  mount -n -t overlay -o lowerdir="$RUN/lab:/",upperdir="$RUN/tmp/u",workdir="$RUN/tmp/w" lab "$n"
  mount -n -t proc proc "$n/proc"; mount -n -t sysfs sysfs "$n/sys"; mount -n -t devtmpfs dev "$n/dev"
  mkdir -p "$n"/dev/{pts,shm}; mount -n -t devpts devpts "$n/dev/pts"; mount -n -t tmpfs tmpfs "$n/dev/shm"
  mount -n -t tmpfs tmpfs "$n/run"; ln -sfn /proc/self/fd "$n/dev/fd"; mkdir -p "$n/mnt" "$n/lib/modules"
  [ -e "$n/lib/modules/$rel" ] || ln -s "/usr/lib/uml/modules/$rel" "$n/lib/modules/$rel"
  local s; for s in "$RUN" "${shares[@]}"; do mkdir -p "$n$s"; mount -n -t hostfs -o "$s" none "$n$s"; done
  mkdir -p "$n/old"; cd "$n"; pivot_root . old; cd /; umount -n -l /old; rmdir /old
  exec >>"$RUN/log" 2>&1 </dev/null
  local t1=$EPOCHREALTIME PS4='+${EPOCHREALTIME:6:8} '; [ -z "$verbose" ] || set -x

  # 2. what packages' install scripts would have made
  getent passwd _rpc >/dev/null || echo '_rpc:x:991:65534::/run/rpcbind:/usr/sbin/nologin' >>/etc/passwd
  getent passwd statd >/dev/null || echo 'statd:x:992:65534::/var/lib/nfs:/usr/sbin/nologin' >>/etc/passwd
  mkdir -p /etc/modprobe.d
  echo 'alias net-pf-10 off' >/etc/modprobe.d/nfs-lab.conf    # no IPv6: set-up is quicker
  printf '%s\n' '[exports]' 'rootdir=/export' '[nfsd]' threads=8 vers3=y vers4=y vers4.0=y vers4.1=y vers4.2=y udp=n >/etc/nfs.conf
  echo '/data *(rw,no_root_squash,no_subtree_check,insecure,fsid=1)' >/etc/exports
  hostname client; ip link set lo up
  modprobe -a nfsd nfsv3 nfsv4 veth
  case ,$versions, in *,3,*) daemons statd;; esac          # the client's lock manager

  # 3. servers and mounts
  local v p list='' k=0 pids=(); mkdir -p /srv/data; mount -t tmpfs -o size=90% tmpfs /srv/data
  server fs1 /srv/data "$delay" "$rate"
  [ -z "$nconnect" ] || server fs2 /srv/data "$delay" "$rate"
  if [ -n "$tiers" ]; then
    modprobe brd rd_nr=1 rd_size=$((cold_size * 1024)) max_part=0; modprobe dm-delay
    mkfs.ext4 -q -E nodiscard,lazy_itable_init=1,lazy_journal_init=1 /dev/ram0
    slow() { dmsetup "$1" cold --noudevsync --table "0 $((cold_size * 2048)) delay /dev/ram0 0 $2 /dev/ram0 0 0"; }
    slow create 0; dmsetup mknodes cold; mkdir -p /srv/cold; mount /dev/mapper/cold /srv/cold; rmdir /srv/cold/lost+found
    # the kernel's tick is 10 ms and dm-delay always waits for one more
    slow reload $((cold_delay > 10 ? cold_delay - 10 : 1)); dmsetup resume --noudevsync cold
    blockdev --setra 8192 /dev/mapper/cold      # 4 MiB, so that a 1 MiB read waits about once
    server ssd /srv/data "$delay" "$rate"; server cold /srv/cold '' "$cold_rate"
  fi
  for p in "${pids[@]}"; do wait "$p" || { echo 'a server failed'; exit 1; }; done
  for v in ${versions//,/ }; do
    nfs "v$v" fs1 "/mnt/nfs${v/./}" "vers=$v"
    [ -z "$nconnect" ] || nfs "v${v}n$nconnect" fs2 "/mnt/nfs${v/./}n$nconnect" "vers=$v,nconnect=$nconnect"
  done
  [ -z "$tiers" ] || { nfs ssd ssd /mnt/ssd vers=4.2; nfs cold cold /mnt/cold vers=4.2; }

  # 4. the command; its streams leave through two serial lines, through pipes so that they are no tty
  stty -F /dev/ttyS0 raw -echo; stty -F /dev/ttyS1 raw -echo
  exec {o}> >(exec cat >/dev/ttyS0); local op=$!; exec {e}> >(exec cat >/dev/ttyS1); local ep=$!
  [ -n "$quiet" ] || awk -v a="$t0" -v b="$t1" -v c="$EPOCHREALTIME" -v m="${list# }" \
    'BEGIN{printf "nfs-lab: up in %.1f s (kernel %.1f, servers and mounts %.1f): %s\n", c-a, b-a, c-b, m}' >&"$e"
  { set +x; } 2>/dev/null; [ -z "$verbose" ] || cat "$RUN/log" >&"$e"
  local rc=0
  ( ulimit -n 65536; cd "$dir"; . "$RUN/env"; cd "$dir"; export NFS_LAB=1 NFS_LAB_MOUNTS="${list# }" PWD="$dir"
    exec "${cmd[@]}" ) </dev/null >&"$o" 2>&"$e" {o}>&- {e}>&- || rc=$?
  exec {o}>&- {e}>&-; wait "$op" "$ep" || :
  for s in "${shares[@]}"; do timeout 60 sync -f "$s" || :; done
  echo "$rc" >"$RUN/rc"; sync -f "$RUN"
}

daemons() {   # private rpcbind etc.; for clients (statd only) and for servers
  mkdir -p /run/rpcbind /var/lib/nfs/{rpc_pipefs,sm,sm.bak,nfsdcld,v4recovery}
  touch /var/lib/nfs/{etab,rmtab}
  rpcbind -w
  local i; for i in 1 2 3 4 5 6 7 8 9 10; do [ -S /run/rpcbind.sock ] && break; sleep 0.1; done
  [ "$1" != statd ] || rpc.statd --no-notify
}

server() {    # NAME DIR DELAY RATE: a file server that exports DIR as NAME:/data, limits on its link
  local name=$1 src=$2 delay=$3 rate=$4; k=$((k + 1))
  local c=192.0.2.$((4 * k + 1)) s=192.0.2.$((4 * k + 2))     # addresses inside the lab only
  echo "$s $name" >>/etc/hosts
  ip netns add "$name"
  ip link add "$name" type veth peer name eth0 netns "$name"
  ip addr add "$c/30" dev "$name"; ip link set "$name" up
  ip -n "$name" link set lo up; ip -n "$name" addr add "$s/30" dev eth0; ip -n "$name" link set eth0 up
  [ -z "$rate" ] || tc qdisc add dev "$name" root netem rate "$rate" limit 100000
  [ -z "$delay$rate" ] || tc -n "$name" qdisc add dev eth0 root netem ${delay:+delay "$delay"} ${rate:+rate "$rate"} limit 100000
  ( trap - EXIT; export -f daemons; export src versions PS4
    exec ip netns exec "$name" unshare --uts --mount --propagation private bash "-euc${verbose:+x}" '
      hostname "$0"; mount -t tmpfs tmpfs /run; mount -t tmpfs tmpfs /var/lib/nfs
      mkdir -p /export; mount -t tmpfs tmpfs /export; mkdir /export/data; mount --bind "$src" /export/data
      st=; case ,$versions, in *,3,*) st=statd;; esac; daemons "$st"
      mount -t rpc_pipefs rpc_pipefs /var/lib/nfs/rpc_pipefs; mount -t nfsd nfsd /proc/fs/nfsd
      echo 1048576 >/proc/fs/nfsd/max_block_size 2>/dev/null || :
      nfsdcld; exportfs -a; rpc.nfsd; rpc.mountd
      for g in lockd/nlm nfsd/v4; do echo Y >/proc/fs/${g}_end_grace || :; done 2>/dev/null   # locks at once' "$name" ) &
  pids+=($!)
}

nfs() {       # NAME SERVER DIR OPTIONS: one mount
  mkdir -p "$3"; timeout 30 mount -t nfs -o "$4$opts" "$2:/data" "$3" || { echo "mount $1 failed"; exit 1; }
  list+=" $1=$3"
}

[ $$ = 1 ] || { echo 'nfs-lab: guest.sh is for the user-mode kernel' >&2; exit 125; }
[ "$1" != -- ] || shift
. "$1/conf"
bye() { sync -f "$RUN" || :; busybox poweroff -n -f || "$BB" poweroff -n -f; }
trap bye EXIT
guest "$1" "$2"
