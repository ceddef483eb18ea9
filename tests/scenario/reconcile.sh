#!/usr/bin/env bash
# A bureau's exchange database on an edge against the central store: what differs is found, told and
# repaired, and nothing else is touched.
#   tests/scenario/reconcile.sh [--bin DIR] [--only PART-OF-A-CASE'S-NAME]
# shellcheck disable=SC2119,SC2120,SC2154  # cases.sh sets the rest
set -euo pipefail
# shellcheck source=tests/support/shell/cases.sh
source "$(dirname "$0")/../support/shell/cases.sh" "$@"
# shellcheck source=tests/support/shell/two_nodes.sh
source "$(dirname "$0")/../support/shell/two_nodes.sh"
# shellcheck source=tests/support/shell/levy.sh
source "$(dirname "$0")/../support/shell/levy.sh"

case_two_sides_that_are_the_same_are_said_to_be() {
  both_nodes same
  at edge try sluice reconcile levy payment
  expect "status ($err)" "$status" 0
  expect_like "what it says" "$out" '^payment: the same on both sides, 999 records; '
  expect_like "the one that does not pass" "$out" '1 record of the source does not pass the schema \(quarantine\), and is not compared'
  at edge try sluice reconcile levy --json
  expect "sums asked for" "$(answer .ranges_asked)" 1
  expect "digests moved" "$(answer .digests_listed)" 0
  expect "the center's records" "$(answer .central_records)" 999
}

case_a_row_that_was_refused_is_corrected_and_replayed() {
  both_nodes replayed
  at edge sluice collect levy >"$workshop/first" || [[ $? -eq 3 ]]
  expect "the row that was refused" "$(at edge sluice quarantine show levy 1 --json | jq -r .original)" \
    '{"payer":"Z","number":"1000","amount":"-1"}'
  at edge try sluice quarantine replay levy 1
  expect_like "as it was" "$err" 'amount'
  printf '{"payer":"Z","number":"1000","amount":"1.00"}' >"$workshop/corrected"
  at edge try sluice quarantine replay levy 1 --with "$workshop/corrected"
  expect "status ($err)" "$status" 0
  sql 'UPDATE payment SET amount = 1 WHERE number = 1000'
  until_true 60 is_the_same || fail "$out"
}
is_the_same() {
  at edge try sluice reconcile levy payment
  [[ $status -eq 0 ]]
}

case_what_the_capture_missed_is_found_named_and_repaired() {
  both_nodes missed
  at edge sluice collect levy >"$workshop/first" || [[ $? -eq 3 ]]
  # None of it moves the column that says what changed.
  sql 'DELETE FROM payment WHERE number IN (7, 8); UPDATE payment SET amount = 1 WHERE number IN (12, 999);
       INSERT INTO payment VALUES (char(38134) || char(34) || char(39), -5, 3.25, 0)'
  at edge try sluice reconcile levy payment
  expect "status ($err)" "$status" 5
  expect_like "the exchange database" "$out" 'exchange database *998'
  expect_like "the central store" "$out" 'central store *999'
  expect_like "one missing" "$out" 'missing in the central store *1'
  expect_like "two extra" "$out" 'only in the central store *2'
  expect_like "two different" "$out" 'different *2'
  expect_like "a key" "$out" 'only central  H      *7'
  expect_like "a key of three bytes a character, with quotes" "$out" "missing       银\"' *-5"
  expect_like "what to do" "$out" 'To send exactly these: sluice reconcile levy payment --repair'
  at edge try sluice reconcile levy --json --show 2
  expect "counts" "$(found)" "1 2 2"
  expect "named" "$(answer '.differences | length')" 2
  local batches
  batches=$(at center sluice batch list --json | jq -s length)
  at edge try sluice reconcile levy payment --repair
  expect "status of the repair ($err)" "$status" 0
  expect_like "what it says" "$out" 'Repaired: 3 sent, 2 deleted. Both sides are the same now.'
  expect "batches that it took" "$(($(at center sluice batch list --json | jq -s length) - batches))" 1
  expect "changes in it" "$(at center sluice batch list --json | jq -s '.[-1] | "\(.upserts) \(.deletes)"' -r)" "3 2"
  at edge sluice report list levy --json >"$workshop/reports"
  expect "what is kept" "$(jq -r '"\(.dataset) \(.same) \(.found.missing) \(.found.extra) \(.found.different) \(.repair.sent) \(.named)"' "$workshop/reports")" \
    'payment true 1 2 2 3 5'
  at edge sluice report show "$(jq .id "$workshop/reports")" --json --limit 1 --after 4 >"$workshop/report"
  expect "the last of what differed" "$(jq -c '.differences[] | [.number, .kind, .key]' "$workshop/report")" '[5,"missing",["银\"'"'"'","-5"]]'
  at edge try sluice report show "$(jq .id "$workshop/reports")" --limit 2
  expect_like "for people" "$out" 'and 3 more: sluice report show'
  expect "who may read them" "$(stat -c %a "$workshop/edge/state/reconciliation.sqlite")" 600
  at edge try sluice report list levy --dataset payment
  expect_like "the one before, without a repair" "$out" 'differs'
  at edge try sluice reconcile levy
  expect "status afterwards ($err)" "$status" 0
  sql "SELECT payer || char(9) || number || char(9) || (amount + 0.0) FROM payment WHERE amount >= 0" | LC_ALL=C sort >"$workshop/source"
  at center held payment | awk -F '\t' -v OFS='\t' '{ $3 = sprintf("%.1f", $3); print }' | LC_ALL=C sort >"$workshop/central"
  sed -i 's/3\.25$/3.2/' "$workshop/source"
  cmp "$workshop/source" "$workshop/central" || fail "the center does not hold what the exchange database does"
  # The repair left alone where the capture stands.
  sql "INSERT INTO payment VALUES ('NEW', 2000, 1, 2000)"
  at edge try sluice collect levy --json
  expect "collected afterwards" "$(answer .collected)" 1
}

