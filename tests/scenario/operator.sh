#!/usr/bin/env bash
# What an operator meets who is in a hurry: waits that say why, files that are passed over and named,
# mistakes that are pointed at. On the real programs.
#   tests/scenario/operator.sh [--bin DIR] [--only PART-OF-A-CASE'S-NAME]
# shellcheck disable=SC2001,SC2016,SC2119,SC2120,SC2154  # cases.sh sets the rest; messages have backquotes
set -euo pipefail
# shellcheck source=tests/support/shell/cases.sh
source "$(dirname "$0")/../support/shell/cases.sh" "$@"
# shellcheck source=tests/support/shell/two_nodes.sh
source "$(dirname "$0")/../support/shell/two_nodes.sh"

# Who is not root meets what root does not.
unprivileged=()
[[ $(id -u) -ne 0 ]] || unprivileged=(setpriv --reuid=nobody --regid=nogroup --clear-groups --)

both_nodes() {
  workshop=$workshop/$1
  mkdir "$workshop"
  trap kill_all EXIT
  new_center
  new_edge
}
single_node() {
  new_node "$1" '{kind: sqlite}'
  mkdir -p "$node/drop"
  add_park
  sed -i "s|disk: {}|disk: {drop_folder: $node/drop}|" "$node/config/bureaus/park.yaml"
}
running_node() {
  single_node "$@"
  trap kill_daemon EXIT
  start_daemon
}
import() { try sluice import park "$@" --dataset register; }
check() { try "${unprivileged[@]}" "$bin/sluiced" --config "$node/config" --check-config; }

case_an_import_whose_batch_is_held_back_says_why_and_gives_up_when_it_is_told_to() {
  both_nodes held_back
  at center stop_daemon
  at edge start_daemon
  local files=$workshop/edge ended=0
  printf 'number,name\nA1,a\n' >"$files/1.csv"
  printf 'number,name\nA2,a\n' >"$files/2.csv"
  at edge sluice import park "$files/1.csv" --dataset register >"$workshop/out" 2>"$workshop/err" &
  local import=$!
  until_true 60 grep -q 'waiting for the central store: .*refused' "$workshop/err" || fail "it says: $(cat "$workshop/err")"
  at edge import "$files/2.csv" --wait 1
  expect "exit status of one that gives up" "$status" 7
  expect_like "what it says" "$out" 'durable in the journal, and not yet in the central store.*refused'
  at edge import "$files/2.csv" --wait 0
  expect "exit status of the same file again" "$status" 7
  expect_like "what it says" "$out" 'loaded before .1 rows., durable in the journal, and not yet'
  [[ $out != *"nothing to do"* ]] || fail "it says: $out"
  at edge import "$files/2.csv" --no-wait
  expect "exit status where nobody waits" "$status" 0
  expect_like "what it says" "$out" 'loaded before .1 rows., durable in the journal, and not yet'
  at edge import "$files/2.csv" --wait 0 --json
  expect "as JSON" "$(jq -c '[.loaded_before, .applied]' <<<"$out")" '[true,false]'
  at center start_daemon
  wait "$import" || ended=$?
  expect "the one that waited on" "$ended $(grep -c 'applied: 1 new' "$workshop/out")" '0 1'
  at edge import "$files/2.csv"
  expect "exit status once it is there ($err)" "$status" 0
  at edge import "$files/2.csv" --json
  expect "as JSON" "$(jq -c '[.loaded_before, .applied]' <<<"$out")" '[true,true]'
  at edge import "$files/2.csv"
  expect_like "what it says" "$out" 'loaded before .1 rows.; nothing to do'
}

case_an_import_that_is_to_wait_where_no_daemon_runs_says_that_its_rows_wait() {
  single_node alone
  printf 'number,name\nA1,a\n' >"$node/1.csv"
  printf 'number,name\nA2,a\n' >"$node/2.csv"
  import "$node/1.csv" --wait 600
  expect "exit status ($err)" "$status" 7
  expect_like "what it says" "$out" 'durable in the journal, where they wait.*no sluiced runs'
  import "$node/1.csv" --wait 600
  expect "exit status of the same file again" "$status" 7
  expect_like "what it says" "$out" 'loaded before .1 rows., durable in the journal, where they wait.*no sluiced runs'
  import "$node/2.csv" --wait 600 --json
  expect "exit status with JSON" "$status" 7
  expect_like "as JSON" "$(jq -c '[.applied, .waits_for]' <<<"$out")" '^.false,"no sluiced runs'
  import "$node/2.csv"
  expect "exit status of one that was not told to wait" "$status" 0
  expect_like "what it says" "$out" 'where they wait.*no sluiced runs'
  trap kill_daemon EXIT
  start_daemon
  import "$node/1.csv" "$node/2.csv" --wait 600
  expect "exit status once one runs ($err)" "$status" 0
  expect "what has come" "$(sluice dataset read register | wc -l)" 3
  stop_daemon
}

