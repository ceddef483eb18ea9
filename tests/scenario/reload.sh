#!/usr/bin/env bash
# A node takes another configuration while it works: under load, with a run under way, and where what
# it is given is not good.
#   tests/scenario/reload.sh [--bin DIR] [--only PART-OF-A-CASE'S-NAME]
# shellcheck disable=SC2119,SC2120,SC2154  # cases.sh sets the rest
set -euo pipefail
# shellcheck source=tests/support/shell/cases.sh
source "$(dirname "$0")/../support/shell/cases.sh" "$@"
# shellcheck source=tests/support/shell/two_nodes.sh
source "$(dirname "$0")/../support/shell/two_nodes.sh"
# shellcheck source=tests/support/shell/levy.sh
source "$(dirname "$0")/../support/shell/levy.sh"

# add_direct BUREAU DATASET…: a bureau that publishes these by calls, and their schemas.
add_direct() {
  local bureau=$1 dataset
  shift
  {
    printf 'channels: {direct: {}}\npublishes:\n'
    for dataset in "$@"; do printf '  - {dataset: %s, channels: [direct]}\n' "$dataset"; done
  } | add_bureau "$bureau"
  for dataset in "$@"; do
    add_schema "$dataset" <<END
{"sluice:dataset": {"owner": "$bureau", "title": "Register"},
 "fields": [{"name": "number", "type": "string", "constraints": {"required": true}},
            {"name": "name", "type": "string"}],
 "primaryKey": "number"}
END
  done
}
serving_node() { # CASE [MORE-YAML]
  new_node "$1" '{kind: sqlite}' "batch: {age: 50ms}
${2:-}"
  add_direct park approval
  trap kill_daemon EXIT
  start_daemon
}

logged() { grep -c "event=$1" "$node/sluiced.log" || true; }
has_logged() { [[ $(logged "$1") -ge ${2:-1} ]]; }
await_log() { until_true 60 has_logged "$@" || fail "no event=$1: $(tail -n 3 "$node/sluiced.log")"; }
metric() { curl --silent --unix-socket "$node/control.socket" http://localhost/metrics | sed -n "s/^$1 //p"; }
accepted() { [[ $(metric sluice_configuration_accepted) = "$1" ]]; }
# reload: as machines read it, in out.
reload() { try sluice reload --json; }
said() { jq -r "$1" <<<"$out"; }
expect_applied() { # WHAT ADDED CHANGED REMOVED
  reload
  expect "$1: status ($err)" "$status" 0
  expect "$1" "$(said '"\(.outcome) +\(.added | join(",")) ~\(.changed | join(",")) -\(.removed | join(","))"')" \
    "applied +$2 ~$3 -$4"
}

# The daemon with a `sluice` beside it that does not collect before $workshop/go-on is there.
programs_that_wait() {
  local real=$bin
  bin=$workshop/bin
  mkdir "$bin"
  ln "$real/sluiced" "$bin/sluiced" 2>/dev/null || cp "$real/sluiced" "$bin/sluiced"
  cat >"$bin/sluice" <<END
#!/bin/sh
case " \$* " in
  *" collect "*) echo begun >>"$workshop/collecting"; while [ ! -e "$workshop/go-on" ]; do sleep 0.05; done ;;
esac
exec "$real/sluice" "\$@"
END
  chmod +x "$bin/sluice"
}
is_collecting() { [[ -s $workshop/collecting ]]; }

# post_on_and_on DATASET: calls of park, fifty on a connection, until $node/enough is there. A line a
# call in $node/calls: its status, and how many connections were made for it.
post_on_and_on() {
  local connection=0 row
  : >"$node/calls"
  while [[ ! -e $node/enough ]]; do
    connection=$((connection + 1))
    for row in {1..50}; do
      [[ $row -eq 1 ]] || echo next
      cat <<END
url = "https://localhost:$port/v1/datasets/$1/records"
cacert = "$pki/ca.pem"
cert = "$pki/park.pem"
key = "$pki/park.key"
header = "Content-Type: application/x-ndjson"
data-binary = "{\"number\":\"C$connection-$row\",\"name\":\"one\"}"
output = "$node/load.answer"
write-out = "%{http_code} %{num_connects}\n"
END
    done >"$node/load.curl"
    curl --silent --config "$node/load.curl" >>"$node/calls" || echo "curl ended with $?" >>"$node/calls"
    echo "$connection" >"$node/connections"
  done
}
calls() { wc -l <"$node/calls"; }
has_called() { [[ $(calls) -ge $1 ]]; }
# More calls have come and gone.
await_calls() {
  local so_far
  so_far=$(calls)
  until_true 60 has_called $((so_far + 20)) || fail "no calls are answered: $(tail -n 2 "$node/calls")"
}
# applied DATASET KEY: the sum of what the log says of it.
applied() {
  sed -n "s/.*event=batch-applied .*dataset=$1 .* $2=\([0-9]*\).*/\1/p" "$node/sluiced.log" | awk '{ n += $1 } END { print n + 0 }'
}
job() { sluice jobs --json | jq -r ".[] | select(.bureau == \"levy\") | .$1"; }
run_of_levy() { sluice jobs history levy --json | jq -r .outcome | paste -sd ' '; }
run_is() { [[ $(run_of_levy) = "$1" ]]; }

