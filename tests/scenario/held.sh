#!/usr/bin/env bash
# A dataset that a center can not take holds back none but its own: its batches are held, and applied
# in order once they can be, or given back by a person.
#   tests/scenario/held.sh [--bin DIR] [--only PART-OF-A-CASE'S-NAME]
# shellcheck disable=SC2119,SC2120,SC2154  # cases.sh sets the rest
set -euo pipefail
# shellcheck source=tests/support/shell/cases.sh
source "$(dirname "$0")/../support/shell/cases.sh" "$@"
# shellcheck source=tests/support/shell/two_nodes.sh
source "$(dirname "$0")/../support/shell/two_nodes.sh"

# The center does not know approvals; the edge takes them, and registers too.
both_nodes() {
  workshop=$workshop/$1
  mkdir "$workshop"
  trap kill_all EXIT
  new_center '{kind: sqlite, hold_after: 1ms}'
  at center stop_daemon
  mv "$workshop/center/config/schemas/approval.json" "$workshop/"
  cp "$workshop/center/config/bureaus/park.yaml" "$workshop/"
  sed -i '/approval/d' "$workshop/center/config/bureaus/park.yaml"
  at center start_daemon
  new_edge edge 'batch: {age: 50ms}' ', ask_every: 1s'
  at edge start_daemon
}
learn_approvals() {
  at center stop_daemon
  mv "$workshop/approval.json" "$workshop/center/config/schemas/"
  cp "$workshop/park.yaml" "$workshop/center/config/bureaus/"
  at center start_daemon
}

# approve NUMBER NAME KEY: a call of its own, which is a batch of its own once it is held.
approve() {
  expect "call $3" "$(at edge post park approval "{\"number\":\"$1\",\"name\":\"$2\"}" \
    --header "Idempotency-Key: $3")" 200
}
held_at_center() { at center sluice batch held --json | jq -s 'map(.batches) | add // 0'; }
holds() { [[ $(held_at_center) -eq $1 ]]; }
await_holding() { until_true 60 holds "$1" || fail "the center holds $(held_at_center) batches, expected $1"; }
backlog() { at edge sluice status --json | jq -r '.streams[0].backlog_batches'; }
backlog_is() { [[ $(backlog) = "$1" ]]; }
await_backlog() { until_true 60 backlog_is "$1" || fail "the edge's backlog is $(backlog), expected $1"; }
center_holds() { [[ $(at center held "$1" | wc -l) -eq $2 ]]; }
await_center() { until_true 60 center_holds "$@" || fail "the center has $(at center held "$1" | wc -l) of $1, expected $2"; }
outcomes_at_center() { at center sluice batch list --bureau park --json | jq -r '"\(.dataset) \(.sequence) \(.outcome)"'; }
proved() {
  at center try sluice audit verify
  expect "the center's proof ($err)" "$status" 0
}
load_register() {
  printf 'number,name\nB1,b\n' >"$workshop/edge/register.csv"
  at edge try sluice import park "$workshop/edge/register.csv" --dataset register
  expect "the other dataset goes on ($err)" "$status" 0
}

case_one_dataset_is_held_and_the_other_goes_on_and_it_is_applied_in_order_once_it_can_be() {
  both_nodes order
  approve A1 one first
  await_holding 1
  approve A1 two second
  await_holding 2
  load_register
  await_center register 1
  expect "in the edge's backlog" "$(backlog)" 2
  at edge try sluice status
  expect_like "the edge says so" "$out" '2 of approval HELD by the center'
  until_true 60 center_says 'approval +2 .*not known here' || fail "the center's status: $out"
  expect "told once" "$(grep -c event=dataset-held "$workshop/center/sluiced.log")" 1
  proved
  expect_like "held ones are counted" "$out" 'held: 2 batches of park, dataset approval'
  at edge call park GET /v1/datasets/approval/outcomes --header 'Idempotency-Key: first' >"$workshop/code"
  expect "the caller is told" "$(jq -r .state "$workshop/edge/answer")" waiting
  learn_approvals
  await_backlog 0
  expect "in order" "$(at center held approval)" $'A1\ttwo'
  expect "once" "$(outcomes_at_center)" $'approval 1 held\napproval 1 accepted\napproval 2 held\napproval 2 accepted\nregister 3 accepted'
  until_true 60 grep -q 'event=dataset-settled.* batches=2' "$workshop/center/sluiced.log" || fail "the center does not say that it is settled"
  proved
  approve A2 three third
  await_center approval 2
  await_backlog 0
}
center_says() {
  at center try sluice status
  grep -Eq "$1" <<<"$out"
}

