#!/bin/bash
# In the lab: mounts that cannot be remounted, or not at once, and runs that are ended meanwhile.
#   inside-remount.sh FEEDRATE WORKLOAD    everything goes to the working directory
set -euo pipefail
main=$1 workload=$2
at=/mnt/nfs3
real=$(command -v mount)
mkdir -p $at/x fake
mounted() { grep -c " $at " /proc/self/mountinfo || true; }
# NAME: a run with --remount; its status and what it says, and how often the export is mounted afterwards.
attempt() {
  local name=$1 status=0
  "$main" run "$workload" -t x=$at/x -o "$PWD/$name" --progress none --remount --set trials.sessions=1 --set trials.rounds=1 >"$name.report" 2>"$name.stderr" || status=$?
  echo "$status $(mounted)" >"$name.status"
}
cp /proc/self/mountinfo mountinfo

# The shell that starts it is over once it has the name of what it runs.
until_sleeps() { until [ "$(cat "/proc/$1/comm")" = sleep ]; do sleep 0.1; done; }
(cd $at && exec sleep 1000) &
until_sleeps $!
attempt directory
kill %1; wait %1 || true
"$real" --bind $at/x /mnt/nfs42
attempt bound
umount /mnt/nfs42
unshare --mount sleep 1000 &
until_sleeps $!
attempt elsewhere
kill %1; wait %1 || true

# mount(8) fails twice; for ever; then takes its time.
echo 0 >fake/count
printf '#!/bin/sh\necho $(($(cat %s) + 1)) >%s\n[ $(cat %s) -gt 2 ] || { echo no such luck >&2; exit 32; }\nexec %s "$@"\n' \
  "$PWD"/fake/count "$PWD"/fake/count "$PWD"/fake/count "$real" >fake/mount
chmod +x fake/mount
PATH=$PWD/fake:$PATH attempt retried
printf '#!/bin/sh\necho no such luck >&2\nexit 32\n' >fake/mount
PATH=$PWD/fake:$PATH attempt lost
bash -c "$(sed -n 's/^.*run: //p' lost.stderr | head -1)"
cp /proc/self/mountinfo typed.mountinfo

printf '#!/bin/sh\ntouch %s/mounting\nsleep 4\nexec %s "$@"\n' "$PWD" "$real" >fake/mount
# SIGNALS…: sent to the whole group, as a terminal does, or to each process, while the export is not mounted.
ended() {
  local name=$1 status=0
  rm -f mounting
  set -m
  PATH=$PWD/fake:$PATH "$main" run "$workload" -t x=$at/x -o "$PWD/$name" --progress none --remount >"$name.report" 2>"$name.stderr" &
  set +m
  until [ -e mounting ]; do sleep 0.1; done
  mounted >"$name.meanwhile"
  shift
  for signal in "$@"; do kill -"$signal" -- -$!; sleep 0.5; done
  wait $! || status=$?
  echo "$status $(mounted)" >"$name.status"
}
ended stopped INT
ended interrupted INT INT
ended killed KILL
for _ in $(seq 100); do [ "$(mounted)" = 0 ] || break; sleep 0.1; done
mounted >killed.later

# The lab has the export mounted with the default rsize.
matrix() {
  local name=$1 options=$2 status=0
  "$main" mount-matrix "$workload" --export fs1:/data --mount "vers=3$options" --mount "vers=4.2$options" -o "$PWD/$name" \
    --progress none --remount --set trials.sessions=1 --set trials.rounds=1 >"$name.report" 2>"$name.stderr" || status=$?
  echo "$status $(grep -c feedrate-mounts /proc/self/mountinfo || true)" >"$name.status"
}
matrix matrix ,rsize=65536
matrix shared ''

# It comes back with other options.
printf '#!/bin/sh\nexec %s "$@" -o rsize=65536\n' "$real" >fake/mount
PATH=$PWD/fake:$PATH attempt differs