case_under_load_bureaus_datasets_and_schedules_come_change_and_go() {
  programs_that_wait
  sql 'CREATE TABLE payment (payer TEXT NOT NULL, number INTEGER NOT NULL, amount TEXT, changed INTEGER, PRIMARY KEY (payer, number));
       INSERT INTO payment VALUES (char(65), 1, 1, 1)'
  new_node load '{kind: sqlite}' 'batch: {age: 50ms}'
  add_direct park approval
  add_levy ", schedule: {run: '@every 24h'}"
  trap 'touch "$node/enough" "$workshop/go-on"; kill_daemon; wait' EXIT
  start_daemon
  until_true 60 is_collecting || fail "no run begins: $(tail -n 2 "$node/sluiced.log")"
  post_on_and_on approval &
  local load=$!
  until_true 60 test -s "$node/calls" || fail "no call is answered"

  add_direct tax duty
  expect_applied "a bureau added" 'bureau tax,dataset duty' '' ''
  expect "a call of it" "$(post tax duty '{"number":"D1","name":"one"}')" 200
  await_calls

  add_direct park approval licence
  expect_applied "a dataset added" 'dataset licence' 'bureau park: publishes[licence] added' ''
  expect "a call of it" "$(post park licence '{"number":"L1","name":"one"}')" 200
  await_calls

  sed -i "s/@every 24h/@every 48h/" "$node/config/bureaus/levy.yaml"
  expect_applied "a schedule changed" '' 'bureau levy: channels.front-end.schedule.run' ''
  expect "the schedule" "$(job schedule)" '@every 48h'
  expect "the run meanwhile" "$(job state)" running
  await_calls

  sed -i 's/"fields": \[/"fields": [{"name": "phone", "type": "string"}, /' "$node/config/schemas/approval.json"
  expect_applied "a field added" '' 'dataset approval: fields, fields[phone] added' ''
  expect "a call with it" "$(post park approval '{"number":"P1","name":"one","phone":"12"}')" 200
  await_calls

  printf 'channels: [\n' >"$node/config/bureaus/other.yaml"
  try sluice reload
  expect "a bad file: status" "$status" 2
  expect_like "a bad file" "$err" 'bureaus/other.yaml:[0-9]+:[0-9]+: .*the configuration is refused'
  kill -HUP "$daemon"
  await_log configuration-refused 2
  expect_like "the log" "$(grep event=configuration-refused "$node/sluiced.log" | tail -n 1)" 'level=error|by=SIGHUP .*bureaus/other.yaml'
  expect_like "status" "$(sluice jobs >/dev/null; curl --silent --unix-socket "$node/control.socket" http://localhost/v1/status | jq -r '.configuration.complaints[0]')" 'bureaus/other.yaml'
  expect "the metric" "$(metric sluice_configuration_accepted)" 0
  await_calls
  rm "$node/config/bureaus/other.yaml"
  reload
  expect "cured" "$(said .outcome)" unchanged
  expect "the metric then" "$(metric sluice_configuration_accepted)" 1

  local signal
  for signal in {1..50}; do
    [[ $((signal % 10)) -ne 0 ]] || sed -i "s/^name: .*/name: park $signal/" "$node/config/bureaus/park.yaml"
    kill -HUP "$daemon"
  done
  reload
  expect_like "after a storm" "$(said .outcome)" '^(applied|unchanged)$'
  await_calls

  rm "$node/config/bureaus/tax.yaml" "$node/config/schemas/duty.json"
  expect_applied "a bureau removed" '' '' 'bureau tax,dataset duty'
  expect "a call of it then" "$(post tax duty '{"number":"D2","name":"two"}')" 403
  await_calls

  expect "the run, so far" "$(run_of_levy)" 'under way'
  touch "$workshop/go-on"
  until_true 60 run_is succeeded || fail "the run is $(run_of_levy)"
  expect "how often it ran" "$(wc -l <"$workshop/collecting")" 1

  touch "$node/enough"
  wait "$load"
  expect "calls that failed" "$(grep -cv '^200 ' "$node/calls" || true)" 0
  expect "connections made" "$(awk '{ n += $2 } END { print n }' "$node/calls")" "$(cat "$node/connections")"
  local rows=$(($(calls) + 1)) # and P1
  until_true 60 holds_rows "$rows" || fail "the store holds $(held approval | wc -l) rows of $rows that were acknowledged"
  expect "rows that were new to the store" "$(applied approval inserted)" "$rows"
  expect "rows that came once more" "$(applied approval unchanged) $(applied approval updated)" '0 0'
  expect "what is audited" "$(sluice audit log | jq -r 'select(.event == "configuration-reloaded") | .removed' | tail -n 1)" 'bureau tax; dataset duty'
}
holds_rows() { [[ $(held approval | wc -l) -eq $1 ]]; }

