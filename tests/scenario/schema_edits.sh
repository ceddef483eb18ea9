#!/usr/bin/env bash
# What becomes of a dataset whose schema somebody edits: which edits are taken, what each other one is
# told before anything is acknowledged, and that nothing else of the bureau waits for it.
#   tests/scenario/schema_edits.sh [--bin DIR] [--only PART-OF-A-CASE'S-NAME]
# shellcheck disable=SC2119,SC2120,SC2154  # cases.sh sets the rest
set -euo pipefail
# shellcheck source=tests/support/shell/cases.sh
source "$(dirname "$0")/../support/shell/cases.sh" "$@"
# shellcheck source=tests/support/shell/two_nodes.sh
source "$(dirname "$0")/../support/shell/two_nodes.sh"

number='{"name": "number", "type": "string", "constraints": {"required": true}}'
name='{"name": "name", "type": "string"}'
staff='{"name": "staff", "type": "integer"}'

# schema_of DATASET FIELDS [KEY]
schema_of() {
  add_schema "$1" <<END
{"sluice:dataset": {"owner": "park", "title": "Register"}, "fields": [$2], "primaryKey": ${3:-\"number\"}}
END
}

# A node with approvals of number, name and staff in its store, and another dataset.
node_with_records() {
  new_node "$1" '{kind: sqlite}' 'batch: {age: 50ms}'
  add_bureau park <<'END'
channels: {direct: {}, disk: {}}
publishes:
  - {dataset: approval, channels: [direct, disk]}
  - {dataset: register, channels: [direct, disk]}
END
  schema_of approval "$number, $name, $staff"
  schema_of register "$number, $name, $staff"
  trap kill_daemon EXIT
  start_daemon
  expect "a call" "$(post park approval '{"number":"A1","name":"one","staff":1}')" 200
  await_held approval 1
}

problem() { jq -r .type "$node/answer" | sed 's/.*://'; }
check_configuration() { try "$bin/sluiced" --config "$node/config" --check-config; }
in_metrics() { curl --silent --unix-socket "$node/control.socket" http://localhost/metrics | sed -n "s/^sluice_schema_conflict{dataset=\"$1\"} //p"; }
logged() { grep -q "event=$1 dataset=$2" "$node/sluiced.log"; }

# taken EDIT FIELDS [KEY] [RECORD]
taken() {
  schema_of approval "$2" "${3:-}"
  check_configuration
  expect "$1: --check-config ($err)" "$status" 0
  stop_daemon
  start_daemon
  expect "$1: a call" "$(post park approval "$4")" 200
  expect "$1: metric" "$(in_metrics approval)" 0
}

# refused EDIT FIELDS KEY WHY
refused() {
  schema_of approval "$2" "$3"
  check_configuration
  expect "$1: --check-config" "$status" 2
  expect_like "$1: what it says" "$err" "dataset approval: .*$4.*sluice dataset migrate approval"
  stop_daemon
  start_daemon
  expect "$1: a call" "$(post park approval '{"number":"A2"}')" 503
  expect "$1: its problem" "$(problem)" schema-conflict
  # It would not come to the store behind one that the store can not take.
  expect "$1: a call for another dataset" "$(post park register "{\"number\":\"$1\"}")" 200
  await_register "$1"
  expect_like "$1: status" "$(sluice status)" "NOTHING OF approval IS TAKEN IN: dataset approval: .*$4"
  expect_like "$1: status for machines" "$(sluice status --json | jq -r '.schema_conflicts[].reason')" "$4"
  expect "$1: metric" "$(in_metrics approval)" 1
  expect "$1: metric of the other" "$(in_metrics register)" 0
  logged schema-conflict approval || fail "$1: there is no event"
}
has_register() { held register | grep -q "^$1"; }
await_register() { until_true 60 has_register "$1" || fail "the other dataset is held back: $(sluice status)"; }

case_each_of_eight_ordinary_edits_is_taken_or_refused_before_anything_is_acknowledged() {
  node_with_records eight
  local key='"number"' record='{"number":"A3","name":"three","staff":3}'
  taken added "$number, $name, $staff, {\"name\": \"phone\", \"type\": \"string\"}" "$key" "$record"
  local phone='{"name": "phone", "type": "string"}'
  taken reordered "$phone, $staff, $number, $name" "$key" "$record"
  taken tightened "$phone, $staff, $number, {\"name\": \"name\", \"type\": \"string\", \"constraints\": {\"maxLength\": 9}}" "$key" "$record"
  refused renamed "$number, {\"name\": \"title\", \"type\": \"string\"}, $staff, $phone" "$key" 'name was removed'
  refused removed "$number, $name, $phone" "$key" 'staff was removed'
  refused demanded "$number, $name, $staff, $phone, {\"name\": \"mail\", \"type\": \"string\", \"constraints\": {\"required\": true}}" \
    "$key" 'mail is required'
  refused typed "$number, $name, {\"name\": \"staff\", \"type\": \"string\"}, $phone" "$key" 'staff is of type string'
  refused keyed "$number, {\"name\": \"name\", \"type\": \"string\", \"constraints\": {\"required\": true}}, $staff, $phone" \
    '["number", "name"]' 'the primary key is \(number, name\)'
  schema_of approval "$number, $name, $staff, $phone"
  stop_daemon
  start_daemon
  expect "set right: a call" "$(post park approval '{"number":"A9","name":"nine"}')" 200
  await_held approval 3
}

case_a_file_of_a_dataset_in_conflict_waits_and_is_loaded_once_the_schema_is_right() {
  node_with_records file
  schema_of approval "$number, $name"
  printf 'number,name\nB1,one\n' >"$workshop/approval.csv"
  try sluice import park "$workshop/approval.csv"
  expect "an import" "$status" 1
  expect_like "what it says" "$err" 'staff was removed.*sluice dataset migrate approval'
  schema_of approval "$number, $name, $staff"
  printf 'number,name,staff\nB1,one,1\n' >"$workshop/approval.csv"
  try sluice import park "$workshop/approval.csv"
  expect "an import then ($err)" "$status" 0
}

case_what_is_mended_at_the_store_goes_on_without_a_restart() {
  node_with_records mended
  expect "a call" "$(post park approval '{"number":"A2"}')" 200
  await_held approval 2
  schema_of approval "$number, {\"name\": \"name\", \"type\": \"string\", \"constraints\": {\"required\": true}}, $staff"
  check_configuration
  expect_like "--check-config" "$status $err" '^2 dataset approval: the field name became required'
  stop_daemon
  start_daemon
  expect "a call" "$(post park approval '{"number":"A4","name":"four"}')" 503
  # Somebody completes the record.
  sqlite3 "$node/state/central.sqlite" 'UPDATE "data.approval" SET name = '"'two'"' WHERE name IS NULL'
  kill -HUP "$daemon"
  goes_on() { [[ $(post park approval '{"number":"A4","name":"four"}') = 200 ]]; }
  until_true 60 goes_on || fail "it does not go on: $(sluice status)"
  logged schema-agrees approval || fail "there is no event"
  await_held approval 3
}

case_a_backlog_of_before_a_field_was_added_drains_after_it_was_added_on_both_sides() {
  trap kill_all EXIT
  rm -rf "$workshop/center" "$workshop/edge" # of another case
  new_center
  new_edge
  at edge start_daemon
  expect "a call" "$(at edge post park approval '{"number":"A1","name":"one"}')" 200
  at center await_held approval 1
  at center stop_daemon
  expect "calls while the center is away" "$(at edge post park approval '{"number":"A2","name":"two"}')" 200
  at edge stop_daemon
  local side
  for side in center edge; do
    at "$side" schema_of approval "{\"name\": \"phone\", \"type\": \"string\"}, $number, $name"
  done
  at edge start_daemon
  expect "a call under the new schema" "$(at edge post park approval '{"number":"A3","name":"three","phone":"12"}')" 200
  at center start_daemon
  at center await_held approval 3
  expect "what the center holds" "$(at center held approval | tr '\t' , | paste -sd ' ')" '12,A3,three \N,A1,one \N,A2,two'
}

case_an_edge_is_told_that_its_center_is_to_be_migrated_and_goes_on_once_it_is() {
  trap kill_all EXIT
  rm -rf "$workshop/center" "$workshop/edge" # of another case
  new_center
  new_edge
  at edge start_daemon
  expect "a call" "$(at edge post park approval '{"number":"A1","name":"one"}')" 200
  at center await_held approval 1
  local side
  for side in center edge; do
    at "$side" stop_daemon
    at "$side" schema_of approval "$number, {\"name\": \"title\", \"type\": \"string\"}"
  done
  at center start_daemon
  at edge start_daemon
  expect "a call before the migration" "$(at edge post park approval '{"number":"A2","title":"two"}')" 503
  expect_like "status" "$(at edge sluice status)" 'NOTHING OF approval IS TAKEN IN: the center says: dataset approval: the field name was removed'
  printf 'fields:\n  - {field: title, from: name}\n' >"$workshop/mapping.yaml"
  at center try sluice dataset migrate approval --mapping "$workshop/mapping.yaml"
  expect "the migration: $err" "$status" 0
  edge_goes_on() { [[ $(at edge post park approval '{"number":"A2","title":"two"}') = 200 ]]; }
  until_true 60 edge_goes_on || fail "the edge does not go on: $(at edge sluice status)"
  at center await_held approval 2
}

case_an_edge_asks_its_center_before_it_acknowledges_what_that_could_never_take() {
  trap kill_all EXIT
  rm -rf "$workshop/center" "$workshop/edge" # of another case
  new_center
  new_edge
  at edge start_daemon
  expect "a call" "$(at edge post park approval '{"number":"A1","name":"one"}')" 200
  at center await_held approval 1
  at edge stop_daemon
  at edge schema_of approval "$number, {\"name\": \"title\", \"type\": \"string\"}"
  at edge start_daemon
  expect "a call under a schema that the center can not follow" "$(at edge post park approval '{"number":"A2","title":"two"}')" 503
  expect "its problem" "$(at edge problem)" schema-conflict
  expect_like "status" "$(at edge sluice status)" 'NOTHING OF approval IS TAKEN IN: the center says: dataset approval: the field name was removed'
  printf 'number,name\nR1,one\n' >"$workshop/register.csv"
  at edge try sluice import park "$workshop/register.csv"
  expect "another dataset ($err)" "$status" 0
  at center await_held register 1
  # What is merely newer than what the center has is taken in, and waits.
  at edge stop_daemon
  at edge schema_of approval "$number, $name, {\"name\": \"phone\", \"type\": \"string\"}"
  at edge start_daemon
  expect "a call under a newer schema" "$(at edge post park approval '{"number":"A3","name":"three","phone":"12"}')" 200
  says_what_it_lacks() { at edge sluice status --json | jq -r '.streams[0].link.reason // empty' | grep -q 'never had'; }
  until_true 60 says_what_it_lacks || fail "the edge does not say why it waits: $(at edge sluice status)"
  at center stop_daemon
  at center schema_of approval "$number, $name, {\"name\": \"phone\", \"type\": \"string\"}"
  at center start_daemon
  at center await_held approval 2
}

open_workshop schema_edits park
trap 'close_workshop $?' EXIT
run_cases
