#!/usr/bin/env bash
# The kill test: promises 1 to 3 of the design, on the real programs. Each round a daemon takes a file
# and posted records at once, and something is killed with SIGKILL: at each named point of the way
# (SLUICE_KILL_POINT in daemon/), then at random times. Afterwards everything is started again and
# drained; then every acknowledged row must be in the central store exactly once, in the right version,
# and the chains must verify.
#
#   tests/faults/kill.sh [--times N] [--store sqlite|postgresql|both] [--seed S] [--bin DIR]
#                        [--only POINT]
#
# --times: how many random kills a store gets, after every named point was hit once (default 10). --seed: which ones, and when
# (default 1).
# Needs programs with kill points compiled in (preset dev), curl, jq, sqlite3, PostgreSQL.
# shellcheck disable=SC2119  # start_daemon takes arguments only where it gets some
set -euo pipefail
here=$(dirname "$0")
times=10 stores=both seed=1 only=''
bin=$here/../../build/dev/bin
usage() { sed -n '8,9s/^# *//p' "$0" >&2; exit 2; }
while [[ $# -gt 0 ]]; do
  case $1 in
    --times) times=${2:-} ;;
    --store) stores=${2:-} ;;
    --seed) seed=${2:-} ;;
    --bin) bin=${2:-} ;;
    --only) only=${2:-} ;;
    *) usage ;;
  esac
  [[ $# -ge 2 ]] || usage
  shift 2
done
[[ $times =~ ^[0-9]+$ && $seed =~ ^[0-9]+$ ]] || usage
case $stores in
  sqlite | postgresql) ;;
  both) stores='sqlite postgresql' ;;
  *) usage ;;
esac
# shellcheck source=tests/support/shell/node.sh
source "$here/../support/shell/node.sh"
# shellcheck source=tests/support/shell/cluster.sh
source "$here/../support/shell/cluster.sh"
# shellcheck source=tests/faults/kill_steps.sh
source "$here/kill_steps.sh"
# shellcheck source=tests/faults/kill_traffic.sh
source "$here/kill_traffic.sh"
# shellcheck source=tests/faults/kill_checks.sh
source "$here/kill_checks.sh"

rounds_a_life=10 # then a new node: the checks read all that the node holds

begin_life() {
  local store_yaml='{kind: sqlite}'
  if [[ $store = postgresql ]]; then
    sql postgres 'DROP DATABASE IF EXISTS center WITH (FORCE)'
    sql postgres 'CREATE DATABASE center'
    store_yaml="{kind: postgresql, connection: \"host=$PGHOST port=$PGPORT user=$PGUSER dbname=center\"}"
  fi
  rm -rf "$workshop/node"
  # Small batches: many commits, sends and applies to be killed at.
  new_node node "$store_yaml" 'batch: {rows: 500, age: 100ms}'
  add_traffic_configuration
  begin_checks
}

# kill_at_point VICTIM POINT[:N]
kill_at_point() {
  local victim=$1 point=$2
  if [[ $victim = daemon ]]; then
    launch_daemon "SLUICE_KILL_AT=$point"
    if await_ready; then
      start_calls
      start_import
      await_death "$daemon" "$victim $point"
      await_calls
      await_import
    else
      await_death "$daemon" "$victim $point"
    fi
    daemon=
  else
    start_daemon
    start_calls
    start_import "SLUICE_KILL_AT=$point"
    await_death "$import_pid" "$victim $point"
    importer_status=137
    await_calls
  fi
}

kill_at_random() {
  local victim=$1 after_ms=$2
  start_daemon
  start_calls
  start_import
  sleep "$((after_ms / 1000)).$(printf %03d $((after_ms % 1000)))"
  case $victim in
    daemon) kill_daemon ;;
    import) kill -KILL "$import_pid" 2>/dev/null || true ;;
    both)
      kill -KILL "$import_pid" 2>/dev/null || true
      kill_daemon
      ;;
    database) halt_cluster QUIT ;; # all its processes end at once, and it recovers from its log
  esac
  if [[ $victim = database ]]; then resume_cluster; fi
  await_import
  await_calls
}

# Everything is started again, and everybody repeats what was not acknowledged.
recover() {
  if [[ -z $daemon ]]; then start_daemon; fi
  local status=0
  sluice import park "$node/register.csv" --dataset register --json \
    >"$node/again.json" 2>"$node/again.log" || status=$?
  [[ $status -eq 0 ]] || die "round $round: the second import ended with $status: $(cat "$node/again.log")"
  repeat_calls
}

run_round() { # NUMBER HOW VICTIM WHAT
  round=$1
  stop_life # the round before left it running
  make_traffic
  if [[ $2 = point ]]; then kill_at_point "$3" "$4"; else kill_at_random "$3" "$4"; fi
  local answered
  answered=$(count_acknowledged)
  recover
  check_round
  printf '%-10s round %3d  %-8s %-30s import=%-3s resumed-after=%-5s calls-acknowledged=%-3s ok\n' \
    "$store" "$round" "$3" "$4" "$importer_status" "$(jq -r .resumed_after "$node/again.json")" "$answered"
}

run_store() {
  store=$1
  local victims=(daemon import both) number=0 victim point
  if [[ $store = postgresql ]]; then
    victims+=(database)
    start_cluster
  fi
  begin_life
  while read -r victim point; do
    [[ -z $only || $only = "$point" ]] || continue
    next_round
    # Not so late that it may not come: store.mid-copy is passed only by batches that change records.
    run_round "$number" point "$victim" "$point:$((1 + RANDOM % 6))"
  done < <(points_of kill.sh)
  local random
  for ((random = 0; random < times; ++random)); do
    next_round
    run_round "$number" random "${victims[RANDOM % ${#victims[@]}]}" $((RANDOM % 1500))
  done
  stop_life
  halt_cluster INT
}

next_round() {
  if ((number > 0 && number % rounds_a_life == 0)); then
    stop_life
    begin_life
  fi
  number=$((number + 1))
}

stop_life() {
  if [[ -n $daemon ]]; then stop_daemon; fi
}

finish() {
  local status=$?
  [[ -z $import_pid ]] || kill -KILL "$import_pid" 2>/dev/null || true
  halt_cluster INT
  close_workshop "$status"
}

RANDOM=$seed
echo "seed $seed"
open_workshop kill park
trap finish EXIT
for each in $stores; do run_store "$each"; done
echo "every acknowledged row is there exactly once; ${total_rows:-0} rows in ${total_rounds:-0} rounds"