case_what_a_folder_holds_beside_its_files_is_named() {
  running_node folder
  mkdir -p "$node/disk/more"
  printf 'number,name\nA1,a\n' >"$node/disk/register.csv"
  printf 'number,name\nA2,a\n' >"$node/disk/REGISTER-2.CSV"
  printf 'number,name\nA3,a\n' >"$node/disk/register.txt"
  printf 'number,name\nA4,a\n' >"$node/disk/more/register.csv"
  printf 'nmuber\nA5\n' >"$node/disk/register-3.csv"
  touch "$node/disk/.hidden"
  import "$node/disk" --json
  expect "exit status" "$status" 4
  expect "what is held" "$(held register | cut -f 1 | paste -sd ' ')" 'A1 A2'
  for each in 'disk/register.txt: its name does not end in .csv' 'disk/more: a folder' 'disk/.hidden: hidden'; do
    [[ $err == *"passed over: "*"$each"* ]] || fail "$each is not named: $err"
  done
  expect "lines of JSON" "$(jq -r '[(.file | split("/") | last), (if .passed_over then "passed over"
    elif .refused then "refused \(.refused.status)" else "applied \(.applied)" end)] | join(" ")' <<<"$out" | LC_ALL=C sort | paste -sd '|')" \
    '.hidden passed over|REGISTER-2.CSV applied true|more passed over|register-3.csv refused 4|register.csv applied true|register.txt passed over'
  expect_like "the refused one" "$(jq -c 'select(.refused) | .refused' <<<"$out")" 'disk/register-3.csv:1.*reason'
}

case_files_of_one_name_are_told_apart_in_the_quarantine() {
  running_node apart
  local each
  for each in 江苏 浙江; do
    mkdir -p "$node/$each"
    printf 'number,name\n,%s\n' "$each" >"$node/$each/登记.csv"
  done
  try bash -c 'cd "$1" && exec "$2" --config config import park 江苏 浙江/登记.csv --dataset register' - "$node" "$bin/sluice"
  expect "exit status ($err)" "$status" 3
  expect "where they are from" "$(sluice quarantine export park | jq -r .source | paste -sd ' ')" '江苏/登记.csv 浙江/登记.csv'
  expect "columns" "$(sluice quarantine export park | jq -c .columns | sort -u)" '["number","name"]'
  printf 'number,name\n,x\n' >"$node/江苏/登记.csv"
  import "$node/江苏/登记.csv" --below "$node"
  expect "below a folder" "$(sluice quarantine export park | jq -r .source | tail -n 1)" '江苏/登记.csv'
}

case_a_drop_folder_says_what_becomes_of_what_lies_in_it() {
  single_node dropped
  rmdir "$node/drop"
  trap kill_daemon EXIT
  start_daemon
  until_true 60 grep -q 'event=drop-folder-not-watched' "$node/sluiced.log" || fail "it does not say so"
  mkdir "$node/drop"
  printf 'nmuber\nA1\n' >"$node/drop/.1" && mv "$node/drop/.1" "$node/drop/register-1.csv"
  echo x >"$node/drop/register.xlsx"
  until_true 60 test -e "$node/drop/failed/register-1.csv.reason.txt" || fail "there is no reason: $(ls -R "$node/drop")"
  expect_like "the reason" "$(cat "$node/drop/failed/register-1.csv.reason.txt")" 'register-1.csv:1: .*number'
  until_true 60 grep -q 'event=drop-folder-watched' "$node/sluiced.log" || fail "it does not say that it is watched"
  until_true 60 grep -q 'event=dropped-file-passed-over bureau=park file=register.xlsx' "$node/sluiced.log" || fail "register.xlsx is passed over in silence"
  printf 'number,name\n,a\n' >"$node/drop/.2" && mv "$node/drop/.2" "$node/drop/register-2.csv"
  until_true 60 test -e "$node/drop/done/register-2.csv" || fail "register-2.csv is not in done/"
  expect "where its row is from" "$(sluice quarantine export park | jq -r .source)" register-2.csv
}

