#!/bin/bash
# In the lab: mounts with something wrong, one look of the doctor, and its remedies, run as they are printed.
#   inside-remedies.sh FEEDRATE SCENARIO…    everything goes to the directory remedies
# A scenario leaves NAME.before and NAME.after (its line of mountinfo), NAME.remedy, NAME.said and NAME.status.
set -euo pipefail
main=$1
shift
mkdir -p remedies
cd remedies
server=$(awk '$2 == "fs1" {print $1}' /etc/hosts)
names=() checks=()
# The forwarders. Without this they would keep the lab open.
trap 'kill $(jobs -p)' EXIT

# The port of the server's mountd.
mountd() { rpcinfo -p "$server" | awk '$1 == 100005 && $2 == 3 && $3 == "tcp" {print $4; exit}'; }
at() { echo "/mnt/remedy $1"; }
shown() { grep "/mnt/remedy.040$1 " /proc/self/mountinfo | sed -E 's/^[0-9]+ [0-9]+ [0-9:]+ //' || true; }
# NAME CHECK SOURCE OPTIONS: a mount, and the check whose remedy will be run.
mounted() {
  mkdir -p "$(at "$1")"
  timeout 60 mount -t nfs -o "$4,retry=0" "$3" "$(at "$1")"
  names+=("$1")
  checks+=("$1=$2")
}
# PORT ADDRESS PORT: forwards the connections to a port, as a tunnel does. HOST=fs1: on the server.
forward() {
  local on=()
  [ -z "${HOST:-}" ] || on=(ip netns exec "$HOST")
  "${on[@]}" node -e 'const net = require("node:net"), [port, host, to] = process.argv.slice(1);
    net.createServer((a) => { const b = net.connect(Number(to), host); a.pipe(b).pipe(a);
      for (const s of [a, b]) s.on("error", () => { a.destroy(); b.destroy(); }); }).listen(Number(port), "0.0.0.0");' "$@" >/dev/null 2>&1 &
  until "${on[@]}" bash -c "exec 3<>/dev/tcp/127.0.0.1/$1" 2>/dev/null; do sleep 0.1; done
}

for name in "$@"; do
  case $name in
    readonly)
      HOST=fs1 forward 2050 127.0.0.1 "$(mountd)"
      mounted readonly 'transfer size' fs1:/data ro,vers=3,nolock,nosuid,nodev,mountport=2050,mountproto=tcp,rsize=65536,wsize=65536
      ;;
    tunnel)
      # Version 3, because later mounts of version 4 share the connections of the earlier ones, whatever their address.
      forward 20313 "$server" 2049
      forward 20314 "$server" "$(mountd)"
      mounted tunnel 'transfer size' 127.0.0.1:/data vers=3,nolock,proto=tcp,port=20313,mountport=20314,mountproto=tcp,rsize=65536,wsize=65536
      ;;
    port)
      HOST=fs1 forward 20313 127.0.0.1 2049
      mounted port 'transfer size' fs1:/data vers=3,proto=tcp,mountproto=tcp,nolock,port=20313,rsize=131072,wsize=131072
      ;;
    version) mounted version version fs1:/data vers=4.0,noexec,noatime,timeo=300,acregmin=5 ;;
    refused) mounted refused version fs1:/data vers=4.0,nocto ;;
    soft) mounted soft 'when the server is gone' fs1:/data vers=4.2,softerr,timeo=50,retrans=5,lookupcache=pos ;;
    noac) mounted noac 'attribute cache' fs1:/data vers=3,noac,nocto,nordirplus,local_lock=flock ;;
    actimeo) mounted actimeo 'attribute cache' fs1:/data vers=4.1,actimeo=0,lookupcache=none,nosharecache ;;
    connections) mounted connections connections fs2:/data vers=4.1,clientaddr=0.0.0.0,noresvport ;;
    fstab)
      cp /etc/fstab fstab.old
      echo 'fs1:/data /mnt/remedy\040fstab nfs vers=4.2,soft,_netdev,nosuid,x-systemd.requires=network-online.target 0 0' >>/etc/fstab
      mkdir -p "$(at fstab)"
      mount "$(at fstab)"
      names+=(fstab)
      checks+=('fstab=when the server is gone')
      ;;
    readahead) mounted readahead read-ahead fs1:/data vers=4.2,nosuid ;;
    slots) mounted slots slots fs1:/data vers=4.1,noexec ;;
  esac
done

targets=()
for name in "${names[@]}"; do
  targets+=(-t "$name=$(at "$name")")
  shown "$name" >"$name.before"
done
"$main" doctor "${targets[@]}" --no-measure --format json >doctor.json
node -e 'const fs = require("node:fs"), [...wanted] = process.argv.slice(1);
  for (const { target, findings } of JSON.parse(fs.readFileSync("doctor.json", "utf8"))) {
    const [name, check] = wanted.find((text) => text.startsWith(`${target.name}=`)).split("=");
    fs.writeFileSync(`${name}.remedy`, findings.find((one) => one.check === check)?.remedy ?? "");
  }' "${checks[@]}"

mkdir fake
printf '#!/bin/sh\ncase "$*" in *vers=4.1*) echo refused >&2; exit 32;; esac\nexec %s "$@"\n' "$(command -v mount)" >fake/mount
chmod +x fake/mount
for name in "${names[@]}"; do
  case $name in
    tunnel) : >tunnel.command ;; # It has none.
    # What the remedy asks for in words.
    fstab) sed -i s/,soft,/,hard,/ /etc/fstab ;;
  esac
  # The words before and after the command.
  [ -e "$name.command" ] || sed -E 's/^(unmount all mounts of this server first|.*then run): //; s/, then unmount all .*//' "$name.remedy" >"$name.command"
  status=0
  [ "$name" != refused ] || export PATH=$PWD/fake:$PATH
  bash "$name.command" >"$name.said" 2>&1 || status=$?
  PATH=${PATH#"$PWD/fake:"}
  echo "$status" >"$name.status"
  shown "$name" >"$name.after"
  case $name in
    readahead) cat "/sys/class/bdi/$(mountpoint -d "$(at readahead)")/read_ahead_kb" >readahead.kib ;;
    slots) cat /sys/module/nfs/parameters/max_session_slots >slots.most ;;
  esac
done
for name in "${names[@]}"; do umount "$(at "$name")"; done
[ ! -e fstab.old ] || cp fstab.old /etc/fstab
