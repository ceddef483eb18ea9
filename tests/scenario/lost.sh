#!/usr/bin/env bash
# What happens after a journal or a store was lost, emptied or put back as it was earlier: it is
# noticed, told, and there is a way back that works as docs/restore.md has it.
#   tests/scenario/lost.sh [--bin DIR] [--only PART-OF-A-CASE'S-NAME]
# shellcheck disable=SC2119,SC2120,SC2154  # cases.sh and two_nodes.sh set the rest
set -euo pipefail
# shellcheck source=tests/support/shell/cases.sh
source "$(dirname "$0")/../support/shell/cases.sh" "$@"
# shellcheck source=tests/support/shell/two_nodes.sh
source "$(dirname "$0")/../support/shell/two_nodes.sh"

# A node of its own with two bureaus: park, whose journal is lost, and tax, which goes on.
running_node() {
  new_node "$1" '{kind: sqlite}' 'batch: {age: 50ms}'
  add_park
  add_bureau tax <<'END'
channels: {disk: {}}
publishes:
  - {dataset: payer, channels: [disk]}
END
  add_schema payer <<'END'
{"sluice:dataset": {"owner": "tax", "title": "Payers"},
 "fields": [{"name": "number", "type": "string", "constraints": {"required": true}},
            {"name": "name", "type": "string"}],
 "primaryKey": "number"}
END
  trap kill_daemon EXIT
  start_daemon
}
both_nodes() { # CASE [MORE-OF-EDGE]: park's stream begins at the edge
  workshop=$workshop/$1
  mkdir "$workshop"
  trap kill_all EXIT
  new_center
  new_edge edge "batch: {age: 50ms}${2:+
$2}"
  at edge start_daemon
}

