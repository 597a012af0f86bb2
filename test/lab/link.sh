# Sourced in the lab by what takes the server's link away: commands in the background, and where they lie.
# Every output goes to the working directory, as PART.TARGET.*
declare -A hard jobs
for mount in $NFS_LAB_MOUNTS; do hard[${mount%%=*}]=${mount#*=}/${mount%%=*}; done
mkdir -p "${hard[@]}"

link() { ip -n fs1 link set eth0 "$1"; }

# A process group of its own, as a terminal gives it: Ctrl-C goes to all of it.
start() {  # PART.TARGET COMMAND…
  local part=$1
  shift
  set -m
  "$main" "$@" >"$part.stdout" 2>"$part.stderr" &
  set +m
  jobs[$part]=$!
}
begin_run() {  # PART TARGET PATH
  start "$1.$2" run "$workload" -t "$2=$3" -o "$PWD/$1.$2.runs" --progress json
}
until_told() {  # PART.TARGET PATTERN
  until grep -q "$2" "$1.stderr"; do
    kill -0 "${jobs[$1]}" 2>/dev/null || return 0
    sleep 0.2
  done
}
until_during() { until_told "$1" '"type":"progress".*"arm":"during"'; }
interrupt() { kill -INT -- "-${jobs[$1]}"; }
finish() {  # PART.TARGET
  local status=0
  wait "${jobs[$1]}" || status=$?
  echo "$status" >"$1.status"
}
clean_up() {  # PART TARGET PATH
  "$main" clean -t "$3" --yes >"$1.$2.cleaned" 2>&1 || true
  ls -A "$3" >"$1.$2.after"
}
# How many processes of feedrate there are.
count_processes() { ps -e -o args | grep -c '[n]ode .*/dist/bin/' || true; }
