#!/bin/bash
# In the lab: what only a server, a link or another program can change, caused, advised about, and followed.
#   inside-remedies-of-servers.sh FEEDRATE PLAIN LOCKS LONG PART…    everything goes to the working directory, as PART.*
set -euo pipefail
main=$1 plain=$2 locks=$3 long=$4
shift 4
mountd=$(pgrep -o rpc.mountd)
# The server's name spaces have its exports and its daemons.
server() { nsenter --target "$mountd" --mount --net "$@"; }
restart_server() {
  server rpc.nfsd 0
  [ $# = 0 ] || echo "$1" | server tee /proc/fs/nfsd/max_block_size >/dev/null
  server rpc.nfsd
  for grace in lockd/nlm nfsd/v4; do echo Y | server tee "/proc/fs/${grace}_end_grace" >/dev/null; done
}
# NAME COMMAND…: its output and its status
kept() {
  local name=$1 status=0
  shift
  "$@" >"$name.stdout" 2>"$name.stderr" || status=$?
  echo "$status" >"$name.status"
}
# FILE CHECK: what the doctor advises
remedy() {
  node -e 'const [file, name] = process.argv.slice(1), [{ findings }] = JSON.parse(require("node:fs").readFileSync(file, "utf8"));
    console.log(findings.find(({ check }) => check === name).remedy);' "$@"
}
run() { kept "$1" "$main" run "$2" -t "t=$3" -o "$PWD/$1.runs" --progress none "${@:4}"; }
mounted() { # NAME OPTIONS: at /mnt/NAME
  mkdir -p "/mnt/$1"
  timeout 60 mount -t nfs -o "$2,retry=0" fs1:/data "/mnt/$1"
}

# The server cannot watch clients for their locks, so it grants none.
locks() {
  mounted locks vers=3
  mkdir /mnt/locks/locks
  run locks.before "$locks" /mnt/locks/locks
  # shellcheck disable=SC2046
  kill $(comm -12 <(pgrep rpc.statd | sort) <(ip netns pids fs1 | sort))
  run locks.refused "$locks" /mnt/locks/locks
  mounted nolock vers=3,nolock
  run locks.nolock "$locks" /mnt/nolock/locks
  mounted flock vers=3,local_lock=flock
  run locks.flock "$locks" /mnt/flock/locks
  umount /mnt/locks /mnt/nolock /mnt/flock
}

log=/var/log/feedrate-mount.log
started=0
start() { # NAME: runs the start script, and asks the doctor
  bash ./start.sh
  started=$((started + 1))
  until [ "$(grep -c 'the start script has ended' "$log")" -ge "$started" ]; do sleep 0.2; done
  "$main" doctor -t /mnt/served --no-measure --format json >"$1.doctor"
}
# One thing after the other is wrong with what a start script mounts.
served() {
  mkdir /srv/data/root
  "$main" notebook script --user nobody --out start.sh -t served=fs1:/data/root=/mnt/served --mount vers=4.2,rsize=1048576
  sed -i s/vers4.2=y/vers4.2=n/ /etc/nfs.conf
  restart_server 262144
  start served.version
  sed -i s/vers4.2=n/vers4.2=y/ /etc/nfs.conf
  restart_server
  start served.denied
  chmod a+rwx /srv/data/root
  start served.granted
  umount /mnt/served
  start served.small
  restart_server 1048576
  umount /mnt/served
  start served.large
  umount /mnt/served
  mount -t nfs -o vers=4.1 fs1:/data/root /mnt/served
  start served.other
  umount /mnt/served
  start served.again
  umount /mnt/served
}

# Another file system takes the place of the exported one.
stale() {
  for version in 3 4.2; do mounted "stale$version" "vers=$version"; ls "/mnt/stale$version" >/dev/null; done
  server mount -t tmpfs tmpfs /export/data
  server chmod a+rwx /export/data
  server exportfs -f
  for version in 3 4.2; do
    run "stale$version.refused" "$plain" "/mnt/stale$version"
    kept "stale$version.doctor" "$main" doctor -t "/mnt/stale$version" --no-measure
    umount "/mnt/stale$version"
    mounted "stale$version" "vers=$version"
    run "stale$version.mounted" "$plain" "/mnt/stale$version"
    umount "/mnt/stale$version"
  done
  server umount /export/data
  server exportfs -f
}

# Other programs, on this machine and on the server, have or remove files of feedrate.
files() {
  local version at held clean
  for version in 3 4.2; do
    mounted "files$version" "vers=$version"
    at=/mnt/files$version/files
    mkdir -p "$at"
    run "files$version.removed" "$long" "$at" &
    until grep -qs . "$at"/.feedrate-*/*/* || find "$at" -name '.feedrate-2*' | grep -q .; do sleep 0.2; done
    sleep 3
    server find /export/data/files -mindepth 1 -delete || true
    wait $!
    run "files$version.again" "$plain" "$at"
    # A file that is open on this machine keeps a name.
    kept "files$version.prepare" "$main" prepare "$plain" -t "$at" --dataset-id kept
    held=$(find "$at" -type f ! -name FEEDRATE | head -1)
    tail -f "$held" >/dev/null &
    until grep -qs 'tail' "/proc/$!/comm"; do sleep 0.1; done
    sleep 0.5
    kept "files$version.open" "$main" clean -t "$at" --data --dataset-id kept --yes
    kill $!
    wait $! || true
    clean=$(sed -n 's/.*\(feedrate clean [^;)]*\).*/\1/p' "files$version.open.stderr" | head -1)
    # shellcheck disable=SC2086
    kept "files$version.cleaned" "$main" ${clean#feedrate } --yes
    find "$at" -mindepth 1 >"files$version.left"
    umount "/mnt/files$version"
  done
}

exported() { # OPTIONS
  echo "/data *($1,no_root_squash,no_subtree_check,insecure,fsid=1)" >/etc/exports
  server exportfs -raf
}
# An export that becomes read-only.
readonly() {
  local clean
  mounted readonly vers=4.2
  mkdir /mnt/readonly/ro
  kept readonly.prepare "$main" prepare "$plain" -t /mnt/readonly/ro --dataset-id kept
  exported ro
  kept readonly.refused "$main" clean -t /mnt/readonly/ro --dataset-id kept --yes
  run readonly.unwritable "$plain" /mnt/readonly/ro
  exported rw
  run readonly.writable "$plain" /mnt/readonly/ro
  clean=$(sed -n 's/.*\(feedrate clean [^;)]*\).*/\1/p' readonly.refused.stderr | head -1)
  # shellcheck disable=SC2086
  kept readonly.cleaned "$main" ${clean#feedrate } --yes
  find /mnt/readonly/ro -mindepth 1 -maxdepth 1 -name '.feedrate-dataset*' >readonly.left
  umount /mnt/readonly
}

link() { ip -n fs1 link set eth0 "$1"; }
# A server that is gone for a while, on mounts that give up.
gone() {
  mounted softerr vers=4.2,softerr,timeo=10,retrans=1
  mounted soft vers=3,soft,timeo=10,retrans=1,nosharecache,actimeo=1
  mkdir /mnt/softerr/gone
  ls /mnt/soft >/dev/null
  link down
  for name in softerr soft; do run "gone.$name" "$plain" "/mnt/$name/gone"; done
  dmesg | grep 'fs1 not responding' >gone.dmesg || true
  link up
  for name in softerr soft; do run "back.$name" "$plain" "/mnt/$name/gone"; done
  umount /mnt/softerr /mnt/soft
}

# Answers that come later than the client waits, and calls that wait for slots.
late() {
  local slots
  mounted late vers=3,timeo=1,retrans=5,nosharecache
  mkdir /mnt/late/late
  tc -n fs1 qdisc add dev eth0 root netem delay 250ms
  for name in late patient; do
    run "late.$name" "$plain" /mnt/late/late
    "$main" doctor -t /mnt/late/late --no-measure --format json >"late.$name.doctor"
    [ "$name" = patient ] || bash -c "$(remedy "late.$name.doctor" retransmissions)"
  done
  tc -n fs1 qdisc del dev eth0 root
  umount /mnt/late
  slots=$(cat /proc/sys/sunrpc/tcp_max_slot_table_entries)
  for name in few more connections; do
    [ "$name" = more ] && echo 64 >/proc/sys/sunrpc/tcp_max_slot_table_entries || echo 2 >/proc/sys/sunrpc/tcp_max_slot_table_entries
    mounted "$name" "vers=3,nosharecache$([ "$name" != connections ] || echo ,nconnect=8)"
    mkdir -p "/mnt/$name/slots"
    tc -n fs1 qdisc add dev eth0 root netem delay 20ms
    run "slots.$name" "$plain" "/mnt/$name/slots" --set rw=randread --set size=4MiB --set bs=4KiB --set numjobs=8 --set cache=direct --set runtime=2s --set time_based=true
    tc -n fs1 qdisc del dev eth0 root
    umount "/mnt/$name"
  done
  echo "$slots" >/proc/sys/sunrpc/tcp_max_slot_table_entries
}

# Programs that mounts need, mounts elsewhere, and no mount.
mounts() {
  local helper other
  printf 'name: own\ntrials: {sessions: 1, rounds: 1}\ndataset: {path: .}\njobs:\n  read: {kind: small-files, cache: as-is}\n' >own.yaml
  mkdir /mnt/nfs3/own
  head -c 8192 /dev/urandom >/mnt/nfs3/own/file
  run mounts.url own.yaml nfs://fs1/data/own
  run mounts.directory own.yaml /mnt/nfs3/own
  helper=$(readlink -f "$(command -v mount.nfs)")
  mv "$helper" "$helper.away"
  kept mounts.missing "$main" mount-matrix "$plain" --export fs1:/data --mount vers=4.2 --mount vers=4.1 -o "$PWD/missing.runs" --progress none
  mv "$helper.away" "$helper"
  kept mounts.installed "$main" mount-matrix "$plain" --export fs1:/data --mount vers=4.2 --mount vers=4.1 -o "$PWD/installed.runs" --progress none
  mounted cold vers=4.2
  mkdir /mnt/cold/cold
  unshare --mount sleep 1000 &
  other=$!
  until [ "$(cat "/proc/$other/comm")" = sleep ]; do sleep 0.1; done
  run mounts.elsewhere "$plain" /mnt/cold/cold --remount --set cache=cold
  nsenter --target "$other" --mount umount /mnt/cold
  run mounts.alone "$plain" /mnt/cold/cold --remount --set cache=cold
  kill "$other"
  wait "$other" || true
}

for part in "$@"; do "$part"; done