case_what_needs_a_restart_is_named_and_the_rest_is_applied() {
  serving_node fixed
  sed -i 's/port: 0}/port: 1, max_body_bytes: 1KiB}/' "$node/config/node.yaml"
  printf 'log: {level: debug}\n' >>"$node/config/node.yaml"
  try sluice reload
  expect "status" "$status" 0
  expect "what it says" "$out" 'changed  node.yaml: listen.max_body_bytes added
restart  listen.port is changed in node.yaml and needs a restart of sluiced
restart  log.level is changed in node.yaml and needs a restart of sluiced'
  expect_like "status" "$(sluice status)" 'listen.port, log.level of node.yaml needs a restart'
  expect_like "the log" "$(grep event=restart-needed "$node/sluiced.log")" 'keys="?listen.port, log.level'
  expect "a call on the old port" "$(post park approval '{"number":"A1","name":"one"}')" 200
  expect "a larger one than may be" "$(post park approval "{\"number\":\"A2\",\"name\":\"$(printf 'x%.0s' {1..1200})\"}")" 413
  sed -i -e 's/port: 1,/port: 0,/' -e '/^log:/d' "$node/config/node.yaml"
  reload
  expect "put back" "$(said '"\(.outcome) \(.restart | length)"')" 'unchanged 0'
  [[ $(sluice status) != *'needs a restart'* ]] || fail "$(sluice status)"

  sql 'DROP TABLE IF EXISTS payment;
       CREATE TABLE payment (payer TEXT NOT NULL, number INTEGER NOT NULL, amount TEXT, changed INTEGER, PRIMARY KEY (payer, number));
       INSERT INTO payment VALUES (char(65), 1, 1, 1)'
  cp "$node/config/node.yaml" "$node/node.yaml"
  sed -i "s#state_directory: [^,}]*#state_directory: $node/other#" "$node/config/node.yaml"
  ! cmp -s "$node/node.yaml" "$node/config/node.yaml" || fail "the state directory is not changed"
  add_levy ", schedule: {run: '@every 24h'}"
  reload
  expect "another state directory" "$(said '"\(.outcome) \(.restart | join(","))"')" 'applied node.state_directory'
  until_true 60 is_held_back || fail "levy is not held back: $(sluice jobs)"
  expect "runs that began" "$(logged run-started)" 0
  [[ ! -e $node/other ]] || fail "something works in the other directory"
  cp "$node/node.yaml" "$node/config/node.yaml"
  reload
  expect "that put back" "$(said '"\(.outcome) \(.restart | length)"')" 'unchanged 0'
  until_true 60 run_is succeeded || fail "the run is $(run_of_levy): $(sluice jobs)"
}
is_held_back() { [[ $(job held_back) = 'node.state_directory has changed in the files: '* ]]; }

case_a_store_becomes_no_uplink_and_the_node_goes_on() {
  serving_node kind
  cp "$node/config/node.yaml" "$node/node.yaml"
  sed -i "s#^store: .*#uplink: {addresses: ['https://localhost:1'], center_subject: 'CN=center'}#" "$node/config/node.yaml"
  ! cmp -s "$node/node.yaml" "$node/config/node.yaml" || fail "the store is not changed"
  try sluice reload
  expect "status" "$status" 2
  expect_like "why" "$err" 'whether there is .store. or .uplink. changes by a restart alone'
  expect_like "status" "$(sluice status)" 'store.kind of node.yaml needs a restart'
  expect "a call" "$(post park approval '{"number":"A1","name":"one"}')" 200
  cp "$node/node.yaml" "$node/config/node.yaml"
  reload
  expect "put back" "$(said .outcome)" unchanged
  await_held approval 1
}

case_a_journal_that_can_not_be_opened_refuses_all() {
  serving_node journal
  mkdir "$node/state/journals/tax.journal"
  add_direct tax duty
  try sluice reload
  expect "status" "$status" 2
  expect_like "why" "$err" 'tax\.journal.*the configuration is refused'
  expect "a call of another" "$(post park approval '{"number":"A1","name":"one"}')" 200
  rmdir "$node/state/journals/tax.journal"
  expect_applied "repaired" 'bureau tax,dataset duty' '' ''
  expect "a call of it" "$(post tax duty '{"number":"D1","name":"one"}')" 200
}

