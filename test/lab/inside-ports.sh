#!/bin/bash
# In the lab: a server without a mount that accepts only client ports below 1024, or only other clients: what is told, and the
# remedies.
#   inside-ports.sh FEEDRATE WORKLOAD    everything goes to the working directory
set -euo pipefail
main=$1 workload=$2
mkdir /mnt/nfs3/ports && chmod a+rwx /mnt/nfs3/ports
# The server's name space of mounts has its exports.
export_with() {
  echo "/data ${2:-*}(rw,no_root_squash,no_subtree_check,fsid=1,$1)" >/etc/exports
  nsenter --target "$(pgrep -o rpc.mountd)" --mount --net exportfs -raf
}
# NAME VERSION COMMAND…: its output and status
measured() {
  local name=$1 version=$2 status=0
  shift 2
  "$@" run "$workload" -t "t=nfs://fs1/data/ports?version=$version" -o "/tmp/$name$version" --progress none \
    >"$name$version.report" 2>"$name$version.stderr" || status=$?
  echo "$status" >"$name$version.status"
}
user=(setpriv --reuid=65534 --regid=65534 --clear-groups "$main")
# Version 4 reads what version 3 has written.
for version in 3 4; do
  export_with secure
  measured refused "$version" "${user[@]}"
  measured root "$version" "$main"
  export_with secure 192.0.2.200
  measured closed "$version" "$main"
  export_with insecure
  measured insecure "$version" "${user[@]}"
done