case_an_import_does_not_wait_for_what_the_center_holds() {
  both_nodes import
  sed -i 's/dataset: approval, channels: \[direct\]/dataset: approval, channels: [direct, disk]/' \
    "$workshop/edge/config/bureaus/park.yaml"
  printf 'number,name\nA1,a\n' >"$workshop/edge/approval.csv"
  at edge try timeout 60 "$bin/sluice" --config "$workshop/edge/config" import park \
    "$workshop/edge/approval.csv" --dataset approval
  expect "it is taken ($err)" "$status" 0
  expect_like "and told" "$out" 'the center, which holds it'
  await_holding 1
}

case_a_held_batch_that_is_released_comes_back_to_the_edges_quarantine() {
  both_nodes release
  approve A1 one first
  await_holding 1
  local epoch sequence
  read -r epoch sequence < <(at center sluice batch held --json | jq -r '"\(.epoch) \(.sequence)"')
  at center try sluice batch release park "$epoch" "$sequence" --reason ' '
  expect "without a reason" "$status" 2
  at center try sluice batch release park "$epoch" "$sequence" --reason 'the bureau corrects it'
  expect "released ($err)" "$status" 0
  await_backlog 0
  expect "the edge's quarantine" \
    "$(at edge sluice quarantine list park --json | jq -c '[.refused_by, .rule, .batch.row]')" '["center","batch",1]'
  at edge try sluice quarantine show park 1
  expect_like "with the reason" "$out" 'the bureau corrects it'
  expect "nothing is held" "$(held_at_center)" 0
  at center try sluice batch release park "$epoch" "$sequence" --reason 'once more'
  [[ $status -ne 0 ]] || fail "it was released twice"
  expect_like "audited" "$(at center sluice audit log | tail -n 1)" '"batch-released".*"park"'
  proved
  learn_approvals
  at edge try sluice quarantine replay park 1
  expect "replayed ($err)" "$status" 0
  await_center approval 1
}

case_all_that_is_held_of_a_dataset_is_released_with_one_reason() {
  both_nodes release_all
  approve A1 one first
  await_holding 1
  approve A2 two second
  await_holding 2
  at center try sluice batch release park --reason 'which?'
  expect "none is named" "$status" 2
  at center try sluice batch release park 1000 1 --dataset approval --reason 'which?'
  expect "two are named" "$status" 2
  at center try sluice batch release park --dataset approval --all --reason 'the bureau corrects them'
  expect "released ($err)" "$status" 0
  expect "each is told" "$(grep -c 'is refused: its 1 rows' <<<"$out")" 2
  expect "each is audited" "$(at center sluice audit log | grep -c '"batch-released".*"park"')" 2
  await_backlog 0
  expect "the edge's quarantine" "$(at edge sluice quarantine list park --json | jq -s length)" 2
  expect "nothing is held" "$(held_at_center)" 0
  at center try sluice batch release park --dataset approval --reason 'once more'
  [[ $status -ne 0 ]] || fail "there was one more"
  expect_like "says so" "$err" 'no such batch is held here'
  proved
}

case_what_is_held_is_settled_though_the_edge_has_begun_a_new_epoch() {
  both_nodes epoch
  approve A1 one first
  await_holding 1
  at edge stop_daemon
  at edge try sluice journal new-epoch park
  expect "new epoch ($err)" "$status" 0
  at edge start_daemon
  expect "in the edge's backlog" "$(backlog)" 1
  approve A1 two second
  await_holding 2
  learn_approvals
  await_backlog 0
  expect "in order" "$(at center held approval)" $'A1\ttwo'
  expect "each once" "$(at center sluice batch list --json | jq -s 'map(select(.outcome == "accepted")) | length')" 2
  proved
}

open_workshop held park
trap 'close_workshop $?' EXIT
run_cases
