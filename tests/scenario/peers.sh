#!/usr/bin/env bash
# What a clumsy operator or a hostile peer does to a node, and what it does not come to.
#   tests/scenario/peers.sh [--bin DIR] [--only PART-OF-A-CASE'S-NAME]
# shellcheck disable=SC2154  # cases.sh sets the rest
set -euo pipefail
# shellcheck source=tests/support/shell/cases.sh
source "$(dirname "$0")/../support/shell/cases.sh" "$@"

running_node() {
  new_node "$1" '{kind: sqlite}' "${2:-}"
  add_park_bureau
  local dataset
  for dataset in register approval; do
    add_schema "$dataset" <<END
{"sluice:dataset": {"owner": "park", "title": "Of $dataset"},
 "fields": [{"name": "number", "type": "string", "constraints": {"required": true}},
            {"name": "name", "type": "string"}],
 "primaryKey": "number"}
END
  done
  trap kill_daemon EXIT
  start_daemon
}

register() { # FIRST LAST: a file with these rows
  { echo number,name && seq -f 'A%.0f,name' "$1" "$2"; } >"$node/register-$1.csv"
  echo "$node/register-$1.csv"
}

case_a_second_daemon_on_one_state_directory_refuses_to_start_and_commands_go_on() {
  running_node two_daemons
  cp -r "$node/config" "$node/second"
  sed -i "s|control_socket: [^}]*|control_socket: $node/second.socket|" "$node/second/node.yaml"
  try timeout 60 "$bin/sluiced" --config "$node/second"
  expect "exit status of the second ($err)" "$status" 1
  expect_like "what it says" "$err" "sluiced.lock: this state directory is in use by process $daemon,.*stop that first"
  try sluice import park "$(register 1 100)" --dataset register --json
  expect "exit status of an import beside the first ($err)" "$status" 0
  expect "what it took ($out)" "$(jq -r .inserted <<<"$out")" 100
  expect "a call" "$(post park approval '{"number":"A1","name":"one"}')" 200
  try "$bin/sluice" --config "$node/second" journal new-epoch park
  expect "exit status of new-epoch by the second's configuration" "$status" 2
  expect_like "what it says" "$err" "in use by process $daemon,"
  kill -KILL "$daemon"
  wait "$daemon" || true
  start_daemon
}

case_connections_on_which_nobody_speaks_lock_nobody_out() {
  running_node silent
  expect "a call" "$(post park approval '{"number":"A1","name":"one"}')" 200
  ulimit -Sn "$(ulimit -Hn)"
  local each descriptor
  for each in {1..1100}; do
    # Held open until this case ends, from the address that the bureau comes from, too.
    exec {descriptor}<>"/dev/tcp/127.0.0.1/$port" || fail "connection $each was not taken"
  done
  # Less than the time after which each of them is cut.
  expect "a call beside them" "$(post park approval '{"number":"A2","name":"two"}' --max-time 8)" 200
  expect "an import beside them" "$(sluice import park "$(register 1 10)" --dataset register --json | jq .inserted)" 10
}

# What the daemon's imports do they do by hand, too: two processes, and no key where the file is parsed.
case_a_file_is_read_where_no_key_is_and_within_limits() {
  running_node readers
  sed -i 's|disk: {}|disk: {drop_folder: '"$node"'/drop, memory_limit: 128MiB, cpu_limit: 20m}|' "$node/config/bureaus/park.yaml"
  mkdir -p "$node/drop"
  stop_daemon
  start_daemon
  local file digest
  file=$(register 1 100)
  digest=$(sha256sum "$file" | cut -d ' ' -f 1)
  # The reader's own command, with what is no key and a file that is another one.
  cp -r "$node/config" "$node/keyless"
  (umask 077 && echo 'no key at all' >"$node/no.key")
  sed -i "s|key: .*|key: $node/no.key|" "$node/keyless/node.yaml"
  jq -n --arg file "$file" --arg digest "sha256:$digest" --argjson stamp "$(stat --format '[%d,%i,%s,0]' "$file")" \
    '{bureau: "park", dataset: "register", file: $file, source: "register.csv", digest: $digest, lines: 101, stamp: $stamp,
      taken: "rows=0 accepted=0 quarantined=0 partial", recent: []}' >"$node/question"
  "$bin/sluice" --config "$node/keyless" read-file <"$node/question" >"$node/frames" || fail "it did not read without a key"
  grep -aq 'changed or replaced while it was read' "$node/frames" || fail "it did not look at the file: $(tr -cd '[:print:]' <"$node/frames")"
  # A header of 1 MB, within a row's limit, and of more columns than a row may have.
  seq -s, 1 150000 >"$node/drop/register-wide.csv"
  cp "$file" "$node/drop/register-good.csv"
  await_held register 100
  until_true 60 test -e "$node/drop/failed/register-wide.csv" || fail "the wide file is not in failed"
  grep -q 'file=register-wide.csv status=4.*150000 fields.*4096' "$node/sluiced.log" || fail "the log does not say why"
}

# What a file says to a terminal is not obeyed by the one that an operator looks at it on.
case_what_is_quarantined_is_shown_and_not_obeyed() {
  running_node terminal
  local each file=$node/register-$'\033[31m'.csv
  printf 'number,name\n,\033]0;owned\007\033[2J\xe2\x80\xaetxt\nA1,good\n' >"$file"
  try sluice import park "$file" --dataset register
  expect "exit status ($err)" "$status" 3
  for each in list show; do
    try sluice quarantine "$each" park $([[ $each = list ]] || echo 1)
    expect "exit status of $each ($err)" "$status" 0
    expect "control characters in what $each says" "$(LC_ALL=C grep -c $'[\001-\010\013-\037\177]' "$node/out" || true)" 0
  done
  expect_like "the row" "$out" '\\x1b\]0;owned\\x07\\x1b\[2J\\u202etxt'
  expect "its bytes in JSON" "$(sluice quarantine show park 1 --json | jq -r .original)" $',\033]0;owned\007\033[2J\xe2\x80\xaetxt'
}

open_workshop peers park
trap 'close_workshop $?' EXIT
run_cases
