#!/usr/bin/env bash
# A dataset's schema changes in what its tables can not follow, on the real programs: they are
# migrated while the daemon serves, and go on under the new schema.
#   tests/scenario/migrate.sh [--bin DIR] [--only PART-OF-A-CASE'S-NAME]
# shellcheck disable=SC2119,SC2154  # start_daemon takes arguments only where it gets some; cases.sh sets the rest
set -euo pipefail
# shellcheck source=tests/support/shell/cases.sh
source "$(dirname "$0")/../support/shell/cases.sh" "$@"
# shellcheck source=tests/support/shell/cluster.sh
source "$support/cluster.sh"

old_schema() {
  add_schema approval <<'END'
{"sluice:dataset": {"owner": "park", "title": "Approval"},
 "fields": [{"name": "number", "type": "string", "constraints": {"required": true}},
            {"name": "name", "type": "string"}, {"name": "staff", "type": "string"},
            {"name": "fax", "type": "string"}],
 "primaryKey": "number"}
END
}

# Another name, another type, a field less, another key.
new_schema() {
  add_schema approval <<'END'
{"sluice:dataset": {"owner": "park", "title": "Approval"},
 "fields": [{"name": "district", "type": "string", "constraints": {"required": true}},
            {"name": "number", "type": "string", "constraints": {"required": true}},
            {"name": "title", "type": "string"}, {"name": "staff", "type": "integer"}],
 "primaryKey": ["district", "number"]}
END
}

mapping() {
  cat >"$node/mapping.yaml" <<'END'
fields:
  - {field: district, constant: haidian}
  - {field: title, from: name}
ignore: [fax]
END
}

# Whatever staff was said.
mapping_without_staff() {
  cat >"$node/mapping.yaml" <<'END'
fields:
  - {field: district, constant: haidian}
  - {field: title, from: name}
  - {field: staff, constant: "1"}
ignore: [fax, staff]
END
}

new_old_node() { # NAME STORE-YAML
  new_node "$1" "$2" 'batch: {age: 50ms}'
  add_bureau park <<'END'
channels: {direct: {}}
publishes:
  - {dataset: approval, channels: [direct]}
END
  old_schema
}
serving_node() { # NAME
  new_old_node "$1" '{kind: sqlite}'
  trap kill_daemon EXIT
  start_daemon
  expect "a call" "$(post park approval '{"number":"A1","name":"first","staff":"12","fax":"1"}
{"number":"A2","name":"second","staff":"many","fax":null}')" 200
  await_held approval 2
}

lines() { LC_ALL=C sort | tr '\t\n' ',;'; }

