#!/bin/bash
# In the lab: a server under a name of FSx, and an FSx service on this machine (fsx-serve.js).
#   inside-fsx.sh FEEDRATE WORKLOAD TIERING NODE SERVE    everything goes to the working directory
set -euo pipefail
main=$1 workload=$2 tiering=$3 node=$4 serve=$5
host=svm-0123456789abcdef0.fs-0123456789abcdef0.fsx.us-east-1.amazonaws.com
address=$(getent hosts fs1 | cut -d' ' -f1)
echo "$address $host alias.example" >>/etc/hosts
mkdir -p /mnt/nfs3/{a/deep/x,b,ab} /mnt/{fsx,alias,bound}
mount -t nfs -o vers=4.2,nconnect=2 "$host:/data" /mnt/fsx
mount -t nfs -o vers=3 alias.example:/data/a /mnt/alias
mount --bind /mnt/fsx/b /mnt/bound
cat /proc/self/mountinfo >mountinfo
cp /etc/hosts hosts

"$node" "$serve" "$address" service.env &
service=$!
until [ -s service.env ]; do sleep 0.1; done
. ./service.env

# NAME WORDS…: a run, with its output, its status, and the ms that it took
measured() {
  local name=$1 status=0 from=${EPOCHREALTIME/./}
  shift
  "$main" run "$workload" -o "$PWD/$name" --progress none "$@" >"$name.report" 2>"$name.stderr" || status=$?
  echo "$status $(((${EPOCHREALTIME/./} - from) / 1000))" >"$name.status"
}
measured known -t a=/mnt/fsx/a -t b=/mnt/bound -t alias=/mnt/alias
"$main" doctor -t /mnt/fsx/a --no-measure --format json >doctor.json
"$main" fsx describe -t /mnt/fsx -t /mnt/bound -t /mnt/alias -t deep=/mnt/fsx/a/deep/x -t beside=/mnt/fsx/ab \
  --format json >describe.json
# Two volumes of one file system in one run, each with its policy.
"$main" fsx tiering "$tiering" -t none=/mnt/fsx/a -t all=/mnt/bound -o "$PWD/tiering" --progress none >tiering.report 2>tiering.stderr
measured off -t a=/mnt/fsx/a --no-aws
measured local -t a=/tmp
kill "$service"
wait "$service" || true
measured refused -t a=/mnt/fsx/a
ip route add 198.51.100.1 dev fs1 # where nobody answers
AWS_ENDPOINT_URL_FSX=http://198.51.100.1 measured unreachable -t a=/mnt/fsx/a
umount /mnt/bound /mnt/alias /mnt/fsx
