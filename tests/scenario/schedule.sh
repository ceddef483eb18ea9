#!/usr/bin/env bash
# Collections by a schedule while the center is away: they stop when the journal is full, and go on
# when there is room again.
#   tests/scenario/schedule.sh [--bin DIR] [--only PART-OF-A-CASE'S-NAME]
# shellcheck disable=SC2119,SC2120,SC2154  # cases.sh sets the rest
set -euo pipefail
# shellcheck source=tests/support/shell/cases.sh
source "$(dirname "$0")/../support/shell/cases.sh" "$@"
# shellcheck source=tests/support/shell/two_nodes.sh
source "$(dirname "$0")/../support/shell/two_nodes.sh"
# shellcheck source=tests/support/shell/levy.sh
source "$(dirname "$0")/../support/shell/levy.sh"

# One batch of payments is more than may wait.
small_backlog='journal: {backlog_bytes: 1KiB}
batch: {rows: 100, age: 50ms}'

# pay FIRST LAST: payments of payers that no compression makes small.
pay() {
  sql "WITH RECURSIVE n(i) AS (VALUES ($1) UNION ALL SELECT i + 1 FROM n WHERE i < $2)
       INSERT INTO payment SELECT hex(randomblob(16)), i, i, i FROM n"
}
center_holds() { [[ $(at center held payment | wc -l) -eq $1 ]]; }
await_center() { until_true 60 center_holds "$1" || fail "the center holds $(at center held payment | wc -l), expected $1"; }
logged() { grep -c "event=$1" "$workshop/edge/sluiced.log" || true; }
has_logged() { [[ $(logged "$1") -ge ${2:-1} ]]; }
await_log() { until_true 60 has_logged "$@" || fail "no event=$1: $(tail -n 3 "$workshop/edge/sluiced.log")"; }
job() { at edge sluice jobs --json | jq -r ".[0].$1"; }
job_is() { [[ $(job "$1") = "$2" ]]; }
begun() { sqlite3 "$workshop/edge/state/jobs.sqlite" 'SELECT count(*) FROM run'; }
has_been_due_for() { [[ $(date +%s) -ge $(($(date --date "$(job next)" +%s) + $1)) ]]; }

case_a_schedule_pauses_while_the_center_is_down_and_goes_on_when_it_is_back() {
  both_nodes pauses ", schedule: {run: '@every 1s'}" "$small_backlog"
  await_center 999
  at center kill_daemon
  pay 2001 2090
  await_log jobs-held-back
  until_true 30 job_is state 'held back' || fail "the job is $(job state)"
  expect_like "why" "$(job held_back)" 'levy'
  at edge try sluice jobs
  expect_like "for people" "$out" 'held back'
  local before
  before=$(begun)
  pay 3001 3090
  until_true 60 has_been_due_for 3 || fail "it is due $(job next)"
  expect "runs that have begun since" "$(($(begun) - before))" 0
  expect "told of it" "$(logged jobs-held-back)" 1
  at center start_daemon
  await_center 1179
  await_log jobs-go-on
}

case_a_run_that_finds_the_journal_full_until_its_time_has_passed_is_called_held_back() {
  both_nodes caught ", schedule: {run: '@every 1h'}" "$small_backlog"
  await_center 999
  await_log run-ended # its rows may be at the center before
  at edge stop_daemon
  at center kill_daemon
  pay 2001 2990
  sed -i "s/run: '@every 1h'/run: '@every 1s', time_limit: 5s, retry: {first: 1s}/" "$workshop/edge/config/bureaus/levy.yaml"
  at edge start_daemon
  await_log run-failed
  expect_like "what became of it" "$(grep -m 1 event=run-failed "$workshop/edge/sluiced.log")" \
    'bureau=levy task=collect outcome=backlog-full .*there was no room until time_limit \(5 s\) had passed'
  await_log jobs-held-back
  expect "its outcome" "$(job last_outcome)" backlog-full
  sed -i 's/, time_limit: 5s//' "$workshop/edge/config/bureaus/levy.yaml"
  at edge stop_daemon
  at edge try sluice jobs history levy --outcome backlog-full --limit 1 --json
  expect_like "in the history, without a daemon" "$(jq -r '"\(.task) \(.outcome) \(.seconds) \(.sentence)"' <<<"$out")" \
    '^collect backlog-full [0-9]+ there was no room until time_limit'
  at edge try sluice jobs history --task collect
  expect_like "for people" "$out" '999 new or changed|1,000 new or changed'
  at edge start_daemon
  at center start_daemon
  await_center 1989
}

open_workshop edge park levy
trap 'close_workshop $?' EXIT
run_cases