register() { # FIRST LAST: a file with these rows
  { echo number,name && seq -f 'A%.0f,name' "$1" "$2"; } >"$node/register-$1.csv"
  echo "$node/register-$1.csv"
}
journal() { echo "$node/state/journals/park.journal"; }
remove() { rm -f "$1" "$1-wal" "$1-shm"; }
keep_copy() { sqlite3 "$1" ".backup $node/copy"; }
put_copy_back() {
  remove "$1"
  cp "$node/copy" "$1"
}
stream() { sluice status --json | jq -r ".streams[] | select(.bureau == \"park\") | $1 // empty"; }
health() { curl --silent --unix-socket "$node/control.socket" http://localhost/v1/health | jq -r .status; }
stream_is() { [[ $(stream .link.state) = "$1" ]]; }
center_has() { [[ $(at center held register | wc -l) -eq $1 ]]; }
forgets() { remove "$node/state/remembered.sqlite"; }

# The journal can not be opened: park is refused, tax goes on, everything says so.
expect_refused() { # SENTENCE
  expect_like "status" "$(stream .error)" "$1"
  expect_refused_all "$1"
  expect "an import of another bureau" "$(sluice import tax "$(register 1 2)" --dataset payer --json | jq .applied)" true
}
expect_refused_all() { # SENTENCE
  expect "health" "$(health)" fail
  grep -q "event=journal-refused bureau=park" "$node/sluiced.log" || fail "the log does not tell"
  try sluice import park "$(register 900 905)" --dataset register --no-wait
  expect "exit status of an import ($out)" "$status" 1
  expect_like "what it says" "$err" "$1"
  try sluice audit verify
  [[ $status -ne 0 ]] || fail "the audit finds nothing: $out"
  expect_like "what the audit says" "$err" "$1"
}
begin_new_epoch() { # [--from-start]
  try sluice journal new-epoch park "$@"
  expect "exit status while sluiced runs" "$status" 2
  expect_like "what it says" "$err" 'stop sluiced first'
  stop_daemon
  try sluice journal new-epoch park "$@"
  expect "exit status of new-epoch ($err)" "$status" 0
  audited '.event == "journal-epoch-begun" and .bureau == "park"' || fail "it is not in the audit log"
  start_daemon
  expect "health afterwards" "$(health)" pass
}
expect_loaded() { # FIRST LAST OUTCOME-JQ EXPECTED
  try sluice import park "$(register "$1" "$2")" --dataset register --json
  expect "exit status of the import ($err)" "$status" 0
  expect "its $3" "$(jq -r "$3" <<<"$out")" "$4"
}
expect_proved() {
  try sluice audit verify
  expect "the proof afterwards ($out$err)" "$status" 0
}

case_a_journal_that_is_gone_is_refused_and_the_others_go_on() {
  running_node gone
  expect_loaded 1 500 .inserted 500
  stop_daemon
  remove "$(journal)"
  start_daemon
  expect "a call" "$(post park approval '{"number":"A1","name":"one"}')" 503
  expect_refused 'journal of park is gone.*batches up to 1.*new-epoch park --from-start'
  [[ ! -e $(journal) ]] || fail "a journal was made in passing"
  stop_daemon
  try sluice journal new-epoch park
  expect_like "without --from-start" "$err" 'no journal that can be read.*--from-start'
  start_daemon
  begin_new_epoch --from-start
  expect_like "what is read again" "$out" 'files: all are loaded again'
  expect_loaded 1 500 .unchanged 500
  expect "a call" "$(post park approval '{"number":"A1","name":"one"}')" 200
  expect_proved
  # What the new epoch's first batch says of the one before is in the ledger, signed.
  stop_daemon
  sqlite3 "$node/state/central.sqlite" "DELETE FROM archive WHERE ledger = 1; DELETE FROM ledger WHERE id = 1"
  try sluice audit verify
  [[ $status -ne 0 ]] || fail "the audit does not notice that an epoch which is over was cut off"
  expect_like "what it says" "$err" 'batch 1 of epoch [0-9]+ is missing in front of it'
}

case_a_journal_of_0_bytes_is_refused() {
  running_node empty
  expect_loaded 1 500 .inserted 500
  stop_daemon
  sluice import park "$(register 501 1000)" --dataset register >/dev/null # acknowledged, and with no receipt
  remove "$(journal)"
  : >"$(journal)"
  start_daemon
  expect_refused 'journal of park has 0 bytes'
  begin_new_epoch --from-start
  expect_like "what is gone" "$out" 'numbers up to 2 .*ledger has them up to 1'
  expect_loaded 501 1000 .inserted 500
  expect_proved
  expect_like "what the proof tells" "$out" 'epochs of park: batch 2 of epoch [0-9]+ never came .the journal was lost.: lost'
}

case_a_journal_that_is_damaged_stops_its_bureau_only() {
  running_node damaged
  expect_loaded 1 500 .inserted 500
  stop_daemon
  remove "$(journal)"
  printf 'this is no journal %.0s' {1..500} >"$(journal)"
  start_daemon
  expect_refused 'file is not a database'
  begin_new_epoch --from-start
  expect_loaded 1 500 .unchanged 500
  expect_proved
}

case_an_older_copy_of_a_journal_is_refused_and_goes_on_from_its_cursors() {
  running_node older
  expect_loaded 1 500 .inserted 500
  keep_copy "$(journal)"
  stop_daemon
  sluice import park "$(register 501 1000)" --dataset register >/dev/null
  put_copy_back "$(journal)"
  start_daemon
  expect_refused 'last batch is 1, and this node had given out numbers up to 2.*new-epoch park'
  begin_new_epoch
  expect_loaded 501 1000 .inserted 500
  expect_loaded 1 500 .loaded_before true
  expect_proved
}

case_what_an_older_copy_has_and_the_ledger_too_is_not_sent_on_top_of_later_rows() {
  running_node on_top
  stop_daemon
  printf 'number,name\nA1,first\n' >"$node/register-1.csv"
  printf 'number,name\nA1,second\n' >"$node/register-2.csv"
  sluice import park "$node/register-1.csv" >/dev/null # waits for its receipt
  keep_copy "$(journal)"
  sluice import park "$node/register-2.csv" >/dev/null
  start_daemon
  until_true 60 received 2 || fail "the receipts do not come"
  stop_daemon
  put_copy_back "$(journal)"
  sluice import tax "$(register 1 2)" --dataset payer >/dev/null
  try sluice journal new-epoch park --json
  expect "exit status of new-epoch ($err)" "$status" 0
  expect "sealed anew" "$(jq .waiting <<<"$out")" 0
  start_daemon
  sluice import park "$(register 5 5)" --dataset register >/dev/null # behind whatever was sent
  expect "held" "$(held register)" $'A1\tsecond\nA5\tname'
  expect_proved
}
received() { [[ $(stream .acknowledged) -eq $1 ]]; }

case_calls_in_an_open_batch_count_as_given_out() {
  running_node open
  stop_daemon
  sed -i 's/age: 50ms/age: 1h/' "$node/config/node.yaml"
  start_daemon
  keep_copy "$(journal)"
  expect "a call" "$(post park approval '{"number":"A1","name":"one"}')" 200
  kill_daemon
  put_copy_back "$(journal)"
  start_daemon
  expect_refused 'last batch is 0, and this node had given out numbers up to 1'
}

case_a_journal_behind_the_ledger_takes_nothing_until_it_is_put_right() {
  running_node behind
  expect_loaded 1 500 .inserted 500
  keep_copy "$(journal)"
  expect_loaded 501 1000 .inserted 500
  stop_daemon
  cp "$(journal)" "$node/latest"
  put_copy_back "$(journal)"
  forgets # with the rest of the node, from the same backup
  start_daemon
  until_true 60 stream_is stopped || fail "the link is $(stream .link.state)"
  expect_like "why" "$(stream .link.reason)" 'last batch is 1, and the center.s ledger has batches up to 2'
  expect_like "for people" "$(sluice status)" 'STOPPED: .*new-epoch park'
  expect "a call" "$(post park approval '{"number":"A1","name":"one"}')" 503
  expect_refused_all 'ledger has batches up to 2'
  cp -r "$node/state" "$node/before"
  # The latest one is put back:
  stop_daemon
  remove "$(journal)"
  cp "$node/latest" "$(journal)"
  start_daemon
  expect "health with the latest one" "$(health)" pass
  expect_loaded 501 1000 .loaded_before true
  # Or it can not be had:
  stop_daemon
  rm -r "$node/state"
  mv "$node/before" "$node/state"
  start_daemon
  begin_new_epoch
  expect_loaded 501 1000 .unchanged 500
  expect "a call" "$(post park approval '{"number":"A1","name":"one"}')" 200
  expect_proved
}

case_an_edge_that_lost_everything_hears_it_from_its_center() {
  both_nodes edge_lost
  at edge expect_loaded 1 500 .inserted 500
  at edge stop_daemon
  rm -r "$workshop/edge/state"
  at edge start_daemon
  at edge until_true 60 stream_is stopped || fail "the link is $(at edge stream .link.state)"
  at edge expect_like "why" "$(at edge stream .link.reason)" 'ledger has batches up to 1 of epoch .*knows nothing'
  at edge expect_refused_all 'ledger has batches up to 1 of epoch'
  at edge begin_new_epoch --from-start
  at edge expect_loaded 1 500 .unchanged 500
  at edge expect_loaded 501 600 .inserted 100
  center_has 600 || fail "the center has $(at center held register | wc -l)"
  at center expect_proved
}

case_an_edge_that_was_put_back_hears_it_though_it_has_nothing_to_send() {
  both_nodes edge_older
  at edge expect_loaded 1 500 .inserted 500
  at edge stop_daemon
  cp -r "$workshop/edge/state" "$workshop/copy"
  at edge start_daemon
  at edge expect_loaded 501 1000 .inserted 500
  at edge stop_daemon
  rm -r "$workshop/edge/state"
  mv "$workshop/copy" "$workshop/edge/state"
  at edge start_daemon
  at edge until_true 60 stream_is stopped || fail "the link is $(at edge stream .link.state)"
  expect_like "why" "$(at edge stream .link.reason)" 'last batch is 1, and the center.s ledger has batches up to 2'
  at edge begin_new_epoch
  at edge expect_loaded 501 1000 .unchanged 500
  at edge expect_loaded 1 500 .loaded_before true
  at center expect_proved
}

case_what_an_edge_took_after_it_was_put_back_is_sealed_anew() {
  both_nodes forked
  at edge expect_loaded 1 500 .inserted 500
  at edge stop_daemon
  cp -r "$workshop/edge/state" "$workshop/copy"
  at edge start_daemon
  at edge expect_loaded 501 600 .inserted 100
  at edge stop_daemon
  rm -r "$workshop/edge/state"
  mv "$workshop/copy" "$workshop/edge/state"
  at edge sluice import park "$(at edge register 601 610)" --dataset register >/dev/null
  at edge sluice import park "$(at edge register 611 620)" --dataset register >/dev/null
  at edge start_daemon
  at edge until_true 60 stream_is stopped || fail "the link is $(at edge stream .link.state)"
  expect_like "why" "$(at edge stream .link.reason)" 'its batch 2 is another one than the center.s ledger has'
  at edge begin_new_epoch
  until_true 60 center_has 620 || fail "the center has $(at center held register | wc -l)"
  at center expect_proved
}

# put_center_back: the center as it was at keep_copy.
put_center_back() {
  at center kill_daemon
  at center put_copy_back "$workshop/center/state/central.sqlite"
  at center start_daemon
}

case_a_center_that_was_put_back_gets_again_by_itself_what_it_has_no_more() {
  both_nodes center_older
  at edge expect_loaded 1 500 .inserted 500
  at center keep_copy "$workshop/center/state/central.sqlite"
  at edge expect_loaded 501 1000 .inserted 500
  at edge stop_daemon
  put_center_back
  center_has 500 || fail "the center has $(at center held register | wc -l)"
  # What was loaded is in the journal still.
  at edge try sluice import park "$(at edge register 501 1000)" --dataset register --json
  expect "exit status of an import ($err)" "$status" 0
  expect "it was loaded before" "$(jq .loaded_before <<<"$out")" true
  at edge start_daemon
  until_true 60 center_has 1000 || fail "the center has $(at center held register | wc -l)"
  grep -q 'event=batches-sent-again bureau=park after=1 to=2' "$workshop/edge/sluiced.log" || fail "the log does not tell"
  expect "health" "$(at edge health)" pass
  at edge expect_loaded 1001 1010 .inserted 10
  at center expect_proved
}

has_gaps() { [[ $(at edge stream .gaps) -eq $1 ]]; }
case_what_a_center_lost_and_the_journal_has_no_more_is_named_and_the_stream_goes_on() {
  both_nodes gap 'journal: {retention_bytes: 1B}'
  at edge expect_loaded 1 500 .inserted 500
  at center keep_copy "$workshop/center/state/central.sqlite"
  at edge expect_loaded 501 1000 .inserted 500
  at edge stop_daemon
  put_center_back
  at edge try sluice import park "$(at edge register 501 1000)" --dataset register --json
  expect "exit status of an import ($out)" "$status" 1
  expect_like "what it says" "$err" 'center has lost batch 2'
  at edge start_daemon
  until_true 60 has_gaps 1 || fail "$(at edge sluice status --json)"
  grep -q 'event=batches-lost bureau=park dataset=register mode=disk from=2 to=2 batches=1 rows=500' "$workshop/edge/sluiced.log" || fail "the log does not tell"
  expect_like "status" "$(at edge sluice status)" $'BATCHES LOST by the center\n +sluice journal gaps park'
  at edge try sluice journal gaps park
  expect_like "what is missing" "$out" 'register *500 rows in 1 batches between 2 and 2 of epoch'
  expect_like "what to do" "$out" 'import the files of that time again: sluice import park FILE --dataset register'
  at edge expect_loaded 1 500 .loaded_before true
  at edge expect_loaded 501 1000 .inserted 500
  at edge sluice journal gaps park --settled >/dev/null
  expect "gaps afterwards" "$(at edge stream .gaps)" 0
  center_has 1000 || fail "the center has $(at center held register | wc -l)"
  at center expect_proved
  at edge expect_proved
}

imported_at_edge() { grep -c event=dropped-file-imported "$workshop/edge/sluiced.log"; }
case_a_stream_goes_on_by_itself_when_the_right_store_is_put_back_at_the_center() {
  both_nodes resumed 'journal: {retention_bytes: 1B}'
  at edge stop_daemon
  mkdir "$workshop/edge/drop"
  sed -i "s#disk: {}#disk: {drop_folder: $workshop/edge/drop}#" "$workshop/edge/config/bureaus/park.yaml"
  at edge start_daemon
  local store=$workshop/center/state/central.sqlite
  at center keep_copy "$store"
  mv "$workshop/center/copy" "$workshop/center/older"
  at edge expect_loaded 1 500 .inserted 500
  at edge expect_loaded 501 1000 .inserted 500
  at center keep_copy "$store"
  mv "$workshop/center/copy" "$workshop/center/latest"
  mv "$workshop/center/older" "$workshop/center/copy"
  put_center_back
  at edge stop_daemon
  at edge start_daemon
  at edge until_true 60 stream_is stopped || fail "the link is $(at edge stream .link.state)"
  expect_like "why" "$(at edge stream .link.reason)" 'ledger has nothing of this bureau: the central store was lost'
  mv "$(at edge register 1001 1100)" "$workshop/edge/drop/register-3.csv"
  mv "$workshop/center/latest" "$workshop/center/copy"
  put_center_back
  at edge until_true 60 stream_is up || fail "the link is $(at edge stream .link.state)"
  expect "health" "$(at edge health)" pass
  until_true 60 center_has 1100 || fail "the center has $(at center held register | wc -l)"
  expect "attempts to load the file" "$(imported_at_edge)" 1
  at center expect_proved
}

case_a_store_that_is_gone_is_refused_and_filled_again_when_a_new_one_is_accepted() {
  running_node store
  expect_loaded 1 500 .inserted 500
  stop_daemon
  remove "$node/state/central.sqlite"
  expect_it_does_not_start "central.sqlite: this node's store is gone.*sluice store accept-new"
  try sluice import park "$(register 1 500)" --dataset register
  expect "an import of the same file ($out)" "$status" 1
  expect_like "what it says" "$err" "this node's store is gone"
  [[ ! -e $node/state/central.sqlite ]] || fail "a store was made in passing"
  try sluice store accept-new
  expect "exit status of accept-new ($err)" "$status" 0
  expect_like "the audit log" "$(sluice audit log | jq -r .event | paste -sd ' ')" 'store-accepted journal-epoch-begun'
  start_daemon
  # What was retained came first.
  expect_loaded 1 500 .unchanged 500
  expect "held" "$(held register | wc -l)" 500
  expect_proved
}

case_another_store_in_its_place_is_refused() {
  running_node stranger
  stop_daemon
  local another=$node/state/central.sqlite
  running_node other_store
  expect_loaded 1 500 .inserted 500
  stop_daemon
  remove "$node/state/central.sqlite"
  cp "$another" "$node/state/central.sqlite"
  expect_it_does_not_start 'store is another one than it was'
}

case_edges_fill_a_center_again_that_lost_its_store() {
  both_nodes center_lost
  at edge expect_loaded 1 500 .inserted 500
  at center stop_daemon
  rm "$workshop/center/state/central.sqlite"
  at center try sluice store accept-new
  expect "exit status of accept-new ($err)" "$status" 0
  at center start_daemon
  at edge stop_daemon
  at edge start_daemon
  until_true 60 center_has 500 || fail "the center has $(at center held register | wc -l)"
  at edge expect_loaded 1 500 .loaded_before true
  at edge expect_loaded 501 600 .inserted 100
  at center expect_proved
}

case_a_center_that_lost_its_store_and_edges_with_nothing_retained_need_a_person() {
  both_nodes all_lost 'journal: {retention_bytes: 1B}'
  at edge expect_loaded 1 500 .inserted 500
  at center stop_daemon
  rm "$workshop/center/state/central.sqlite"
  at center try sluice store accept-new
  at center start_daemon
  at edge stop_daemon
  at edge start_daemon
  at edge until_true 60 stream_is stopped || fail "the link is $(at edge stream .link.state)"
  expect_like "why" "$(at edge stream .link.reason)" 'ledger has nothing of this bureau: the central store was lost.*--from-start'
  at edge begin_new_epoch --from-start
  at edge expect_loaded 1 500 .inserted 500
  center_has 500 || fail "the center has $(at center held register | wc -l)"
  at center expect_proved
}

driver=/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH)/odbc/libsqlite3odbc.so
sql() { sqlite3 -cmd '.timeout 60000' "$node/exchange.db" "$1"; }
table() { printf '{table: %s, capture: {kind: %s}}' "$1" "$2"; }
levy_schema() {
  add_schema "$1" <<'END'
{"sluice:dataset": {"owner": "levy", "title": "Payments"},
 "fields": [{"name": "number", "type": "integer", "constraints": {"required": true}},
            {"name": "amount", "type": "integer"}],
 "primaryKey": "number"}
END
}
# Captures keep what they have seen beside the journal: it is later than the cursors that come back.
case_exchange_databases_are_read_whole_after_their_journal_was_put_back() {
  new_node captures '{kind: sqlite}'
  trap kill_daemon EXIT
  local each
  for each in by_value by_digest; do
    sql "CREATE TABLE $each (number INTEGER NOT NULL PRIMARY KEY, amount INTEGER, changed INTEGER);
         WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 200)
         INSERT INTO $each SELECT i, 1, i FROM n"
    levy_schema "${each/_/-}"
  done
  add_bureau levy <<END
