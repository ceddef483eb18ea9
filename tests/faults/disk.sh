#!/usr/bin/env bash
# A disk that fails under the journals: an fsync that fails, and no space left. Promise 1: from then on
# nothing is acknowledged, the reason is said, and nothing that was acknowledged before is lost.
#
#   tests/faults/disk.sh [--bin DIR] --failing-disk failing_disk.so
# shellcheck disable=SC2119  # start_daemon takes arguments only where it gets some
set -euo pipefail
here=$(dirname "$0")
bin=$here/../../build/dev/bin failing_disk=
while [[ $# -ge 2 ]]; do
  case $1 in
    --bin) bin=$2 ;;
    --failing-disk) failing_disk=$(realpath "$2") ;;
  esac
  shift 2
done
[[ -e $failing_disk ]] || { echo "usage: $0 [--bin DIR] --failing-disk failing_disk.so" >&2; exit 2; }
# shellcheck source=tests/support/shell/node.sh
source "$here/../support/shell/node.sh"
# shellcheck source=tests/support/shell/cases.sh
source "$here/../support/shell/cases.sh"

on_failing_disk=("LD_PRELOAD=$failing_disk" SLUICE_FAIL_PATH=/state/journals/)

make_node() {
  new_node "$1" '{kind: sqlite}' 'batch: {rows: 500, age: 50ms}'
  add_bureau park <<'END'
channels: {direct: {}, disk: {}}
publishes:
  - {dataset: register, channels: [disk, direct]}
END
  add_schema register <<'END'
{"sluice:dataset": {"owner": "park", "title": "Register"},
 "fields": [{"name": "number", "type": "string", "constraints": {"required": true}},
            {"name": "name", "type": "string"}],
 "primaryKey": "number"}
END
}

# post_one N: prints the status, and notes what was acknowledged.
post_one() {
  local code
  code=$(post park register "{\"number\":\"$1\",\"name\":\"name of $1\"}" --header "Idempotency-Key: k$1")
  if [[ $code = 200 ]]; then
    printf '%s\tname of %s\n' "$1" "$1" >>"$node/acknowledged"
  else
    printf '%s\tname of %s\n' "$1" "$1" >>"$node/refused"
  fi
  printf '%s' "$code"
}

case_after_a_failed_fsync_nothing_is_acknowledged_and_nothing_acknowledged_is_lost() {
  make_node fsync
  trap kill_daemon EXIT
  start_daemon "${on_failing_disk[@]}" SLUICE_FAIL_FSYNC_AFTER=60
  local number code=200
  for ((number = 1000; number < 1500; ++number)); do
    code=$(post_one "$number")
    [[ $code = 200 ]] || break
  done
  expect "the answer when the fsync failed" "$code" 503
  [[ -s $node/acknowledged ]] || fail "nothing was acknowledged before the disk failed"
  expect "its type" "$(jq -r .type "$node/answer")" urn:sluice:problem:not-durable
  for number in 2001 2002 2003 2004 2005; do
    expect "a later answer" "$(post_one "$number")" 503
    expect "its type" "$(jq -r .type "$node/answer")" urn:sluice:problem:not-durable
  done
  kill_daemon
  start_daemon
  await_held register "$(wc -l <"$node/acknowledged")"
  # The call during which the disk failed may be there: nobody was told. No later one may.
  held register >"$node/held"
  expect "acknowledged and lost" "$(LC_ALL=C comm -23 "$node/acknowledged" "$node/held")" ""
  local extra
  extra=$(LC_ALL=C comm -13 "$node/acknowledged" "$node/held")
  [[ -z $extra || $extra = "$(head -n 1 "$node/refused")" ]] || fail "in the store and refused: $extra"
  expect "a call after the repair" "$(post_one 3000)" 200
  sluice audit verify >/dev/null
}

case_an_import_stops_at_a_failed_fsync_and_goes_on_after_the_repair() {
  make_node import
  trap kill_daemon EXIT
  seq 1 5000 | awk 'BEGIN { print "number,name" } { printf "N%05d,name %d\n", $1, $1 }' >"$node/register.csv"
  start_daemon
  stop_daemon # the journal is made on a good disk
  try env "${on_failing_disk[@]}" SLUICE_FAIL_FSYNC_AFTER=5 \
    "$bin/sluice" --config "$node/config" import park "$node/register.csv"
  expect "the import's exit status" "$status" 1
  expect_like "its sentence" "$err" 'the disk did not take a write'
  start_daemon
  try sluice import park "$node/register.csv" --json
  expect "the second import's exit status" "$status" 0
  expect "rows held" "$(held register | wc -l)" 5000
  expect "rows that came twice" "$(sqlite3 "$node/state/central.sqlite" 'SELECT sum(unchanged) FROM ledger')" 0
}

case_a_journal_whose_name_is_not_durable_is_not_used() {
  make_node name
  printf 'number,name\nN1,one\n' >"$node/register.csv"
  local attempt
  for attempt in first second; do # the second finds the file that the first has made
    try env "LD_PRELOAD=$failing_disk" SLUICE_FAIL_PATH=/state/journals SLUICE_FAIL_DIRECTORY_FSYNC=1 \
      "$bin/sluice" --config "$node/config" import park "$node/register.csv" --no-wait
    expect "the $attempt import's exit status" "$status" 1
    expect_like "its sentence" "$err" 'state/journals: fsync: Input/output error'
  done
}

case_on_a_full_disk_calls_are_refused_until_there_is_space_without_a_restart() {
  make_node space
  trap kill_daemon EXIT
  start_daemon "${on_failing_disk[@]}" "SLUICE_FAIL_SPACE=$node/full"
  expect "before" "$(post_one 1001)" 200
  touch "$node/full"
  local number
  for number in 2001 2002 2003; do
    expect_like "on a full disk" "$(post_one "$number")" '^50[37]$'
    expect_like "what it says" "$(jq -r .detail "$node/answer")" 'disk is full|space'
  done
  rm "$node/full"
  expect "with space again" "$(post_one 1002)" 200
  await_held register 2
  held register >"$node/held"
  expect "acknowledged and lost" "$(LC_ALL=C comm -3 "$node/acknowledged" "$node/held")" ""
  stop_daemon
}

open_workshop disk park
trap 'close_workshop $?' EXIT
run_cases