case_a_mistyped_command_or_option_is_told_what_was_meant() {
  single_node typo
  try sluice improt park x.csv
  expect "exit status" "$status" 2
  expect_like "a command" "$err" 'did you mean `import`.'
  try sluice quarantine lst park
  expect_like "a command of a group" "$err" 'did you mean `list`.'
  try sluice import park x.csv --dry-rnu
  expect_like "an option" "$err" 'did you mean `--dry-run`.'
  try sluice import
  [[ $err != *"did you mean"* ]] || fail "nothing was mistyped: $err"
}

case_what_is_wrong_with_certificates_and_keys_is_found_before_the_start() {
  single_node checked
  cp "$pki"/{node.pem,node.key,ca.pem,crl.pem} "$node/"
  sed -i "s|$pki|$node|" "$node/config/node.yaml"
  chmod 755 "$workshop" "$node" && chmod 644 "$node"/{node.pem,ca.pem,crl.pem,node.key}
  check
  expect_like "a key that everyone can read" "$status $err" '^2 .*node.key: the private key can be read by everyone'
  chmod 600 "$node/node.key"
  if [[ ${#unprivileged[@]} -gt 0 ]]; then
    check
    expect_like "a key of another user's" "$status $err" '^2 .*node.key: .*Permission denied'
    [[ $err != *"system lib"* ]] || fail "it says: $err"
    chown nobody "$node/node.key"
  fi
  check
  expect "exit status of a good one ($err)" "$status" 0
  openssl pkey -in "$pki/node.key" -aes128 -passout pass:secret -out "$node/node.key"
  try timeout 60 setsid "${unprivileged[@]}" "$bin/sluiced" --config "$node/config" --check-config
  expect_like "a key with a passphrase" "$status $err" '^2 .*node.key: .*has a passphrase'
  cat "$pki/park.key" >"$node/node.key"
  check
  expect_like "a key of another certificate" "$status $err" '^2 .*node.key: .*private key of .*node.pem'
  cat "$pki/node.key" >"$node/node.key"
  sed -i 's|^certificate_subject: .*|certificate_subject: "O = Sluice development, CN = park"|' "$node/config/bureaus/park.yaml"
  check
  expect_like "a subject in another notation" "$status $err" '^2 .*park.yaml:3:.*another notation.*`CN=park,O=Sluice development`'
}

case_a_configuration_that_is_not_there_or_not_readable_or_half_written_is_told_as_that() {
  single_node config
  chmod 755 "$workshop" "$node"
  mkdir "$node/empty"
  try "$bin/sluiced" --config "$node/empty"
  expect_like "an empty one" "$status $err" '^2 .*node.yaml: found no file of this name, expected .*`sluice init`'
  local whole
  whole=$(cat "$node/config/node.yaml")
  head -c 60 <<<"$whole" >"$node/config/node.yaml"
  try "$bin/sluiced" --config "$node/config"
  expect_like "a half of one" "$status $err" '^2 .*node.yaml:[0-9]+'
  sed 's/^identity:/identity：/' <<<"$whole" >"$node/config/node.yaml"
  try "$bin/sluiced" --config "$node/config"
  expect_like "a full-width colon" "$status $err" '^2 .*node.yaml:2:9: found a full-width colon'
  [[ ${#unprivileged[@]} -gt 0 ]] || return 0
  echo "$whole" >"$node/config/node.yaml"
  chmod 600 "$node/config/node.yaml"
  check
  expect_like "a file that may not be read" "$status $err" '^2 .*node.yaml: found a file that this user can not read .Permission denied'
  chmod 700 "$node/config"
  check
  expect_like "a directory that may not be entered" "$status $err" '^2 .*Permission denied'
  [[ $err != *"no file of this name"* ]] || fail "it says: $err"
}

case_a_node_runs_on_where_who_started_it_does_not_listen() {
  single_node notified
  trap kill_daemon EXIT
  start_daemon NOTIFY_SOCKET="$node/nobody" WATCHDOG_USEC=1000000
  expect "a call" "$(post park approval '{"number":"A1"}')" 200
  try "$bin/sluiced" --config "$node/config"
  expect_like "a second one on the same state" "$status $err" '^1 .*in use by process [0-9]+'
  expect "the first one goes on" "$(post park approval '{"number":"A2"}')" 200
  stop_daemon
}

open_workshop operator park tax
trap 'close_workshop $?' EXIT
run_cases
