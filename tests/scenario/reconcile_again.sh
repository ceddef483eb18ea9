#!/usr/bin/env bash
# A bureau's PostgreSQL is compared with the central store again and again: only what has changed since is
# read, and what is remembered decides nothing but what need not be read.
#   tests/scenario/reconcile_again.sh [--bin DIR] [--only PART-OF-A-CASE'S-NAME]
# shellcheck disable=SC2119,SC2154  # cases.sh sets the rest
set -euo pipefail
# shellcheck source=tests/support/shell/cases.sh
source "$(dirname "$0")/../support/shell/cases.sh" "$@"
# shellcheck source=tests/support/shell/two_nodes.sh
source "$(dirname "$0")/../support/shell/two_nodes.sh"
# shellcheck source=tests/support/shell/levy.sh
source "$(dirname "$0")/../support/shell/levy.sh"
# shellcheck source=tests/support/shell/cluster.sh
source "$(dirname "$0")/../support/shell/cluster.sh" # the last one: its sql() is the one that is meant

remembered() { echo "$workshop/alone/state/captures/levy/payment.compared"; }

# A node with 1000 payments of the exchange database, which it has compared once: that of the case's name.
compared_once() { # CASE
  database=$1
  workshop=$workshop/$1
  mkdir "$workshop"
  trap kill_all EXIT
  sql postgres "CREATE DATABASE $database"
  sql "$database" "CREATE TABLE payment (payer text NOT NULL, number bigint NOT NULL, amount numeric, changed bigint, PRIMARY KEY (payer, number));
    INSERT INTO payment SELECT 'P' || i / 100, i, i + 0.5, i FROM generate_series(1, 999) i;
    INSERT INTO payment VALUES ('Z', 1000, -1, 1000)"
  new_node alone '{kind: sqlite}'
  add_levy
  local postgresql="Driver=$(dirname "$driver")/psqlodbcw.so;Server=$PGHOST;Port=$PGPORT;Database=$database;UID=postgres"
  sed -i "s|{connection: '.*'}|{connection: '$postgresql', page_rows: 100}|" "$node/config/bureaus/levy.yaml"
  at alone start_daemon
  at alone try sluice reconcile levy --json
  expect "status ($err)" "$status" 0
  expect "rows read" "$(answer .rows_read)" 1000
  [[ -s $(remembered) ]] || fail "nothing is remembered"
}

case_only_what_has_changed_is_read() {
  compared_once quiet
  at alone try sluice reconcile levy --json
  expect "status ($err)" "$status" 0
  expect "rows read" "$(answer .rows_read)" 0
  expect "source, center, not passing" "$(answer '"\(.source_records) \(.central_records) \(.not_passing)"')" "999 999 1"
  sql "$database" "UPDATE payment SET amount = 7, changed = 2000 WHERE number = 250"
  at alone try sluice reconcile levy --json
  expect "status ($err)" "$status" 0
  expect "counts" "$(found)" "0 0 0"
  local read
  read=$(answer .rows_read)
  ((read > 0 && read <= 300)) || fail "rows read: $read, expected those of a stretch or two"
}

case_what_the_capture_missed_is_found_after_the_whole_table_was_read() {
  compared_once missed
  sql "$database" "DELETE FROM payment WHERE number IN (7, 8); UPDATE payment SET amount = 1 WHERE number = 500"
  at alone try sluice reconcile levy --json
  expect "status" "$status" 5
  expect "counts" "$(found)" "0 2 1"
  (($(answer .rows_read) >= 998)) || fail "rows read: $(answer .rows_read), expected the whole table before a difference is told"
  at alone try sluice reconcile levy --repair
  expect "status of the repair ($err)" "$status" 0
  expect_like "what it says" "$out" 'Repaired: 1 sent, 2 deleted. Both sides are the same now.'
  at alone try sluice reconcile levy --json
  expect "status afterwards ($err)" "$status" 0
  expect "rows read afterwards" "$(answer .rows_read)" 0
}

# A disk that gives back something else, or somebody's hand.
case_what_is_remembered_wrongly_makes_no_difference() {
  compared_once wrong
  sqlite3 "$(remembered)" "UPDATE record SET digest = zeroblob(16) WHERE key = (SELECT min(key) FROM record);
    UPDATE remembered SET digest = zeroblob(16) WHERE place = 0"
  at alone try sluice reconcile levy --json
  expect "status ($err)" "$status" 0
  expect "counts" "$(found)" "0 0 0"
  (($(answer .rows_read) >= 1000)) || fail "rows read: $(answer .rows_read), expected the whole table"
  at alone try sluice reconcile levy --json
  expect "rows read afterwards" "$(answer .rows_read)" 0
  head -c 5000 /dev/urandom >"$(remembered)"
  at alone try sluice reconcile levy --json
  expect "status ($err)" "$status" 0
  expect "rows read where the file is none" "$(answer .rows_read)" 1000
}

case_with_another_mapping_all_is_read_once_more() {
  compared_once mapped
  sed -i "s/mapping: {ignore: \[changed\]}/mapping: {ignore: [changed], fields: [{field: payer, from: payer, steps: [trim]}]}/" "$workshop/alone/config/bureaus/levy.yaml"
  at alone try sluice reconcile levy --json
  expect "status ($err)" "$status" 0
  expect "rows read" "$(answer .rows_read)" 1000
}

open_workshop edge park levy
trap 'halt_cluster INT; close_workshop $?' EXIT
start_cluster
run_cases
