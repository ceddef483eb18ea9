#!/usr/bin/env bash
# The kill test of two nodes: an edge that takes a file and posted records at once, and the center that
# it brings them to. Each round something is killed with SIGKILL: at each named point of the link and of the
# center's end of it, then at random times. Afterwards everything is started again and drained; then
# every acknowledged row must be in the center exactly once, in the right version, and the chains must verify.
#
#   tests/faults/link.sh [--times N] [--store sqlite|postgresql] [--seed S] [--bin DIR] [--only POINT]
#
# --times: how many random kills, after every named point was hit once (default 10). --seed: which ones, and when
# (default 1).
# Needs programs with kill points compiled in (preset dev), curl, jq, sqlite3, PostgreSQL.
# shellcheck disable=SC2034,SC2119,SC2154  # what is sourced reads and sets the rest
set -euo pipefail
here=$(dirname "$0")
times=10 store=sqlite seed=1 only=''
bin=$here/../../build/dev/bin
usage() { sed -n '7s/^# *//p' "$0" >&2; exit 2; }
while [[ $# -gt 0 ]]; do
  case $1 in
    --times) times=${2:-} ;;
    --store) store=${2:-} ;;
    --seed) seed=${2:-} ;;
    --bin) bin=${2:-} ;;
    --only) only=${2:-} ;;
    *) usage ;;
  esac
  [[ $# -ge 2 ]] || usage
  shift 2
done
[[ $times =~ ^[0-9]+$ && $seed =~ ^[0-9]+$ && $store =~ ^(sqlite|postgresql)$ ]] || usage
for each in support/shell/node.sh support/shell/two_nodes.sh support/shell/cluster.sh faults/kill_steps.sh \
  faults/kill_traffic.sh faults/kill_checks.sh; do
  # shellcheck disable=SC1090
  source "$here/../$each"
done

rounds_a_life=10 # then two new nodes: the checks read all that the center holds

# What is sent goes to the edge; what is checked is the center's.
add_park() { add_traffic_configuration; }
held() { "$bin/sluice" --config "$workshop/center/config" dataset read "$@" | tail -n +2 | LC_ALL=C sort; }
verify_chains() { "$bin/sluice" --config "$workshop/center/config" audit verify; }
ask() {
  if [[ $store = sqlite ]]; then
    sqlite3 "$workshop/center/state/central.sqlite" "${3//%/$1}"
  else
    sql center "${3//%/$2}"
  fi
}

begin_life() {
  local store_yaml='{kind: sqlite}'
  if [[ $store = postgresql ]]; then
    sql postgres 'DROP DATABASE IF EXISTS center WITH (FORCE)'
    sql postgres 'CREATE DATABASE center'
    store_yaml="{kind: postgresql, connection: \"host=$PGHOST port=$PGPORT user=$PGUSER dbname=center\"}"
  fi
  rm -rf "$workshop/center" "$workshop/edge"
  new_center "$store_yaml"
  # Small batches: many are under way to be killed at.
  new_edge edge 'batch: {rows: 500, age: 100ms}'
  turn_to edge
  begin_checks
}

# start NAME [VAR=VALUE…], which does not run; 1: it was killed before it served.
start() {
  local name=$1
  shift
  at "$name" launch_daemon "$@"
  at "$name" await_ready
}

revive() {
  local name
  for name in center edge; do
    [[ -n ${daemon_of[$name]:-} ]] || start "$name" || die "round $round: $name does not start again"
  done
  turn_to edge
}

send() {
  turn_to edge
  start_calls
  start_import
}

kill_at_point() {
  local victim=$1 point=$2 doomed
  at "$victim" kill_daemon
  if [[ $victim = edge ]]; then
    revive_center
    start edge "SLUICE_KILL_AT=$point" && send
  else
    start center "SLUICE_KILL_AT=$point" || true
    revive
    send
  fi
  doomed=${daemon_of[$victim]}
  await_death "$doomed" "$victim $point"
  daemon_of["$victim"]=
  # Those who wait for a receipt wait for whoever brings it.
  revive
  if [[ -n $import_pid ]]; then
    await_calls
    await_import
  fi
}
revive_center() { [[ -n ${daemon_of[center]:-} ]] || start center; }

kill_at_random() {
  local victim=$1 after_ms=$2
  revive
  send
  sleep "$((after_ms / 1000)).$(printf %03d $((after_ms % 1000)))"
  case $victim in
    both)
      at edge kill_daemon
      at center kill_daemon
      ;;
    import) kill -KILL "$import_pid" 2>/dev/null || true ;;
    *) at "$victim" kill_daemon ;;
  esac
  revive
  await_import
  await_calls
}

run_round() { # NUMBER HOW VICTIM WHAT
  round=$1
  turn_to edge
  make_traffic
  if [[ $2 = point ]]; then kill_at_point "$3" "$4"; else kill_at_random "$3" "$4"; fi
  turn_to edge
  local answered status=0
  answered=$(count_acknowledged)
  sluice import park "$node/register.csv" --dataset register --json \
    >"$node/again.json" 2>"$node/again.log" || status=$?
  [[ $status -eq 0 ]] || die "round $round: the second import ended with $status: $(cat "$node/again.log")"
  repeat_calls
  check_round
  printf '%-10s round %3d  %-8s %-30s import=%-3s calls-acknowledged=%-3s ok\n' \
    "$store" "$round" "$3" "$4" "$importer_status" "$answered"
}

next_round() {
  if ((number > 0 && number % rounds_a_life == 0)); then
    kill_all
    begin_life
  fi
  number=$((number + 1))
}

run_all() {
  local victims=(edge center import both) number=0 victim point random
  begin_life
  while read -r victim point; do
    [[ -z $only || $only = "$point" ]] || continue
    next_round
    run_round "$number" point "$victim" "$point:$((1 + RANDOM % 6))"
  done < <(points_of link.sh)
  for ((random = 0; random < times; ++random)); do
    next_round
    run_round "$number" random "${victims[RANDOM % ${#victims[@]}]}" $((RANDOM % 1500))
  done
}

finish() {
  local status=$?
  [[ -z $import_pid ]] || kill -KILL "$import_pid" 2>/dev/null || true
  kill_all
  halt_cluster INT
  close_workshop "$status"
}

RANDOM=$seed
echo "seed $seed"
open_workshop link park
trap finish EXIT
[[ $store = sqlite ]] || start_cluster
run_all
echo "every acknowledged row is in the center exactly once; ${total_rows:-0} rows in ${total_rounds:-0} rounds"