case_a_row_that_stopped_passing_is_not_deleted_by_a_repair() {
  both_nodes refused
  at edge sluice collect levy >"$workshop/first" || [[ $? -eq 3 ]]
  sql 'UPDATE payment SET amount = -1 WHERE number = 12'
  at edge try sluice reconcile levy --repair
  expect "status ($err)" "$status" 0
  expect_like "what it says" "$out" '2 records of the source do not pass'
  expect "records at the center" "$(at center held payment | wc -l)" 999
}

case_a_repair_that_would_delete_a_lot_asks_first() {
  both_nodes emptied
  at edge sluice collect levy >"$workshop/first" || [[ $? -eq 3 ]]
  sql 'DELETE FROM payment WHERE number > 500'
  at edge try sluice reconcile levy payment --repair
  expect "status" "$status" 4
  expect_like "what it says" "$err" 'it would delete 499 of the 999 records of the central store, more than 10 %; where that is right, say so with --delete-at-most'
  expect "records at the center" "$(at center held payment | wc -l)" 999
  at edge try sluice reconcile levy payment --repair --json
  expect "status" "$status" 4
  expect "what was found, for machines" "$(found)" "0 499 0"
  expect_like "and why it was not repaired" "$(answer .repair.refused)" 'it would delete 499 of the 999 records'
  at edge try sluice reconcile levy payment --repair --delete-at-most 60
  expect "status ($err)" "$status" 0
  expect "records at the center afterwards" "$(at center held payment | wc -l)" 500
}

case_a_center_that_is_away_is_said_and_nothing_is_called_different() {
  both_nodes away
  at edge sluice collect levy >"$workshop/first" || [[ $? -eq 3 ]]
  at center kill_daemon
  at edge try sluice reconcile levy
  expect "status" "$status" 1
  expect_like "what it says" "$err" 'payment: https://localhost:[0-9]*: nobody answers there'
}

case_batches_that_the_center_has_not_taken_are_waited_for() {
  both_nodes behind
  at edge sluice collect levy >"$workshop/first" || [[ $? -eq 3 ]]
  at center kill_daemon
  sql "INSERT INTO payment VALUES ('NEW', 2000, 1, 2000)"
  at edge try sluice reconcile levy --wait 1
  expect "status" "$status" 1
  expect_like "what it says" "$err" 'payment: levy: the center has taken no batch for 1 s, and 1 wait for it; see .sluice status., and compare when they are there'
  at center start_daemon
  at edge try sluice reconcile levy
  expect "status ($err)" "$status" 0
  expect_like "what it says" "$out" 'the same on both sides, 1,000 records'
}

case_another_schema_is_said_before_everything_differs() {
  both_nodes schema
  at edge sluice collect levy >"$workshop/first" || [[ $? -eq 3 ]]
  sed -i 's/"minimum": 0/"minimum": -5/' "$workshop/edge/config/schemas/payment.json"
  at edge kill_daemon
  at edge try sluice reconcile levy
  expect "status" "$status" 1
  expect_like "what it says" "$err" 'payment has another schema here than on the node that asks; put the same schemas/payment.json on both'
}

