/** The part of a start script that is the same for all mounts: bash functions. Short, because SageMaker counts each byte. */

export const WORKER_FUNCTIONS = `\
log() { printf '%(%FT%TZ)T %s\\n' -1 "$*"; }

json() {
  local text=$1
  text=\${text//\\\\/\\\\\\\\} text=\${text//\\"/\\\\\\"}
  printf '"%s"' "\${text//[[:cntrl:]]/ }"
}
list() { # LINES
  local line comma=''
  printf '['
  while read -r line; do
    if [ -n "$line" ]; then printf '%s' "$comma" && json "$line" && comma=,; fi
  done <<<"$1"
  printf ']'
}

# The file is always complete, because it is renamed into place.
status() { # STATE [REASON [HINT]]
  {
    printf '{"format":1,"name":%s,"source":%s,"shownSource":%s,' "$(json "$name")" "$(json "$source")" "$(json "$from")"
    printf '"mountPoint":%s,"options":%s,"state":"%s","tries":%d,' "$(json "$point")" "$(json "$options")" "$1" "$tries"
    printf '"differences":%s,"notes":%s,' "$(list "$differences")" "$(list "$notes")"
    printf '"writeTest":%s,"reason":%s,"hint":%s,' "$(json "$write")" "$(json "\${2-}")" "$(json "\${3-}")"
    printf '"bootId":"%s","pid":%d,' "$(cat /proc/sys/kernel/random/boot_id)" "$$"
    printf '"changedAt":"%(%FT%TZ)T"}\\n' -1
  } >"$DIR/.$name.new" && mv -f "$DIR/.$name.new" "$DIR/$name.json"
}

# Finds the mount that is visible at $point: from, dev, shown. It reads mountinfo, because stat() of a dead mount hangs.
find_mount() {
  local number there flags rest super kind=''
  from='' dev='' shown=''
  while read -r _ _ number _ there flags rest; do
    printf -v there %b "$there"
    [ "$there" = "$point" ] || continue
    rest=" $rest"
    read -r kind from super <<<"\${rest#* - }"
    printf -v from %b "$from"
    dev=$number shown=,$flags,$super,
  done </proc/self/mountinfo
  case $kind in '') return 1 ;; nfs | nfs4) ;; *) from="$kind on $from" ;; esac
}
# What the last command said, on one line.
message() { paste -s -d ' ' "$DIR/.out"; }
# Whether the mount is the requested one. An earlier mount of the export lends it its name, so addresses count, too.
is_source() {
  local address=\${shown##*,addr=}
  [ "$from" = "$source" ] && return
  [ "\${from#*:/}" = "\${source#*:/}" ] && timeout 20 getent ahosts "$server" | grep -qF "\${address%%,*} "
}
answers() { timeout -k 5 20 stat -f -- "$point" >/dev/null 2>&1; }

# Says what a new connection to the server meets, and what to do.
advice() {
  # shellcheck disable=SC2016
  timeout 5 bash -c 'exec 3<>"/dev/tcp/$1/2049"' bash "$server" 2>/dev/null
  case $? in
    0) echo 'TCP port 2049 answers: check that the SVM serves this NFS version; version 3 also needs ports 111, 635, 4045, 4046 and 4049' ;;
    124) echo 'TCP port 2049 is silent: allow it in the security groups of the file system (inbound) and of this instance (outbound), for version 3 also TCP and UDP 111, 635, 4045, 4046 and 4049; check the routes. From a peered VPC, the floating IP of a Multi-AZ file system is reachable only through a Transit Gateway' ;;
    *) echo 'TCP port 2049 is refused or has no route: check that the address is an NFS endpoint of the SVM, and the routes' ;;
  esac
}

# One attempt. 1: try again. 2: another attempt would fail, too.
attempt() {
  local code out
  if ! timeout 20 getent ahosts "$server" >/dev/null; then
    reason="the name $server was not found"
    hint='check the name; turn on DNS resolution and DNS host names in the VPC; a peered network must forward amazonaws.com to it'
    return 1
  fi
  # Without 9>&-, a daemon that mount starts would hold the lock.
  timeout -k 5 "$TIMEOUT" mount -t nfs -o "$options" -- "$source" "$point" >"$DIR/.out" 2>&1 9>&-
  code=$? out=$(message)
  if find_mount && { [ "$code" = 0 ] || is_source; }; then
    if [ "$code" = 0 ] && answers; then return 0; fi
    # Only what this attempt mounted is detached.
    timeout 20 umount -l -- "$point"
    code=124
  fi
  reason=$out
  case $code:$out in
    124:* | 137:* | *'timed out'*)
      silent+=" $server "
      reason="no answer from $server within $TIMEOUT s" hint=$(advice)
      return 1
      ;;
    *denied*) hint='allow this client in the export policy of the volume, and of each volume above it' ;;
    *'No such file'*) hint='check the junction path of the volume' ;;
    *statd*) hint='version 3 needs rpcbind and rpc.statd: install them, or add nolock' ;;
    *'not supported'* | *option* | *'Invalid argument'*) hint='check the mount options, and that the SVM serves this NFS version' ;;
    *) hint=$(advice) && return 1 ;;
  esac
  return 2
}

have_nfs() {
  command -v mount.nfs >/dev/null && return
  log 'mount.nfs is missing; installing it'
  if command -v dnf; then timeout 200 dnf -y -q install nfs-utils; else timeout 200 apt-get -y -qq install nfs-common; fi 9>&-
  command -v mount.nfs >/dev/null
}

difference() { differences+="$1"$'\\n' && log "$name: $1"; }
note() { notes+="$1"$'\\n' && log "$name: $1"; }

# Compares what was requested with what client and server negotiated.
compare() {
  local want key have wants
  IFS=, read -ra wants <<<"$options"
  for want in "\${wants[@]}"; do
    want=\${want/#nfsvers=/vers=}
    key=\${want%%=*}
    case $shown in *",$want,"*) continue ;; *",$key="*) have=\${shown##*",$key="} have=\${have%%,*} ;; *) have='' ;; esac
    # The kernel shows no nconnect where there is one connection.
    if [ "$key$have" = nconnect ]; then have=1; fi
    case $want:$have in
      vers=4:4.* | nconnect=1:1 | proto=tcp:tcp6) ;;
      vers=*:* | rsize=*:* | wsize=*:* | nconnect=*:* | proto=*:* | timeo=*:* | retrans=*:* | sec=*:*)
        difference "$key is \${have:-not shown} instead of \${want#*=}" ;;
      hard: | soft: | softerr: | ro: | noatime: | nocto: | noac:) difference "$key is not in effect" ;;
    esac
  done
}

read_ahead() {
  local file=/sys/class/bdi/$dev/read_ahead_kb
  { echo "$READ_AHEAD_KIB" >"$file"; } 2>/dev/null
  [ "$(cat "$file" 2>/dev/null)" = "$READ_AHEAD_KIB" ] || note "read-ahead could not be set to $READ_AHEAD_KIB KiB"
}

# Not as root, which an export usually maps to nobody.
write_test() {
  local file
  case $AS_USER$shown in ,* | *,ro,*) write=skipped && return ;; esac
  if file=$(timeout -k 5 30 runuser -u "$AS_USER" -- mktemp -- "$point/.feedrate-start-XXXXXXXX" 2>"$DIR/.out"); then
    timeout -k 5 30 runuser -u "$AS_USER" -- rm -f -- "$file"
    write=ok
  else
    write="$AS_USER cannot write: $(message)"
    log "$name: $write"
  fi
}

# Makes the mount point and mount(8) ready.
prepare() {
  local real
  real=$(timeout 10 readlink -m -- "$point")
  reason="$point leads to \${real:-a place that does not answer}" hint='a mount point must not be a symbolic link'
  [ "$real" = "$point" ] || return
  reason="cannot create $point" hint='choose another mount point'
  mkdir -p -- "$point" || return
  [ -z "$(find "$point" -mindepth 1 -maxdepth 1 -print -quit)" ] || note "the mount hides files in $point"
  reason='mount.nfs is missing and cannot be installed' hint='use an image with nfs-utils, or an S3 gateway endpoint for dnf'
  have_nfs
}

make_mount() {
  local limit=$TRIES pause=5 code
  prepare || return
  case $silent in *" $server "*) limit=1 ;; esac
  while true; do
    attempt
    code=$? tries=$((tries + 1))
    if [ "$code" = 0 ]; then log "$name: mounted $source" && return; fi
    if [ "$code" = 2 ] || [ "$tries" -ge "$limit" ]; then return 1; fi
    log "$name: attempt $tries of $limit: $reason; next in $pause s"
    status working "$reason" "$hint"
    sleep "$pause"
    pause=$((pause < 40 ? 2 * pause : 60))
  done
}

# Whether $point is mounted, now or already.
have_mount() {
  if ! find_mount; then
    make_mount
    return
  fi
  reason="$point has another mount: $from" hint='unmount it, or choose another mount point'
  is_source || return
  reason="$point is mounted, but $server does not answer" hint=''
  answers || ! hint=$(advice)
}

one() { # NAME SOURCE POINT OPTIONS
  name=$1 source=$2 point=$3 options=$4 from='' tries=0 differences='' notes='' write='' reason='' hint=''
  server=\${source%%:/*} server=\${server#[} server=\${server%]}
  if [ "$task" = announce ]; then status working && return; fi
  if ! have_mount; then
    log "$name: failed: $reason; $hint"
    status failed "$reason" "$hint"
    return
  fi
  [ "$from" = "$source" ] || note "it shares the options of an earlier mount, $from; nosharecache separates them"
  compare
  [ -z "$READ_AHEAD_KIB" ] || read_ahead
  write_test
  status mounted
}
`;
