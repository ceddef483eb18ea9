#!/usr/bin/env bash
# Drills: a center, an edge, or both are lost and put back from a backup, by the commands of
# docs/restore.md alone. At the end both sides are the same, and nothing that a bureau's sources have
# is missing.
#   tests/scenario/restore.sh [--bin DIR] [--only PART-OF-A-CASE'S-NAME]
# shellcheck disable=SC2119,SC2120,SC2154  # cases.sh and two_nodes.sh set the rest
set -euo pipefail
# shellcheck source=tests/support/shell/cases.sh
source "$(dirname "$0")/../support/shell/cases.sh" "$@"
# shellcheck source=tests/support/shell/two_nodes.sh
source "$(dirname "$0")/../support/shell/two_nodes.sh"
# shellcheck source=tests/support/shell/cluster.sh
source "$(dirname "$0")/../support/shell/cluster.sh"
# shellcheck source=tests/support/shell/levy.sh
source "$(dirname "$0")/../support/shell/levy.sh" # the last one: its sql() is the one that is meant

register() { # FIRST LAST: a file with these rows
  { echo number,name && seq -f 'A%.0f,name' "$1" "$2"; } >"$node/register-$1.csv"
  echo "$node/register-$1.csv"
}
load() { # FIRST LAST OUTCOME-JQ EXPECTED
  try sluice import park "$(register "$1" "$2")" --dataset register --json
  expect "exit status of the import ($err)" "$status" 0
  expect "its $3" "$(jq -r "$3" <<<"$out")" "$4"
}
collect() {
  try sluice collect levy
  [[ $status -eq 0 || $status -eq 3 ]] || fail "collect: $err"
}
stream() { sluice status --json | jq -r ".streams[] | select(.bureau == \"$1\") | $2 // empty"; }
center_has() { [[ $(at center held register | wc -l) -eq $1 ]]; }
back_up() { # NAME
  try sluice backup "$workshop/$1"
  expect "exit status of the backup ($err)" "$status" 0
  audited '.event == "backup-made"' || fail "it is not in the audit log"
}
lose() {
  kill_daemon
  rm -r "$node/state"
}
restore() { # NAME
  try sluice restore "$workshop/$1"
  expect "exit status of the restore ($out$err)" "$status" 0
  sluice audit log | jq -s -e 'any(.[]; .event == "node-restored")' >/dev/null || fail "it is not in the audit log"
}
is_the_same() {
  at edge try sluice reconcile levy payment
  [[ $status -eq 0 ]]
}
expect_the_same() {
  until_true 60 is_the_same || fail "$out$err"
  expect_like "what it says" "$out" 'the same on both sides|are the same now'
}
expect_proved() {
  try sluice audit verify
  expect "the proof ($out$err)" "$status" 0
}
# Payments that no column tells of are not changed here: that is what reconciliation is for.
first_day() {
  at edge collect
  at edge load 1 500 .inserted 500
}
second_day() {
  sql 'UPDATE payment SET amount = 7, changed = 2000 WHERE number <= 100'
  at edge collect
  at edge load 501 1000 .inserted 500
}

case_a_center_that_was_restored_is_filled_again_by_its_edge() {
  both_nodes center
  first_day
  at center back_up yesterday
  second_day
  at center lose
  at center restore yesterday
  at center start_daemon
  expect "what it has of yesterday" "$(at center held register | wc -l)" 500
  # Whatever comes next shows where the center stands.
  at edge load 1001 1010 .inserted 10
  until_true 60 center_has 1010 || fail "the center has $(at center held register | wc -l)"
  sql 'UPDATE payment SET amount = 8, changed = 3000 WHERE number = 100'
  at edge collect
  expect_the_same
  grep -q 'event=batches-sent-again bureau=park after=1 to=2' "$workshop/edge/sluiced.log" ||
    fail "the log does not tell: $(grep again "$workshop/edge/sluiced.log")"
  expect "what waits" "$(at edge stream park .backlog_batches)" 0
  at center expect_proved
  at edge expect_proved
}