case_a_directory_that_is_empty_half_written_or_unreadable_changes_nothing() {
  serving_node directory
  mv "$node/config" "$node/good"
  mkdir "$node/config"
  kill -HUP "$daemon"
  await_log configuration-refused 1
  expect_like "an empty one" "$(grep event=configuration-refused "$node/sluiced.log" | tail -n 1)" 'node.yaml: found no file'
  expect "the metric" "$(metric sluice_configuration_accepted)" 0
  cp "$node/good/node.yaml" "$node/config/"
  printf 'no directory' >"$node/config/bureaus"
  kill -HUP "$daemon"
  await_log configuration-refused 2
  expect_like "an unreadable one" "$(grep event=configuration-refused "$node/sluiced.log" | tail -n 1)" 'bureaus: found what this user can not list'
  rm -r "$node/config"
  cp -r "$node/good" "$node/config"
  head -c 70 "$node/good/bureaus/park.yaml" >"$node/config/bureaus/park.yaml"
  kill -HUP "$daemon"
  await_log configuration-refused 3
  expect_like "a half-written one" "$(grep event=configuration-refused "$node/sluiced.log" | tail -n 1)" 'bureaus/park.yaml'
  expect "a call all the while" "$(post park approval '{"number":"A1","name":"one"}')" 200
  cp "$node/good/bureaus/park.yaml" "$node/config/bureaus/"
  kill -HUP "$daemon"
  until_true 60 accepted 1 || fail "it is not taken: $(tail -n 2 "$node/sluiced.log")"
  await_held approval 1
}

case_a_schema_that_the_tables_can_not_follow_is_refused_and_the_dataset_goes_on() {
  serving_node schema
  expect "before" "$(post park approval '{"number":"A1","name":"one"}')" 200
  await_held approval 1
  sed -i 's/"name": "name"/"name": "title"/' "$node/config/schemas/approval.json"
  try sluice reload
  expect "status" "$status" 2
  expect_like "why" "$err" 'dataset approval: .*name was removed.*sluice dataset migrate'
  expect "a call under the old one" "$(post park approval '{"number":"A2","name":"two"}')" 200
  sed -i 's/"name": "title"/"name": "name"/' "$node/config/schemas/approval.json"
  await_held approval 2
}

case_what_a_bureau_leaves_behind_is_told_and_sent_when_it_is_back() {
  workshop=$workshop/left
  mkdir "$workshop"
  trap kill_all EXIT
  new_center
  new_edge
  at edge start_daemon
  at center stop_daemon
  expect "a call" "$(at edge post park approval '{"number":"A1","name":"one"}')" 200
  mv "$workshop/edge/config/bureaus/park.yaml" "$workshop/park.yaml"
  mv "$workshop/edge/config/schemas" "$workshop/schemas"
  mkdir "$workshop/edge/config/schemas"
  at edge try sluice reload
  expect "status" "$status" 0
  expect_like "the warning" "$out" "bureau park: 1 of its batches have no receipt.*edge/state/journals/park.journal.*put back"
  expect_like "the log" "$(grep event=bureau-left-waiting "$workshop/edge/sluiced.log")" 'bureau=park batches=1 quarantined=0'
  at center start_daemon
  rm -r "$workshop/edge/config/schemas"
  mv "$workshop/schemas" "$workshop/edge/config/schemas"
  mv "$workshop/park.yaml" "$workshop/edge/config/bureaus/"
  at edge try sluice reload
  expect "put back: status" "$status" 0
  at center await_held approval 1
}

heeds_hangup() { # whether the program is there, and SIGHUP would not end it
  local masks
  masks=$(awk '/^Sig(Ign|Cgt):/ { print $2 }' "/proc/$daemon/status" 2>/dev/null) || return 1
  [[ $(readlink "/proc/$daemon/exe") = */sluiced ]] || return 1
  local mask
  for mask in $masks; do (((0x${mask: -1} & 1) == 0)) || return 0; done
  return 1
}
case_a_start_survives_sighup_and_what_ends_by_sigterm_starts_again() {
  serving_node start
  stop_daemon
  launch_daemon
  until_true 60 heeds_hangup || fail "SIGHUP would end it"
  while ! grep -q event=ready "$node/sluiced.log"; do
    kill -HUP "$daemon" || fail "it has ended: $(cat "$node/sluiced.log")"
    sleep 0.01
  done
  await_ready
  expect "a call" "$(post park approval '{"number":"A1","name":"one"}')" 200
  stop_daemon
  launch_daemon
  until_true 60 heeds_hangup || fail "it does not start"
  kill -TERM "$daemon"
  wait "$daemon" || true
  daemon=
  start_daemon
  expect "a call after it" "$(post park approval '{"number":"A2","name":"two"}')" 200
  await_held approval 2
}

open_workshop reload park tax levy
trap 'close_workshop $?' EXIT
run_cases
