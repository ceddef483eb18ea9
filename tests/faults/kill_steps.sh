# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # kill.sh, link.sh and node.sh set the rest
# What a round of a kill test is made of: an import in the background, and a death to be awaited.

# points_of SCRIPT: "VICTIM POINT" for each that somebody passes there.
points_of() {
  awk -v script="$1" '
    /^# point/ { for (i = 3; i <= NF; ++i) if ($i == script) column = i - 1; next }
    /^#/ || !NF || $column == "-" { next }
    { victims = split($column, victim, ","); for (i = 1; i <= victims; ++i) print victim[i], $1 }
  ' "$project/tests/faults/kill_points.txt"
}

import_pid=
importer_status=

# Waits at most two minutes for a process that is to die; fails if it ended otherwise.
await_death() {
  local pid=$1 what=$2 attempt status=0
  { # The shell would say "Killed"
    for attempt in {1..1200}; do
      kill -0 "$pid" || break
      sleep 0.1
    done
    if kill -0 "$pid"; then status=running; else wait "$pid" || status=$?; fi
  } 2>/dev/null
  [[ $status = 137 ]] || die "round $round: $what was not reached: the program ended with $status"
}

start_import() {
  env "$@" "$bin/sluice" --config "$node/config" import park "$node/register.csv" \
    --dataset register --json >"$node/import.json" 2>"$node/import.log" &
  import_pid=$!
}

# What has not been killed comes to its own end.
await_import() {
  importer_status=0
  wait "$import_pid" 2>/dev/null || importer_status=$?
  import_pid=
}