# Both nodes, the center's store in a PostgreSQL of its own, after their first day.
both_nodes_on_postgresql() { # CASE
  workshop=$workshop/$1
  mkdir -m 711 "$workshop"
  trap 'halt_cluster INT' EXIT
  start_cluster
  createdb center
  store_of_center="{kind: postgresql, connection: 'host=$PGHOST port=$PGPORT user=$PGUSER dbname=center'}"
  both_nodes nodes
  trap 'kill_all; halt_cluster INT' EXIT
  first_day
}
# After the second day was lost: whatever comes next shows where the center stands.
expect_filled_again() {
  expect "what it has of yesterday" "$(at center held register | wc -l)" 500
  at edge load 1001 1010 .inserted 10
  until_true 60 center_has 1010 || fail "the center has $(at center held register | wc -l)"
  sql 'UPDATE payment SET amount = 8, changed = 3000 WHERE number = 100'
  at edge collect
  expect_the_same
  grep -q 'event=batches-sent-again bureau=park after=1 to=2' "$workshop/edge/sluiced.log" ||
    fail "the log does not tell: $(grep again "$workshop/edge/sluiced.log")"
  expect "what waits" "$(at edge stream park .backlog_batches)" 0
  at center expect_proved
  at edge expect_proved
}

case_a_center_whose_postgresql_is_yesterdays_dump_is_filled_again_by_its_edge() {
  both_nodes_on_postgresql dumped
  pg_dump center >"$workshop/yesterday.sql"
  second_day
  at center stop_daemon
  dropdb --force center
  createdb center
  psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --dbname=center --file="$workshop/yesterday.sql" >"$workshop/psql.log"
  at center start_daemon
  expect_filled_again
}

# While the center runs, which knows nothing of it.
case_a_center_whose_standby_lacks_the_last_commits_and_is_promoted_is_filled_again_by_its_edge() {
  both_nodes_on_postgresql promoted
  (as_cluster_user pg_basebackup --pgdata="$PGHOST/standby" --write-recovery-conf --checkpoint=fast) 2>"$workshop/basebackup.log" ||
    fail "pg_basebackup: $(tail -n 3 "$workshop/basebackup.log")"
  second_day
  halt_cluster QUIT
  mv "$PGHOST/data" "$PGHOST/lost"
  mv "$PGHOST/standby" "$PGHOST/data"
  resume_cluster
  expect "it is promoted" "$(psql --no-psqlrc --no-align --tuples-only --dbname=center --command='SELECT pg_promote()')" t
  expect_filled_again
}

case_an_edge_that_was_restored_begins_its_streams_anew() {
  both_nodes edge
  first_day
  at edge back_up yesterday
  second_day
  at edge lose
  at edge restore yesterday
  expect_like "what it says" "$out" 'park: epoch [0-9]+ begins, 0 batches'
  at edge start_daemon
  at edge load 501 1000 .unchanged 500
  at edge load 1 500 .loaded_before true
  at edge load 1001 1010 .inserted 10
  at edge collect
  expect_the_same
  center_has 1010 || fail "the center has $(at center held register | wc -l)"
  at center expect_proved
  at edge expect_proved
}

case_an_edge_that_was_restored_while_its_center_is_away_takes_nothing_until_it_has_asked() {
  both_nodes away
  first_day
  at edge back_up yesterday
  second_day
  at edge lose
  at center stop_daemon
  at edge try sluice restore "$workshop/yesterday"
  expect "exit status" "$status" 1
  expect_like "what it says" "$err" 'Nothing of it is taken until then.*sluice journal new-epoch park'
  at edge start_daemon
  at edge try sluice import park "$(at edge register 501 1000)" --dataset register
  expect "exit status of an import ($out)" "$status" 1
  at edge stop_daemon
  at center start_daemon
  local each
  for each in park levy; do
    at edge try sluice journal new-epoch "$each"
    expect "exit status of new-epoch ($err)" "$status" 0
  done
  at edge start_daemon
  at edge load 501 1000 .unchanged 500
  at edge collect
  expect_the_same
  at center expect_proved
}