channels: {front-end: {connection: 'Driver=$driver;Database=$node/exchange.db'}}
publishes:
  - dataset: by-value
    channels: [front-end]
    front-end: $(table by_value 'watermark, column: changed, look_back_numbers: 1000')
    mapping: {ignore: [changed]}
  - dataset: by-digest
    channels: [front-end]
    front-end: $(table by_digest snapshot)
    mapping: {ignore: [changed]}
END
  start_daemon
  try sluice collect levy
  expect "the first collection ($err)" "$status" 0
  sqlite3 "$node/state/journals/levy.journal" ".backup $node/copy"
  sql 'UPDATE by_value SET amount = 2 WHERE number > 150; UPDATE by_digest SET amount = 2 WHERE number > 150'
  stop_daemon
  try sluice collect levy --no-wait # acknowledged, and lost with the journal
  expect "the second collection ($err)" "$status" 0
  put_copy_back "$node/state/journals/levy.journal"
  start_daemon
  try sluice collect levy
  expect "a collection into an older copy" "$status" 1
  expect_like "what it says" "$err" 'put back as it was earlier'
  stop_daemon
  try sluice journal new-epoch levy
  expect "exit status of new-epoch ($err)" "$status" 0
  expect_like "what is read again" "$out" 'collect levy. reads whole tables'
  start_daemon
  expect_collected
  sql 'UPDATE by_value SET amount = 3 WHERE number > 190; UPDATE by_digest SET amount = 3 WHERE number > 190'
  stop_daemon
  sluice collect levy --no-wait >/dev/null
  remove "$node/state/journals/levy.journal"
  try sluice journal new-epoch levy --from-start
  expect "exit status of new-epoch ($err)" "$status" 0
  start_daemon
  expect_collected
}
expect_collected() { # Both datasets are what their tables are.
  try sluice collect levy
  expect "a collection afterwards ($err)" "$status" 0
  local each
  for each in by_value by_digest; do
    expect "$each" "$(held "${each/_/-}" | md5sum)" "$(sql "SELECT number || char(9) || amount FROM $each" | LC_ALL=C sort | md5sum)"
  done
}

open_workshop lost park tax
trap 'close_workshop $?' EXIT
run_cases
