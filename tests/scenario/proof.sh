#!/usr/bin/env bash
# What can be proved afterwards: earlier states, batches checked without us, tampering found, and the
# configuration examples.
#   tests/scenario/proof.sh [--bin DIR] [--only PART-OF-A-CASE'S-NAME]
# shellcheck disable=SC2119,SC2154  # start_daemon takes arguments only where it gets some; cases.sh sets the rest
set -euo pipefail
# shellcheck source=tests/support/shell/cases.sh
source "$(dirname "$0")/../support/shell/cases.sh" "$@"

# A node that holds a register in two states, one import after the other.
running_node() {
  new_node "$1" '{kind: sqlite}'
  add_bureau park <<'END'
channels: {disk: {}}
publishes:
  - {dataset: register, channels: [disk]}
END
  add_schema register <<'END'
{"sluice:dataset": {"owner": "park", "title": "Register"},
 "fields": [{"name": "number", "type": "string", "constraints": {"required": true}},
            {"name": "name", "type": "string"}],
 "primaryKey": "number"}
END
  trap kill_daemon EXIT
  start_daemon
  printf 'number,name\nA1,one\nA2,two\n' >"$node/register-1.csv"
  printf 'number,name\nA1,one\nA2,second\nA3,three\n' >"$node/register-2.csv"
  sluice import park "$node/register-1.csv" >/dev/null
  between=$(sqlite3 "$central" 'SELECT strftime("%Y-%m-%dT%H:%M:", applied_at / 1000, "unixepoch")
      || printf("%06.3fZ", applied_at % 60000 / 1000.0) FROM ledger WHERE sequence = 1')
  sluice import park "$node/register-2.csv" >/dev/null
}
central=

case_the_register_is_read_as_it_was_before_the_second_import() {
  central=$workshop/as-of/state/central.sqlite
  running_node as-of
  expect "now" "$(held register)" $'A1\tone\nA2\tsecond\nA3\tthree'
  expect "as of $between" "$(held register --as-of "$between")" $'A1\tone\nA2\ttwo'
  expect "before anything" "$(held register --as-of 2020-01-01T00:00:00.000Z)" ''
}

case_an_exported_batch_is_checked_by_stock_tools_alone() {
  central=$workshop/export/state/central.sqlite
  running_node export
  try sluice batch export park 2 "$node/batch.tar"
  expect "export ($err)" "$status" 0
  try sluice batch verify "$node/batch.tar"
  expect "verify ($err)" "$status" 0
  expect_like "what it says" "$out" 'good: batch 2 of park, 3 rows of register'
  mkdir "$node/unpacked"
  tar -xf "$node/batch.tar" -C "$node/unpacked"
  (
    cd "$node/unpacked"
    openssl cms -verify -binary -inform DER -in manifest.p7s -content manifest.json -CAfile "$pki/ca.pem" \
      -purpose any -out /dev/null 2>"$node/err" || fail "openssl: $(cat "$node/err")"
    expect "the payload's digest" "sha256:$(sha256sum <data.tsv.zst | cut -d ' ' -f 1)" "$(jq -r .payload manifest.json)"
    expect "its lines" "$(zstdcat data.tsv.zst | cut -f 1,3-)" $'U\tA1\tone\nU\tA2\tsecond\nU\tA3\tthree'
  )
}

case_a_changed_batch_is_refused() {
  central=$workshop/changed/state/central.sqlite
  running_node changed
  sluice batch export park 1 "$node/batch.tar" >/dev/null
  mkdir "$node/unpacked"
  tar -xf "$node/batch.tar" -C "$node/unpacked"
  cd "$node/unpacked"
  zstdcat data.tsv.zst | sed 's/two/owt/' | zstd -q -o other.zst
  mv other.zst data.tsv.zst
  tar -cf "$node/changed.tar" manifest.json manifest.p7s data.tsv.zst
  try sluice batch verify "$node/changed.tar"
  expect "another payload" "$status" 4
  tar -xf "$node/batch.tar"
  sed -i 's/"park"/"tax"/' manifest.json
  tar -cf "$node/changed.tar" manifest.json manifest.p7s data.tsv.zst
  try sluice batch verify "$node/changed.tar"
  expect "another manifest" "$status" 4
}

case_the_first_break_of_a_chain_is_named() {
  central=$workshop/tampered/state/central.sqlite
  running_node tampered
  # Two lines for the audit log: a dataset by a mode that is not granted, and nobody's certificate.
  expect "a call" "$(post park register '{"number":"B1"}')" 403
  curl --silent --max-time 60 --cacert "$pki/ca.pem" "https://localhost:$port/v1/health" >"$node/answer" || true
  stop_daemon
  try sluice audit verify
  expect "before ($err)" "$status" 0
  expect_like "what the log tells of it" "$(grep event=audit-log-signed "$node/sluiced.log")" 'line=2 digest=sha256:'
  expect_like "the head that was signed at the end" "$out" 'audit log: 2 lines: the chain holds; signed up to line number 2'
  expect "the audit log" "$(sluice audit log | jq -r .event | sort | paste -sd ' ')" 'certificate-refused publish-denied'
  cp "$central" "$node/good.sqlite"
  local change
  for change in 'UPDATE archive SET payload = (SELECT payload FROM archive WHERE ledger = 2) WHERE ledger = 1' \
    'UPDATE ledger SET manifest = replace(manifest, "a", "b") WHERE id = 1' \
    'UPDATE ledger SET applied_at = applied_at + 86400000 WHERE id = 2' \
    'UPDATE ledger SET inserted = inserted + 1 WHERE id = 2' \
    'DELETE FROM archive WHERE ledger = 1; DELETE FROM ledger WHERE id = 1' \
    'DELETE FROM archive WHERE ledger = 2; DELETE FROM ledger WHERE id = 2'; do
    cp "$node/good.sqlite" "$central"
    sqlite3 "$central" "$change"
    try sluice audit verify
    [[ $status -ne 0 ]] || fail "not noticed: $change"
    expect_like "what it says of $change" "$out$err" 'ledger entry|stream park'
  done
  cp "$node/good.sqlite" "$central"
  cp "$node/state/audit.sqlite" "$node/good-audit.sqlite"
  sqlite3 "$node/state/audit.sqlite" 'DELETE FROM line WHERE number = 2'
  try sluice audit verify
  [[ $status -ne 0 ]] || fail "that the audit log's end was cut off was not noticed"
  expect_like "what it says" "$err" 'audit.sqlite: the log ends at line number 1, and had line number 2'
  start_daemon
  until_true 60 grep -q 'event=audit-log-altered' "$node/sluiced.log" || fail 'the daemon does not notice it'
  stop_daemon
  cp "$node/good-audit.sqlite" "$node/state/audit.sqlite"
  sqlite3 "$node/state/audit.sqlite" "UPDATE line SET text = replace(text, 'T', 't') WHERE number = 1"
  try sluice audit verify
  [[ $status -ne 0 ]] || fail "a changed line of the audit log was not noticed"
  expect_like "what it says" "$err" 'audit.sqlite: line 2: this line does not hold the digest of the line before it'
}

case_a_replay_names_the_row_that_somebody_changed_in_the_database() {
  central=$workshop/replayed/state/central.sqlite
  running_node replayed
  try sluice audit verify --replay
  expect "beside the daemon ($err)" "$status" 0
  expect_like "what it says" "$out" 'tables: replayed up to ledger id 2: what the archive makes of them'
  expect_like "of the dataset" "$out" 'register +2 +0 +3 +1 +0'
  stop_daemon
  cp "$central" "$node/good.sqlite"
  local change found
  while IFS='|' read -r change found; do
    cp "$node/good.sqlite" "$central"
    sqlite3 "$central" "$change"
    try sluice audit verify
    expect "the ledger is not touched by $change ($err)" "$status" 0
    try sluice audit verify --replay --dataset register
    expect "noticed: $change" "$status" 1
    expect_like "what it says of $change" "$out" "$found"
    expect_like "and at the end" "$err" 'not what the archive makes of them: register \(1\)'
    [[ $err != *A[123]* ]] || fail "a key in what goes into logs: $err"
  done <<'END'
UPDATE "data.register" SET name = 'other' WHERE number = 'A1'|register +current +A1 +1 +it has other values
DELETE FROM "history.register"|register +history +A2 +1 +it is missing
INSERT INTO "data.register" SELECT 'A9', name, sluice_digest, sluice_batch, sluice_source_time FROM "data.register" WHERE number = 'A1'|register +current +A9 +1 +no batch brought it
END
  try sluice audit verify --replay --dataset unknown
  expect "a dataset that there is not ($err)" "$status" 2
}

case_the_configuration_examples_are_good() {
  node=$workshop/examples
  mkdir -p "$node"
  cp -r "$project/config" "$node/config"
  cp -r "$project/schemas" "$node/config/schemas"
  # What an installation puts in place: certificates, and the schemas beside the configuration.
  sh "$project/config/dev-ca.sh" "$node/config/tls" center
  try "$bin/sluiced" --config "$node/config" --check-config
  expect "exit status ($err)" "$status" 0
  echo 'recieve: everything' >>"$node/config/bureaus/park.yaml"
  try "$bin/sluiced" --config "$node/config" --check-config
  expect "with an unknown key" "$status" 2
  expect_like "what it says" "$err" 'park.yaml:[0-9]+'
}

case_a_store_keeps_its_number_and_weak_proof_of_its_server_is_warned_of() {
  node=$workshop/numbered
  mkdir -p "$node"
  cp -r "$project/config" "$node/config"
  cp -r "$project/schemas" "$node/config/schemas"
  sh "$project/config/dev-ca.sh" "$node/config/tls" center
  local central="  kind: sqlite\n  file: $node/central.sqlite"
  sed -i -e "s|^  state_directory:.*|  state_directory: $node/state|" \
    -e "s|^  control_socket:.*|  control_socket: $node/control|" \
    -e "s|^  kind: sqlite|$central\n  number: 3|" "$node/config/node.yaml"
  try "$bin/sluice" --config "$node/config" batch list
  expect "exit status ($err)" "$status" 0
  sed -i 's/^  number: 3/  number: 4/' "$node/config/node.yaml"
  try "$bin/sluiced" --config "$node/config"
  expect "exit status under another number" "$status" 1
  expect_like "what it says" "$err" 'number is 3.*say `store.number: 3`'
  sed -i -e "s|^  kind: sqlite|  kind: postgresql\n  connection: host=db.example sslmode=require|" \
    -e '/^  file:/d' "$node/config/node.yaml"
  try "$bin/sluiced" --config "$node/config" --check-config
  expect "exit status ($err)" "$status" 0
  expect_like "what it warns of" "$err" 'warning: .*sslmode=require'
}

open_workshop proof park
trap 'close_workshop $?' EXIT
run_cases