case_changes_under_way_are_not_differences() {
  both_nodes busy ", schedule: {run: '@every 1s'}"
  (
    for ((i = 2000; ; ++i)); do
      [[ ! -e $workshop/enough ]] || break
      sql "BEGIN IMMEDIATE; INSERT INTO payment VALUES ('B', $i, $i, $i);
           UPDATE payment SET amount = $i, changed = $i WHERE number = $((10 + i % 900)); COMMIT"
    done
  ) &
  local writer=$! looked
  for looked in 1 2 3 4 5; do
    at edge try sluice reconcile levy --json
    expect "status at the comparison $looked ($err)" "$status" 0
    expect "counts" "$(found)" "0 0 0"
    kill -0 $writer || fail "nobody writes any more"
  done
  touch "$workshop/enough"
  wait $writer
  at edge sluice collect levy >"$workshop/last" || [[ $? -eq 3 ]]
  at edge try sluice reconcile levy --json
  expect "counts in the end" "$(found)" "0 0 0"
  expect "records in the end" "$(answer .central_records)" "$(sql 'SELECT count(*) FROM payment WHERE amount >= 0')"
}

# Before the first collection everything differs.
the_alarm() { grep "event=reconciliation-differs.* extra=$1 " "$workshop/edge/sluiced.log" | head -n 1; }
alarmed() { [[ -n $(the_alarm "$1") ]]; }
case_a_scheduled_comparison_raises_an_alarm_and_repairs_where_it_may() {
  both_nodes scheduled ", reconcile: {schedule: {run: '@every 1s'}}"
  at edge sluice collect levy >"$workshop/first" || [[ $? -eq 3 ]]
  sql 'DELETE FROM payment WHERE number = 7'
  until_true 60 alarmed 1 || fail "no alarm: $(tail -n 3 "$workshop/edge/sluiced.log")"
  expect_like "the alarm" "$(the_alarm 1)" \
    'level=error event=reconciliation-differs bureau=levy dataset=payment missing=0 extra=1 different=0 repaired=false'
  ! grep -q '"7"' "$workshop/edge/sluiced.log" || fail "the log names a record"
  at edge try sluice jobs --json
  expect "outcome" "$(answer '.[] | select(.task == "reconcile") | .last_outcome')" differs
  expect_like "metric" "$(curl --silent --unix-socket "$workshop/edge/control.socket" http://localhost/metrics)" \
    'sluice_reconciliation_differences\{bureau="levy",dataset="payment"\} 1'
  at edge kill_daemon
  sed -i "s/reconcile: {schedule/reconcile: {repair: true, schedule/" "$workshop/edge/config/bureaus/levy.yaml"
  at edge start_daemon
  until_true 60 repaired || fail "the center holds $(at center held payment | wc -l) records, expected 998"
}
repaired() { [[ $(at center held payment | wc -l) -eq 998 ]]; }

case_a_scheduled_repair_that_is_refused_raises_the_alarm_all_the_same() {
  both_nodes scheduled_refusal ", reconcile: {repair: true, schedule: {run: '@every 1s'}}"
  at edge sluice collect levy >"$workshop/first" || [[ $? -eq 3 ]]
  sql 'DELETE FROM payment WHERE number > 500'
  until_true 60 alarmed 499 || fail "no alarm: $(tail -n 3 "$workshop/edge/sluiced.log")"
  expect_like "the alarm" "$(the_alarm 499)" \
    'level=error event=reconciliation-differs bureau=levy dataset=payment missing=0 extra=499 different=0 repaired=false'
  until_true 60 grep -q run-failed "$workshop/edge/sluiced.log" || fail "the run is not told of"
  expect_like "why" "$(grep -m 1 run-failed "$workshop/edge/sluiced.log")" \
    'task=reconcile outcome=refused .*it would delete 499 of the 999 records'
  expect_like "metric" "$(curl --silent --unix-socket "$workshop/edge/control.socket" http://localhost/metrics)" \
    'sluice_reconciliation_differences\{bureau="levy",dataset="payment"\} 499'
  expect "records at the center" "$(at center held payment | wc -l)" 999
}

case_a_node_with_its_own_store_compares_without_a_link() {
  workshop=$workshop/alone
  mkdir "$workshop"
  trap kill_all EXIT
  sql "CREATE TABLE payment (payer TEXT NOT NULL, number INTEGER NOT NULL, amount TEXT, changed INTEGER, PRIMARY KEY (payer, number));
       INSERT INTO payment VALUES ('A', 1, 1, 1), ('B', 2, 2, 2)"
  new_node alone '{kind: sqlite}'
  add_levy
  at alone start_daemon
  at alone try sluice reconcile levy
  expect "status ($err)" "$status" 0
  expect_like "what it says" "$out" 'the same on both sides, 2 records'
}

open_workshop edge park levy
trap 'close_workshop $?' EXIT
run_cases