case_a_center_and_an_edge_that_were_both_restored_are_the_same_again() {
  both_nodes both
  at edge load 1 500 .inserted 500
  at center back_up the_day_before
  at edge collect
  at edge load 501 600 .inserted 100
  at edge back_up yesterday
  sql 'UPDATE payment SET amount = 7, changed = 2000 WHERE number <= 100; DELETE FROM payment WHERE number = 200'
  at edge collect
  at edge load 601 1000 .inserted 400
  at edge lose
  at center lose
  at center restore the_day_before
  at center start_daemon
  at edge restore yesterday
  expect_like "what the center lacks" "$out" 'park: epoch [0-9]+ begins, 1 batches that the center lacks were sealed anew'
  at edge start_daemon
  until_true 60 center_has 600 || fail "the center has $(at center held register | wc -l)"
  at edge load 601 1000 .inserted 400
  at edge collect
  at edge try sluice reconcile levy payment --repair
  expect_the_same
  center_has 1000 || fail "the center has $(at center held register | wc -l)"
  at center expect_proved
  at edge expect_proved
}

single_node() { # CASE
  new_node "$1" '{kind: sqlite}' 'batch: {age: 50ms}'
  workshop=$workshop/$1
  node=$workshop
  add_park
  trap kill_daemon EXIT
  start_daemon
}

case_a_backup_is_whole_or_refused_and_nothing_is_put_on_top_of_what_is_there() {
  single_node whole
  load 1 500 .inserted 500
  expect "a call" "$(post park approval '{"number":"A1","name":"one"}')" 200
  back_up yesterday
  expect_like "files" "$(jq -c '[.files[].path] | map(select(test("^configuration/") | not)) | sort' "$workshop/yesterday/manifest.json")" \
    '^\["audit.sqlite","central.sqlite","journals/park.journal","revocations/[0-9a-f]{64}.crl"\]$'
  ! grep -rqa 'PRIVATE KEY' "$workshop/yesterday" || fail "it has a key"
  expect "who may read it" "$(stat -c %a "$workshop/yesterday")" 700
  try sluice backup "$workshop/yesterday"
  expect_like "a second one to there" "$err" 'is there already'
  try sluice restore "$workshop/yesterday"
  expect_like "while sluiced runs" "$err" 'stop sluiced first'
  stop_daemon
  try sluice restore "$workshop/yesterday"
  expect_like "on top of what is there" "$err" 'is not empty'
  mv "$node/state" "$node/lost"
  cp -r "$workshop/yesterday" "$workshop/bad"
  printf x | dd of="$workshop/bad/central.sqlite" bs=1 seek=5000 conv=notrunc status=none
  try sluice restore "$workshop/bad" --check
  expect "exit status of a damaged one" "$status" 1
  expect_like "what it says" "$err" 'central.sqlite: is not as it was backed up'
  try sluice restore "$workshop/bad"
  expect_like "what it says" "$err" 'central.sqlite: is not as it was backed up'
  [[ ! -e $node/state ]] || fail "something was restored of a damaged backup"
  restore yesterday
  start_daemon
  load 1 500 .loaded_before true
  load 501 600 .inserted 100
  expect "a call that was there" "$(post park approval '{"number":"A1","name":"one"}')" 200
  expect "held" "$(held register | wc -l) $(held approval | wc -l)" "600 1"
  expect_proved
  stop_daemon
  touch "$node/state/restore-unfinished"
  try sluice status
  expect_it_does_not_start 'a restore began here and did not end'
}

case_the_configuration_can_be_taken_from_a_backup_first() {
  single_node configured
  load 1 500 .inserted 500
  back_up yesterday
  stop_daemon
  mv "$node/state" "$node/lost"
  mv "$node/config" "$node/lost-config"
  try sluice restore "$workshop/yesterday" --configuration-to "$node/config"
  expect "exit status ($err)" "$status" 0
  expect "what differs" "$(diff -r "$node/config" "$node/lost-config")" ""
  restore yesterday
  start_daemon
  load 1 500 .loaded_before true
}

open_workshop restore edge park levy tax
trap 'close_workshop $?' EXIT
run_cases
