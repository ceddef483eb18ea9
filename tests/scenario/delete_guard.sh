#!/usr/bin/env bash
# A table that was emptied by mistake does not empty the center: the deletes wait, with an alarm, until
# an operator has looked.
#   tests/scenario/delete_guard.sh [--bin DIR] [--only PART-OF-A-CASE'S-NAME]
# shellcheck disable=SC2119,SC2120,SC2154  # cases.sh sets the rest
set -euo pipefail
# shellcheck source=tests/support/shell/cases.sh
source "$(dirname "$0")/../support/shell/cases.sh" "$@"

driver=/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH)/odbc/libsqlite3odbc.so

sql() { sqlite3 -cmd '.timeout 10000' "$node/exchange.db" "$1"; }

# A node with its own store, and an exchange database with 200 payments.
begin_with() { # CASE [MORE-OF-CHANNEL]
  new_node "$1" '{kind: sqlite}'
  trap kill_daemon EXIT
  sql 'CREATE TABLE payment (number INTEGER NOT NULL PRIMARY KEY, amount TEXT);
       WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 200)
       INSERT INTO payment SELECT i, i || char(46) || 50 FROM n'
  add_bureau levy <<END
channels:
  front-end: {connection: 'Driver=$driver;Database=$node/exchange.db'${2:-}}
publishes:
  - dataset: payment
    channels: [front-end]
    front-end: {table: payment, capture: {kind: snapshot}}
END
  add_schema payment <<'END'
{"sluice:dataset": {"owner": "levy", "title": "Payments"},
 "fields": [{"name": "number", "type": "integer", "constraints": {"required": true}},
            {"name": "amount", "type": "number"}],
 "primaryKey": "number"}
END
  start_daemon
}
records() { held payment | wc -l; }
holds() { [[ $(records) -eq $1 ]]; }
await_records() { until_true 30 holds "$1" || fail "the store holds $(records) records, expected $1"; }

case_an_operator_says_that_they_are_to_be_deleted() {
  begin_with by_hand
  try sluice collect levy
  expect "status of the first run ($err)" "$status" 0
  sql 'DELETE FROM payment WHERE number <= 150; INSERT INTO payment VALUES (1000, 1)'
  try sluice collect levy
  expect "status" "$status" 6
  expect_like "what it did" "$out" '^payment: 1 new or changed, 0 deleted, 0 quarantined; '
  expect "what it says" "$err" "sluice: payment: 150 of 200 records are gone from the table, more than \
delete_at_most lets go at once (share 10 %, rows 100; never all): their deletes are held back; if they are to be \
deleted, say \`sluice collect levy --dataset payment --delete-anyway\`, else have them put back"
  await_records 201
  try sluice collect levy --json
  expect "status of the next run" "$status" 6
  expect "its counts" "$(jq -r '"\(.collected) \(.held_back) \(.held_back_of)"' <<<"$out")" '0 150 201'
  try sluice collect levy --dataset payment --delete-anyway
  expect "status when it is said ($err)" "$status" 0
  await_records 51
}

alarmed() { grep -q 'event=deletes-held-back' "$node/sluiced.log"; }
metric() { curl --silent --unix-socket "$node/control.socket" http://localhost/metrics; }
says() { [[ $(metric) = *"$1"* ]]; }
case_a_scheduled_run_raises_an_alarm_until_the_rows_are_back() {
  begin_with scheduled ", schedule: {run: '@every 1s'}"
  await_records 200
  sql 'CREATE TABLE aside AS SELECT * FROM payment; DELETE FROM payment'
  until_true 30 alarmed || fail "no alarm: $(tail -n 3 "$node/sluiced.log")"
  expect_like "the alarm" "$(grep -m 1 deletes-held-back "$node/sluiced.log")" \
    'level=error event=deletes-held-back bureau=levy dataset=payment deletes=200 of=200'
  until_true 30 says 'sluice_deletes_held_back{bureau="levy",dataset="payment"} 200' || fail "no metric"
  try sluice jobs --json
  expect "outcome" "$(jq -r '.[0].last_outcome' <<<"$out")" held-back
  expect_like "what it says" "$(jq -r '.[0].last_sentence' <<<"$out")" '^payment: 200 of 200 records are gone'
  ! grep -q 'event=run-failed' "$node/sluiced.log" || fail "it is tried again as if it had failed"
  expect "records" "$(records)" 200
  sql 'INSERT INTO payment SELECT * FROM aside'
  until_true 30 says 'sluice_deletes_held_back{bureau="levy",dataset="payment"} 0' || fail "the alarm stays"
  expect "records in the end" "$(records)" 200
  expect "batches" "$(grep -c 'event=batch-applied bureau=levy' "$node/sluiced.log")" 1
}

open_workshop delete_guard levy
trap 'close_workshop $?' EXIT
run_cases
