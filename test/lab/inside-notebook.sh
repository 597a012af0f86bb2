#!/bin/bash
# In the lab: start scripts that feedrate writes, as root of a fresh machine.
#   inside-notebook.sh FEEDRATE    everything goes to the working directory, as PART.*
set -euo pipefail
main=$1
status=/run/feedrate-mount

write() {  # PART OPTION…
  local part=$1
  shift
  "$main" notebook script --user nobody --out "$PWD/$part.sh" "$@" 2>"$part.stderr"
}
# Starts the script as SageMaker does, and says how it ended and when.
start() {  # PART [WORDS BEFORE bash]
  local part=$1 code=0 t0=$EPOCHREALTIME
  shift
  "$@" bash "./$part.sh" >"$part.stdout" 2>>"$part.stderr" || code=$?
  awk -v code="$code" -v a="$t0" -v b="$EPOCHREALTIME" 'BEGIN { print code, b - a }' >>"$part.status"
}
settled() { ! pgrep -f "bash $status/worker" >/dev/null && ! pgrep -f '^run |; run ' >/dev/null; }
finish() {  # PART
  until settled; do sleep 0.2; done
  mkdir -p "$1.json"
  mv "$status"/*.json "$1.json" 2>/dev/null || true
  cp /proc/self/mountinfo "$1.mountinfo"
}

# Fresh: an export in two ways, by two servers. Then twice more at the same time, and the doctor.
write matrix --export fs1:/data --export fs2:/data --below /mnt/m --read-ahead 3MiB \
  --mount vers=4.2,nconnect=4,rsize=262144,noatime --mount vers=4.2,nconnect=2 --mount vers=3,nconnect=2,nolock
start matrix
finish matrix
start matrix & start matrix & wait
until settled; do sleep 0.2; done
cp /proc/self/mountinfo again.mountinfo
"$main" doctor -t /mnt/m/v4.2-nconnect2 --no-measure --format json >again.doctor
finish again

# What cannot be as requested, and what is in the way.
write other -t more=fs1:/data=/mnt/m2/more -t user=fs1:/data/root=/mnt/m2/user -t busy=fs2:/data=/mnt/m2/busy \
  -t link=fs1:/data=/mnt/m2/link --mount vers=4.2,nconnect=8
mkdir -p /mnt/m2/busy /mnt/m2/more /srv/data/root
chmod 755 /srv/data/root
touch /mnt/m2/more/hidden
mount -t tmpfs tmpfs /mnt/m2/busy
ln -s /mnt/elsewhere /mnt/m2/link
start other
finish other

write wrong -t 'fs1:/no such=/mnt/wrong export' --mount vers=4.2
start wrong
finish wrong

# Names that are found only after a while.
mkdir dns
echo 'nameserver 127.0.0.1' >/etc/resolv.conf
echo 'hosts: files dns' >/etc/nsswitch.conf
python3 "$(dirname "$0")/slow-dns.py" slow.test 192.0.2.6 1 >dns/log 2>&1 &
dns=$!
write dns -t slow.test:/data=/mnt/dns --mount vers=4.1
start dns
finish dns
kill "$dns"

# A server that answers no packet. Its neighbour entry stays, so that nothing says that there is no route.
mac=$(ip -n fs2 -br link show eth0 | awk '{print $3}')
ip neigh replace 192.0.2.10 lladdr "$mac" dev fs2 nud permanent
tc -n fs2 qdisc replace dev eth0 root netem loss 100%
write dead -t dead=fs2:/data=/mnt/dead -t late=fs2:/data/late=/mnt/late --mount vers=4.1 --tries 2 --mount-timeout 4s
start dead
until grep -q 'dead: attempt' /var/log/feedrate-mount.log || settled; do sleep 0.2; done
"$main" doctor -t /mnt/dead --no-measure --format json >trying.doctor
until settled; do sleep 0.2; done
"$main" doctor -t /mnt/dead --no-measure --format json >dead.doctor
finish dead
# Mounts of that server from before stay.
write held -t fs2:/data=/mnt/m/v4.2-nconnect2 --mount vers=4.2,nconnect=2 --tries 1
start held
finish held
tc -n fs2 qdisc del dev eth0 root

# By way of a small script, with the wrong content and with the right one.
write stubbed -t fs1:/data=/mnt/stubbed --mount vers=4.1
write stub -t fs1:/data=/mnt/stubbed --mount vers=4.1 --stub "$PWD/stubbed.sh"
start stub
until grep -q 'stubbed: mounted' /var/log/feedrate-mount.log; do sleep 0.2; done
finish stub
start stubbed
finish stubbed

setpriv --reuid 65534 --clear-groups bash ./matrix.sh >user.stdout 2>user.stderr && echo 0 >user.status
cp /var/log/feedrate-mount.log log
ps -e -o args | grep -c '[m]ount.nfs\|[f]lock' >left || true
