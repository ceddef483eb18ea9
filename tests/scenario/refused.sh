#!/usr/bin/env bash
# What a center refuses, and what becomes of it at the edge: rows that clash, a dataset that is not
# known yet, a batch that can never be taken.
#   tests/scenario/refused.sh [--bin DIR] [--only PART-OF-A-CASE'S-NAME]
# shellcheck disable=SC2119,SC2120,SC2154  # cases.sh sets the rest
set -euo pipefail
# shellcheck source=tests/support/shell/cases.sh
source "$(dirname "$0")/../support/shell/cases.sh" "$@"
# shellcheck source=tests/support/shell/two_nodes.sh
source "$(dirname "$0")/../support/shell/two_nodes.sh"

# No two approvals have one name: only the center can tell.
publish=add_unique_park
add_unique_park() {
  add_park
  sed -i 's/"name": "name", "type": "string"}/"name": "name", "type": "string", "constraints": {"unique": true}}/' \
    "$node/config/schemas/approval.json"
  sed -i '/dataset: approval/s/channels: \[direct\]/channels: [direct, disk]/' "$node/config/bureaus/park.yaml"
}

both_nodes() {
  begin_case "$1"
  new_center
  new_edge
  at edge start_daemon
}
begin_case() {
  workshop=$workshop/$1
  mkdir "$workshop"
  trap kill_all EXIT
}

# outcome [KEY]: of that call, at the edge; sets `code`, the body is in $workshop/edge/answer.
outcome() { code=$(at edge call park GET /v1/datasets/approval/outcomes --header "Idempotency-Key: $1"); }
told() { jq -r "$1" "$workshop/edge/answer"; }
is_answered() {
  outcome "$1"
  [[ $code = 200 && $(told .state) = answered ]]
}
await_answer() { until_true 60 is_answered "$1" || fail "$1: $code $(cat "$workshop/edge/answer")"; }
refused_of_park() { at edge sluice quarantine list park --json | jq -c '[.refused_by, .rule, .field, .batch.row]'; }
center_holds() { [[ $(at center held "$1" | wc -l) -eq $2 ]]; }
await_center() { until_true 60 center_holds "$@" || fail "the center holds $(at center held "$1" | wc -l) of $1, expected $2"; }
place_of() { at edge sluice quarantine show park "$1" --json | jq -r '[.source, .place]|@csv'; }
reason_is() { at edge sluice status --json | jq -r '.streams[0].link.reason // empty' | grep -q "$1"; }

case_a_row_that_clashes_at_the_center_comes_back_to_the_edge_and_is_replayed() {
  both_nodes clash
  expect "first call" "$(at edge post park approval '{"number":"A1","name":"one"}' --header 'Idempotency-Key: first')" 200
  await_answer first
  expect "taken" "$(told '[.taken, .refused]|@csv')" 1,0
  expect "second call" "$(at edge post park approval $'{"number":"A2","name":"two"}\n{"number":"A3","name":"one"}' --header 'Idempotency-Key: second')" 200
  await_answer second
  expect "taken" "$(told '[.taken, .refused]|@csv')" 1,1
  expect "which" "$(told '.refused_rows[0]|[.field,.rule,.rows[0][0]]|@csv')" '"name","unique",2'
  expect "the edge's quarantine" "$(refused_of_park)" '["center","unique","name",2]'
  expect "its place" "$(place_of 1)" '"second",2'
  at edge try sluice quarantine show park 1
  expect_like "for people" "$out" 'from +second, place 2.*refused +by the center, in epoch [0-9]+, batch [0-9]+, row 2.*A3	one'
  at edge try sluice quarantine replay park 1
  expect "as it was: taken here ($err)" "$status" 0
  await_entry 2
  expect "told by the call that it came in at first" "$(place_of 2)" '"second",2'
  printf 'U\t\\N\tA3\tthree' >"$workshop/corrected"
  at edge try sluice quarantine replay park 2 --with "$workshop/corrected"
  expect "corrected ($err)" "$status" 0
  await_center approval 3
  at center try sluice audit verify
  expect "the center's proof ($err)" "$status" 0
}
# jq -e is content with an empty list.
entry_waits() { [[ -n $(at edge sluice quarantine list park --json | jq "select(.id == $1)") ]]; }
await_entry() { until_true 60 entry_waits "$1" || fail "entry $1 is not there: $(refused_of_park)"; }

case_rows_of_a_file_that_clash_at_the_center_are_told_by_their_lines() {
  both_nodes lines
  expect "call" "$(at edge post park approval '{"number":"A1","name":"one"}' --header 'Idempotency-Key: first')" 200
  await_answer first
  printf 'number,name\nB1,b\n,none\nB2,one\n' >"$workshop/edge/permits.csv"
  at edge try sluice import park "$workshop/edge/permits.csv" --dataset approval
  expect "one row fails on its way in ($err)" "$status" 3
  await_entry 2
  expect "which" "$(place_of 1 | sed 's|".*/|"|')" '"permits.csv",3'
  expect "and which at the center" "$(place_of 2 | sed 's|".*/|"|')" '"permits.csv",4'
  expect "of the batch" "$(at edge sluice quarantine show park 2 --json | jq .batch.row)" 2
}

case_a_dataset_that_the_center_does_not_know_yet_is_waited_for_and_nobody_restarts_the_edge() {
  begin_case unknown
  new_center
  at center stop_daemon
  mv "$workshop/center/config/schemas/approval.json" "$workshop/"
  sed -i '/approval/d' "$workshop/center/config/bureaus/park.yaml"
  at center start_daemon
  new_edge
  at edge start_daemon
  expect "call" "$(at edge post park approval '{"number":"A1","name":"one"}' --header 'Idempotency-Key: k')" 200
  until_true 60 reason_is 'not known here' || fail "the edge does not say why"
  outcome k
  expect "outcome" "$(told .state)" waiting
  at center stop_daemon
  mv "$workshop/approval.json" "$workshop/center/config/schemas/"
  at center start_daemon
  await_center approval 1
  await_answer k
}

case_a_batch_of_a_dataset_that_is_not_the_bureaus_is_entered_as_rejected_and_comes_back_whole() {
  begin_case foreign
  new_center
  at center stop_daemon
  sed -i 's/"owner": "park"/"owner": "tax"/' "$workshop/center/config/schemas/approval.json"
  sed -i '/approval/d' "$workshop/center/config/bureaus/park.yaml"
  at center start_daemon
  new_edge
  at edge start_daemon
  expect "call" "$(at edge post park approval '{"number":"A1","name":"one"}' --header 'Idempotency-Key: k')" 200
  await_answer k
  expect "outcome" "$(told '[.outcome, .taken, .refused]|@csv')" '"rejected",0,1'
  expect "the edge's quarantine" "$(refused_of_park)" '["center","batch","",1]'
  expect "told" "$(grep -c event=batch-rejected "$workshop/edge/sluiced.log")" 1
  expect "at the center" "$(at center sluice batch list --json | jq -r .outcome)" rejected
  at center try sluice audit verify
  expect "the center's proof ($err)" "$status" 0
  printf 'number,name\nB1,b\n' >"$workshop/edge/register.csv"
  at edge try sluice import park "$workshop/edge/register.csv" --dataset register
  expect "the stream goes on ($err)" "$status" 0
  await_center register 1
}

open_workshop refused park
trap 'close_workshop $?' EXIT
run_cases
