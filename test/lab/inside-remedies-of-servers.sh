#!/bin/bash
# In the lab: what only a server, a link or another program can change, caused, advised about, and followed.
#   inside-remedies-of-servers.sh FEEDRATE PLAIN PART…    everything goes to the working directory, as PART.*
set -euo pipefail
main=$1 plain=$2
shift 2
mountd=$(pgrep -o rpc.mountd)
# The server's name spaces have its exports and its daemons.
server() { nsenter --target "$mountd" --mount --net "$@"; }
# NAME COMMAND…: its output and its status
kept() {
  local name=$1 status=0
  shift
  "$@" >"$name.stdout" 2>"$name.stderr" || status=$?
  echo "$status" >"$name.status"
}
run() { kept "$1" "$main" run "$2" -t "t=$3" -o "$PWD/$1.runs" --progress none "${@:4}"; }
mounted() { # NAME OPTIONS: at /mnt/NAME
  mkdir -p "/mnt/$1"
  timeout 60 mount -t nfs -o "$2,retry=0" fs1:/data "/mnt/$1"
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