case_a_dataset_gets_a_new_name_type_and_key_and_goes_on() {
  serving_node changed
  new_schema
  mapping
  try sluice dataset migrate approval --mapping "$node/mapping.yaml" --dry-run
  expect "a trial with a record that does not fit" "$status" 1
  [[ $out = *staff*type*A2* ]] || fail "the record is not named: $out"
  old_schema # as the daemon still has it
  expect "a correction" "$(post park approval '{"number":"A2","name":"second","staff":"7"}')" 200
  until_true 60 corrected || fail "the correction was not applied: $(held approval)"
  stop_daemon
  new_schema
  start_daemon
  expect "a call before the migration" "$(post park approval '{"district":"chaoyang","number":"A1"}')" 503
  try sluice dataset migrate approval --mapping "$node/mapping.yaml" --dry-run
  expect "a trial: $err" "$status" 0
  try sluice dataset migrate approval --mapping "$node/mapping.yaml"
  expect "the migration: $err" "$status" 0
  expect "held" "$(held approval | lines)" 'haidian,A1,first,12;haidian,A2,second,7;'
  until_true 60 audited '.event == "dataset-migrated" and .dataset == "approval" and .version == "2"' ||
    fail "it is not in the audit log"
  until_true 60 goes_on || fail "it does not go on by itself: $(sluice status)"
  await_held approval 3
  expect "held" "$(held approval | lines)" \
    'chaoyang,A1,third,1;haidian,A1,changed,13;haidian,A2,second,7;'
  try sluice audit verify
  expect "audit: $err" "$status" 0
  [[ $out = *'migrations of datasets: 1: every one verified'* ]] || fail "it verified no migration: $out"
  try sluice audit verify --replay
  expect "a replay of it: $err" "$status" 0
  [[ $out = *'approval: 1 migrations replayed'* ]] || fail "it replayed no migration: $out"
}
goes_on() {
  [[ $(post park approval '{"district":"haidian","number":"A1","title":"changed","staff":13}
{"district":"chaoyang","number":"A1","title":"third","staff":1}') = 200 ]]
}
corrected() { [[ $(held approval | grep -c $'^A2\tsecond\t7\t') = 1 ]]; }

case_the_old_version_is_read_until_it_is_dropped() {
  serving_node kept
  local before
  before=$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)
  new_schema
  mapping_without_staff
  try sluice dataset migrate approval --mapping "$node/mapping.yaml"
  expect "the migration: $err" "$status" 0
  expect "version 1" "$(sluice dataset read approval --version 1 | lines)" \
    'A1,first,12,1;A2,second,many,\N;number,name,staff,fax;'
  expect "as it was" "$(sluice dataset read approval --as-of "$before" | lines)" \
    'A1,first,12,1;A2,second,many,\N;number,name,staff,fax;'
  [[ $(sluice dataset show approval) = *kept*'in use'* ]] || fail "$(sluice dataset show approval)"
  expect "for machines" "$(sluice dataset show approval --json | jq -c '[.dataset, (.configured == .versions[1].schema), (.versions[] | [.version, .tables, .from == null, .until == null])]')" \
    '["approval",true,[1,"kept",true,false],[2,"in use",false,true]]'
  try sluice dataset drop-version approval 2
  expect "dropping the version in use" "$status" 1
  try sluice dataset drop-version approval 1
  expect "dropping the old one: $err" "$status" 0
  try sluice dataset read approval --version 1
  expect "reading what was dropped" "$status" 1
  [[ $(sluice dataset show approval) = *dropped* ]] || fail "$(sluice dataset show approval)"
  until_true 60 audited '.event == "dataset-version-dropped" and .version == "1"' ||
    fail "it is not in the audit log"
}

case_a_daemon_with_the_old_schema_applies_nothing_to_the_new_tables() {
  serving_node late
  new_schema
  mapping_without_staff
  try sluice dataset migrate approval --mapping "$node/mapping.yaml"
  expect "the migration: $err" "$status" 0
  # Told to look, it finds that it can not bring to the store what it takes; the new schema it can not
  # have, for another file is not good.
  printf 'channels: [\n' >"$node/config/bureaus/other.yaml"
  kill -HUP "$daemon"
  until_true 60 refuses || fail "it takes rows under the old schema: $(sluice status)"
  [[ $(sluice status) = *'schema of version 1'* ]] || fail "status does not say why: $(sluice status)"
  rm "$node/config/bureaus/other.yaml"
  expect "held" "$(held approval | cut -f 2 | tr '\n' ' ')" 'A1 A2 '
  try sluice dataset migrate approval --mapping "$node/mapping.yaml"
  expect "a migration to the schema that is there" "$status" 1
  try sluice reload
  expect "a reload: $err" "$status" 0
  expect "a call under the new schema" "$(post park approval '{"district":"haidian","number":"A3","title":"late","staff":1}')" 200
}
refuses() { [[ $(post park approval '{"number":"A3","name":"late"}') = 503 ]]; }

# A session that has the tables open until descriptor 9 is closed.
begin_dump() {
  mkfifo "$node/dump"
  PGAPPNAME=pg_dump psql --no-psqlrc --quiet --dbname=center <"$node/dump" >"$node/dump.log" 2>&1 &
  dump=$!
  exec 9>"$node/dump"
  printf 'BEGIN; LOCK TABLE data.approval IN ACCESS SHARE MODE;\n' >&9
  until_true 60 has_tables_open || fail "the tables are not open: $(cat "$node/dump.log")"
}
has_tables_open() {
  [[ $(sql center "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE relation = 'data.approval'::regclass AND application_name = 'pg_dump'") = 1 ]]
}

case_a_dump_is_waited_for_and_ctrl_c_leaves_all_as_it_was() {
  start_cluster
  trap 'halt_cluster INT' EXIT
  sql postgres 'CREATE DATABASE center'
  new_old_node dumped "{kind: postgresql, connection: 'host=$PGHOST user=postgres dbname=center'}"
  sluice dataset read approval >/dev/null # makes its tables
  new_schema
  mapping_without_staff
  begin_dump
  local in_the_way='pg_dump \(process [0-9]+, user postgres, since 20'
  try sluice dataset migrate approval --mapping "$node/mapping.yaml" --wait 0
  expect "a migration that is not to wait" "$status" 1
  expect_like "who is in the way" "$err" "$in_the_way"
  expect_like "what it says" "$err" 'nothing was changed'
  # The shell lets what it starts in the background ignore Ctrl-C.
  env --default-signal=INT "$bin/sluice" --config "$node/config" dataset migrate approval \
    --mapping "$node/mapping.yaml" >"$node/out" 2>"$node/err" &
  migration=$!
  until_true 60 grep -qE "$in_the_way" "$node/err" || fail "it does not wait: $(cat "$node/err")"
  expect "read meanwhile" "$(sql center 'SELECT count(*) FROM data.approval')" 0
  kill -INT "$migration"
  status=0
  wait "$migration" || status=$?
  expect "the migration that was interrupted" "$status" 130
  expect "versions" "$(sluice dataset show approval --json | jq '.versions | length')" 1
  expect "tables" "$(sql center "SELECT count(*) FROM pg_tables WHERE schemaname = 'data'")" 1
  exec 9>&- # the dump is over
  wait "$dump"
  try sluice dataset migrate approval --mapping "$node/mapping.yaml"
  expect "the migration behind the dump: $err" "$status" 0
  expect "versions" "$(sluice dataset show approval --json | jq '.versions | length')" 2
}

open_workshop migrate park
trap 'close_workshop $?' EXIT
run_cases
