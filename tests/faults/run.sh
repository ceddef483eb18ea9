#!/usr/bin/env bash
# Whole nodes at work, and a fault in each round: promises 1 to 3 of the design, on the real
# programs. A plan (plans/NAME.sh) declares which nodes there are, what traffic they carry, who the
# victims are and which checks apply; this program has the rounds. First something is killed with
# SIGKILL at each named point of the code (SLUICE_KILL_POINT) that kill_points.txt says the plan
# passes, then the plan's victims are struck in turn at random times. After each fault everything is
# started again and whoever was not answered sends again; then the checks must hold.
#
#   tests/faults/run.sh --plan NAME [--times N] [--seed S] [--store sqlite|postgresql] [--seconds S]
#                       [--only POINT] [--points-of VICTIM] [--bin DIR]
#
# --points-of: only the named points that this victim passes; the others are another plan's, too.
# --times: how many faults come at random times after every named point was hit once (default 10).
# --seed: at which times, and which victim is the first (default 1). --seconds: how long traffic
# that lasts flows before the first fault (default 5). Needs programs with kill points compiled in
# (preset dev), curl, jq, sqlite3, PostgreSQL; what a plan needs besides, it says.
#
# A plan declares, itself or by the traffic that it uses:
#   nodes=(…)      in the order in which they are started; the last of them takes the traffic
#   victims=(…)    of faults at random times: nodes, what a strike_NAME is for, or several (a+b)
#   checks=(…)     functions, called after each round; last_checks=(…): when the traffic has ended
#   latest_pass=N  at which pass of a point the victim dies, at the latest: not later than it surely
#                  comes; latest_pass_of=([POINT]=N) where fewer are sure
#   make_nodes     a function that makes the nodes anew; it need not start them
# and these functions, where there is something to do:
#   prepare, clean_up            before everything, and after it, whatever happened
#   begin_traffic, end_traffic   of traffic that lasts for all rounds; without, a round has its own:
#   make_traffic, send, await_sent
#   resend                       repeats what was not answered, and sets `note`, which is told
#   strike_NAME                  breaks what is called so, now
#   strike_NAME_at POINT         starts what is called so, and waits until it has died there
#   conclude                     says more at the end than the `verdict` that the checks have set
# The process that sends is `sender_pid`, while there is one.
# shellcheck disable=SC2034,SC2154  # what is sourced reads and sets the rest
set -euo pipefail
here=$(dirname "$0")
plan='' times=10 seed=1 store=sqlite seconds=5 only='' points_of='' bin=$here/../../build/dev/bin
usage() {
  sed -n '9,10s/^# *//p' "$0" >&2
  echo "plans: $(cd "$here/plans" && printf '%s ' *.sh | sed 's/\.sh//g')" >&2
  exit 2
}
while [[ $# -gt 0 ]]; do
  [[ $# -ge 2 && $1 =~ ^--(plan|times|seed|store|seconds|only|points-of|bin)$ ]] || usage
  option=${1#--}
  printf -v "${option//-/_}" %s "$2"
  shift 2
done
[[ $times =~ ^[0-9]+$ && $seed =~ ^[0-9]+$ && $seconds =~ ^[0-9]+$ && $store =~ ^(sqlite|postgresql)$ &&
  $plan =~ ^[a-z-]+$ && -e $here/plans/$plan.sh ]] || usage

rounds_a_life=10 # then new nodes: the checks read all that the center holds
round=0 workshop='' sender_pid='' note='' verdict=''

declare -A latest_pass_of=()

has() { declare -F "$1" >/dev/null; }
hook() { if has "$1"; then "$@"; fi; }
is_node() { [[ " ${nodes[*]} " = *" $1 "* ]]; }
pause_ms() { sleep "$(($1 / 1000)).$(printf %03d $(($1 % 1000)))"; }

# new_store: sets the YAML of the center's store, which is empty.
new_store() {
  store_yaml='{kind: sqlite}'
  [[ $store = postgresql ]] || return 0
  sql postgres 'DROP DATABASE IF EXISTS center WITH (FORCE)'
  sql postgres 'CREATE DATABASE center'
  store_yaml="{kind: postgresql, connection: \"host=$PGHOST port=$PGPORT user=$PGUSER dbname=center\"}"
}

# The center's database: all its processes end at once, and it recovers from its log.
strike_database() {
  halt_cluster QUIT
  resume_cluster
}

# start_nodes [DOOMED POINT]: those that do not run; one is to die at a point. 1: before it served.
start_nodes() {
  local name served=0
  for name in "${nodes[@]}"; do
    [[ -z ${daemon_of[$name]:-} ]] || continue
    if [[ $name = "${1:-}" ]]; then
      at "$name" launch_daemon "SLUICE_KILL_AT=$2"
      at "$name" await_ready || served=1
    else
      at "$name" launch_daemon
      at "$name" await_ready ||
        die "round $round: $name does not start again: $(tail -n 3 "$node/sluiced.log")"
    fi
  done
  turn_to "${nodes[-1]}"
  return "$served"
}

# As an operator would: each must end well. Who sends goes before who receives.
stop_nodes() {
  local i
  for ((i = ${#nodes[@]} - 1; i >= 0; --i)); do
    [[ -z ${daemon_of[${nodes[i]}]:-} ]] || at "${nodes[i]}" stop_daemon
  done
}

# Waits at most two minutes for a process that is to die; fails if it ended otherwise.
await_death() { # PID WHAT
  local status=0
  { # The shell would say "Killed"
    if until_true 120 is_gone "$1"; then wait "$1" || status=$?; else status=running; fi
  } 2>/dev/null
  [[ $status = 137 ]] || die "round $round: $2 was not reached: the program ended with $status"
}
is_gone() { ! kill -0 "$1" 2>/dev/null; }

strike_at_point() { # VICTIM POINT:PASS
  if ! is_node "$1"; then
    has "strike_$1_at" || die "kill_points.txt: in plan $plan, $1 cannot be killed at a point"
    start_nodes
    "strike_$1_at" "$2"
    return
  fi
  [[ -z ${daemon_of[$1]:-} ]] || at "$1" stop_daemon
  local served=yes doomed
  start_nodes "$1" "$2" || served=
  doomed=${daemon_of[$1]}
  if [[ -n $served || $1 != "${nodes[-1]}" ]]; then hook send; fi
  await_death "$doomed" "$1 $2"
  daemon_of["$1"]=
}

strike_at_random() { # VICTIMS AFTER-MS
  start_nodes
  hook send
  pause_ms "$2"
  local victim
  for victim in ${1//+/ }; do
    if is_node "$victim"; then at "$victim" kill_daemon; else "strike_$victim"; fi
  done
}

run_all() { # CHECK…
  local check
  for check in "$@"; do "$check"; done
}

begin_life() {
  rm -rf "${nodes[@]/#/$workshop/}"
  new_store
  make_nodes
  has begin_traffic || return 0
  start_nodes
  begin_traffic
  sleep "$seconds"
  run_all "${checks[@]}"
}

end_life() {
  hook end_traffic
  run_all "${last_checks[@]}"
  stop_nodes
}

run_round() { # HOW VICTIM WHAT
  if ((round == 0)); then
    begin_life
  elif ((round % rounds_a_life == 0)) && ! has begin_traffic; then
    end_life
    begin_life
  fi
  has begin_traffic || stop_nodes
  round=$((round + 1)) note=''
  hook make_traffic
  "strike_at_$1" "$2" "$3"
  start_nodes # those who wait for a receipt wait for whoever brings it
  hook await_sent
  hook resend
  run_all "${checks[@]}"
  printf '%-10s round %3d  %-14s %-30s %sok\n' "$store" "$round" "$2" "$3" "${note:+$note }"
}

# "VICTIM POINT" for each that somebody passes in this plan.
points_of_plan() {
  awk -v plan="$plan" '
    /^# point/ { for (i = 3; i <= NF; ++i) if ($i == plan) column = i - 1; next }
    /^#/ || !NF || !column || $column == "-" { next }
    { victims = split($column, victim, ","); for (i = 1; i <= victims; ++i) print victim[i], $1 }
  ' "$here/kill_points.txt"
}

run_plan() {
  local victim point random
  while read -r victim point; do
    [[ -z $only || $only = "$point" ]] || continue
    [[ -z $points_of || $points_of = "$victim" ]] || continue
    run_round point "$victim" "$point:$((1 + RANDOM % ${latest_pass_of[$point]:-$latest_pass}))"
  done < <(points_of_plan)
  [[ -z $only$points_of || $round -gt 0 ]] || die "nobody passes such a point in plan $plan: $only $points_of"
  for ((random = 0; random < times; ++random)); do
    # One after the other, so that as many rounds as there are victims skip none.
    run_round random "${victims[(seed + random) % ${#victims[@]}]}" $((RANDOM % 1500))
  done
  [[ $round -gt 0 ]] || die "no round: --times 0, and plan $plan passes no kill point"
  end_life
}

finish() {
  local status=$?
  [[ -z $sender_pid ]] || kill -KILL "$sender_pid" 2>/dev/null || true
  kill_all
  halt_cluster INT
  hook clean_up
  [[ -z $workshop ]] || close_workshop "$status"
}

# What is sourced may add functions, and not replace one that is there.
use() { # FILE…
  local file functions
  for file in "$@"; do
    mapfile -t functions < <(compgen -A function)
    readonly -f "${functions[@]}"
    # shellcheck disable=SC1090
    source "$here/$file.sh"
  done
}
# shellcheck source=tests/support/shell/node.sh
source "$here/../support/shell/node.sh"
use ../support/shell/two_nodes ../support/shell/cluster checks "plans/$plan"

RANDOM=$seed
echo "seed $seed"
trap finish EXIT
hook prepare
open_workshop "$plan" park levy
[[ $store = sqlite ]] || start_cluster
run_plan
echo "$verdict in $round rounds"
hook conclude
