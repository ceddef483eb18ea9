#!/usr/bin/env bash
# A disk that fails under the journals: an fsync that fails, and no space left. Promise 1: after the
# first nothing is acknowledged by any process of the node, the reason is said, and nothing that was
# acknowledged before is lost. Promise 12: the second makes everything wait, and go on by itself.
#
#   tests/faults/disk.sh [--bin DIR] --failing-disk failing_disk.so [--only PART-OF-A-CASE'S-NAME]
# shellcheck disable=SC2119  # start_daemon takes arguments only where it gets some
set -euo pipefail
here=$(dirname "$0")
bin=$here/../../build/dev/bin failing_disk='' only=''
while [[ $# -ge 2 ]]; do
  case $1 in
    --bin) bin=$2 ;;
    --failing-disk) failing_disk=$(realpath "$2") ;;
    --only) only=$2 ;;
  esac
  shift 2
done
[[ -e $failing_disk ]] || { echo "usage: $0 [--bin DIR] --failing-disk failing_disk.so" >&2; exit 2; }
# shellcheck source=tests/support/shell/node.sh
source "$here/../support/shell/node.sh"
# shellcheck source=tests/support/shell/cases.sh
source "$here/../support/shell/cases.sh"
# shellcheck source=tests/support/shell/two_nodes.sh
source "$here/../support/shell/two_nodes.sh"
# shellcheck source=tests/support/shell/browser.sh
source "$here/../support/shell/browser.sh"
# shellcheck source=tests/support/shell/levy.sh
source "$here/../support/shell/levy.sh"

on_failing_disk=("LD_PRELOAD=$failing_disk" SLUICE_FAIL_PATH=/state/journals/)

make_node() {
  new_node "$1" '{kind: sqlite}' 'batch: {rows: 500, age: 50ms}'
  mkdir "$node/drop"
  add_bureau park <<END
channels: {direct: {}, disk: {drop_folder: $node/drop}}
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

health() { call park GET /v1/health; }
health_is() { [[ $(health) = "$1" ]]; }
has_logged() { grep -q "event=$1" "$node/sluiced.log"; }
await_log() { until_true 60 has_logged "$1" || fail "no event=$1: $(tail -n 3 "$node/sluiced.log")"; }
metric() { curl --silent --unix-socket "$node/control.socket" http://localhost/metrics | awk -v name="$1" '$1 == name { print $2 }'; }

# register_of FIRST LAST: a file of the register.
register_of() { seq "$1" "$2" | awk 'BEGIN { print "number,name" } { printf "N%05d,name %d\n", $1, $1 }'; }

# post_one N: prints the status, and notes what was acknowledged.
post_one() {
  local code number=$1
  shift
  code=$(post park register "{\"number\":\"$number\",\"name\":\"name of $number\"}" --header "Idempotency-Key: k$number" "$@")
  set -- "$number"
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
  register_of 1 5000 >"$node/register.csv"
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

case_after_a_failed_fsync_of_an_import_the_whole_node_acknowledges_nothing_until_a_restart() {
  make_node whole
  trap kill_daemon EXIT
  start_daemon
  expect "before" "$(post_one 1001)" 200
  expect "its health" "$(health)" 200
  await_held register 1
  register_of 1 5000 >"$node/register.csv"
  try env "${on_failing_disk[@]}" SLUICE_FAIL_FSYNC_AFTER=3 \
    "$bin/sluice" --config "$node/config" import park "$node/register.csv" --no-wait
  expect "the import's exit status" "$status" 1
  expect "a call to the daemon, whose own disk is sound" "$(post_one 2001)" 503
  expect "its type" "$(jq -r .type "$node/answer")" urn:sluice:problem:not-durable
  expect "the health" "$(health)" 503
  expect_like "what it says" "$(jq -r .reason "$node/answer")" 'NOTHING IS ACKNOWLEDGED.*restart'
  await_log disk-not-trusted
  expect "the metric" "$(metric sluice_disk_trusted)" 0
  expect_like "the status" "$(sluice status --json | jq -r .disk.state)" not-trusted
  expect_like "for people" "$(sluice status)" 'NOTHING IS ACKNOWLEDGED'
  try sluice import park "$node/register.csv" --no-wait
  expect "another import's exit status" "$status" 1
  expect_like "its sentence" "$err" 'nothing is acknowledged until'
  register_of 6001 6001 >"$node/drop/register-dropped.csv"
  await_log drop-folder-held-back
  kill_daemon
  launch_daemon "${on_failing_disk[@]}" SLUICE_FAIL_FSYNC_AFTER=0
  if await_ready; then fail "it serves though what the journal holds can not be fsynced"; fi
  expect_like "why it does not start" "$(cat "$node/sluiced.log")" 'can not be made durable'
  start_daemon
  expect "the health after a restart" "$(health)" 200
  expect "a call after it" "$(post_one 3001)" 200
  sluice import park "$node/register.csv" --json >"$node/import" || fail "$(cat "$node/import")"
  await_held register 5003
  [[ $(held register | wc -l) -eq 5003 ]] || fail "$(held register | wc -l) records are held"
  held register | grep -q "^2001" && fail "a call that was refused is there"
  sluice audit verify >/dev/null
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
  start_daemon "${on_failing_disk[@]}" SLUICE_FAIL_PATH=/state/ "SLUICE_FAIL_SPACE=$node/full"
  expect "before" "$(post_one 1001)" 200
  touch "$node/full"
  local number
  for number in 2001 2002 2003; do
    expect "on a full disk" "$(post_one "$number")" 503
    expect "its type" "$(jq -r .type "$node/answer")" urn:sluice:problem:no-room
    expect_like "what it says" "$(jq -r .detail "$node/answer")" 'disk is full'
  done
  rm "$node/full"
  expect "with space again" "$(post_one 1002)" 200
  await_held register 2
  held register >"$node/held"
  expect "acknowledged and lost" "$(LC_ALL=C comm -3 "$node/acknowledged" "$node/held")" ""
  stop_daemon
}

case_receipts_that_come_while_the_disk_is_full_are_kept_once_there_is_room() {
  workshop=$workshop/receipts
  mkdir "$workshop"
  trap kill_all EXIT
  new_center
  new_edge edge 'batch: {rows: 20, age: 50ms}'
  at center stop_daemon
  at edge start_daemon "LD_PRELOAD=$failing_disk" SLUICE_FAIL_PATH=/edge/state/journals/ "SLUICE_FAIL_SPACE=$workshop/full"
  local number
  for number in {1001..1100}; do
    expect "a call while the center is away" \
      "$(at edge post park approval "{\"number\":\"$number\",\"name\":\"name of $number\"}")" 200
  done
  turn_to edge
  await_log batch-held-back
  touch "$workshop/full"
  at center start_daemon
  turn_to edge
  until_true 60 grep -q 'event=batch-held-back.*disk is full' "$node/sluiced.log" ||
    fail "the edge does not say that it can not keep receipts: $(tail -n 3 "$node/sluiced.log")"
  rm "$workshop/full"
  at center await_held approval 100
  backlog_is_empty() { [[ $(at edge sluice status --json | jq '.streams[0].backlog_batches') = 0 ]]; }
  until_true 60 backlog_is_empty || fail "receipts are not kept: $(at edge sluice status)"
  expect "the edge's health" "$(at edge health)" 200
  if at edge has_logged stream-stopped; then fail "the stream has stopped"; fi
  expect "rows that came twice" "$(sqlite3 "$workshop/center/state/central.sqlite" 'SELECT sum(unchanged) FROM ledger')" 0
  at center sluice audit verify >/dev/null
}

case_a_central_store_on_a_full_disk_takes_batches_once_there_is_room() {
  make_node store
  trap kill_daemon EXIT
  start_daemon "LD_PRELOAD=$failing_disk" SLUICE_FAIL_PATH=/state/central.sqlite "SLUICE_FAIL_SPACE=$node/full"
  touch "$node/full"
  expect "a call, whose journal has room" "$(post_one 1001)" 200
  until_true 60 grep -q 'event=batch-held-back.*disk of the central store is full' "$node/sluiced.log" ||
    fail "it does not say why: $(tail -n 3 "$node/sluiced.log")"
  rm "$node/full"
  await_held register 1
  sluice audit verify >/dev/null
  stop_daemon
}

case_after_a_failed_fsync_of_the_embedded_store_nothing_is_acknowledged() {
  make_node stored
  trap kill_daemon EXIT
  start_daemon "LD_PRELOAD=$failing_disk" SLUICE_FAIL_PATH=/state/central.sqlite SLUICE_FAIL_FSYNC_AFTER=20
  local number code=200
  for ((number = 1000; number < 2000; ++number)); do
    code=$(post_one "$number")
    [[ $code = 200 ]] || break
  done
  expect "the answer after the fsync failed" "$code" 503
  expect "its type" "$(jq -r .type "$node/answer")" urn:sluice:problem:not-durable
  await_log disk-not-trusted
  expect "the health" "$(health)" 503
  kill_daemon
  start_daemon
  await_held register "$(wc -l <"$node/acknowledged")"
  held register >"$node/held"
  expect "acknowledged and lost, or refused and there" "$(LC_ALL=C comm -3 "$node/acknowledged" "$node/held")" ""
  sluice audit verify >/dev/null
}

case_after_a_failed_fsync_of_the_audit_log_nothing_is_acknowledged() {
  make_node audit
  trap kill_daemon EXIT
  start_daemon "${on_failing_disk[@]}" SLUICE_FAIL_PATH=/state/audit.sqlite "SLUICE_FAIL_FSYNC_WHILE=$node/broken"
  expect "before" "$(post_one 1001)" 200
  touch "$node/broken"
  # Whom nobody here knows; that is audited.
  expect "a stranger" "$(call node GET /v1/health)" 403
  until_true 60 test -s "$node/state/not-durable" || fail "there is no mark"
  expect_like "the mark" "$(cat "$node/state/not-durable")" 'audit.sqlite'
  expect "a call" "$(post_one 2001)" 503
  expect "its type" "$(jq -r .type "$node/answer")" urn:sluice:problem:not-durable
  expect "the health" "$(health)" 503
  kill_daemon
  start_daemon
  expect "after a restart" "$(post_one 1002)" 200
  stop_daemon
}

case_a_running_node_with_no_file_descriptor_left_waits_and_goes_on() {
  make_node descriptors
  trap kill_daemon EXIT
  start_daemon
  expect "before" "$(post_one 1001)" 200
  await_held register 1
  local usual
  usual=$(prlimit --pid "$daemon" --nofile --output SOFT,HARD --noheadings | awk '{ print $1 ":" $2 }')
  # So few that what the daemon closes meanwhile lies above it, as the watch of the drop folder.
  prlimit --pid "$daemon" --nofile="8:${usual#*:}"
  expect "without a descriptor" "$(post_one 2001 --max-time 2)" 000
  await_log accept-failed
  # Another process has descriptors, and the daemon's are open: what is taken is sent on.
  register_of 1 10 >"$node/ten.csv"
  sluice import park "$node/ten.csv" --dataset register --no-wait >/dev/null
  await_held register 11
  prlimit --pid "$daemon" --nofile="$usual"
  until_true 60 health_is 200 || fail "it does not go on: $(cat "$node/answer")"
  expect "with descriptors again" "$(post_one 1002)" 200
  await_held register 12
  register_of 11 20 >"$node/drop/.register.csv"
  mv "$node/drop/.register.csv" "$node/drop/register.csv"
  await_held register 22
  expect "marks" "$(find "$node/state" -name not-durable)" ""
  stop_daemon
}

case_a_file_in_the_drop_folder_waits_while_the_disk_is_full() {
  make_node dropped
  trap kill_daemon EXIT
  start_daemon "${on_failing_disk[@]}" "SLUICE_FAIL_SPACE=$node/full"
  expect "before" "$(post_one 1001)" 200
  await_held register 1
  touch "$node/full"
  register_of 1 5000 >"$node/drop/.register.csv"
  mv "$node/drop/.register.csv" "$node/drop/register.csv"
  is_waiting() { pgrep -P "$daemon" -f "import park" >/dev/null; }
  until_true 60 is_waiting || fail "no import has begun"
  expect "a call meanwhile" "$(post_one 2001)" 503
  rm "$node/full"
  await_held register 5001
  until_true 60 test -e "$node/drop/done/register.csv" || fail "the file is not in done: $(ls -R "$node/drop")"
  expect "rows that came twice" "$(sqlite3 "$node/state/central.sqlite" 'SELECT sum(unchanged) FROM ledger')" 0
  stop_daemon
}

case_an_import_that_takes_too_long_is_ended_with_its_reader_and_nothing_is_lost() {
  make_node cut-off
  sed -i "s|drop_folder: |time_limit: 1s, drop_folder: |" "$node/config/bureaus/park.yaml"
  trap kill_daemon EXIT
  start_daemon "${on_failing_disk[@]}" "SLUICE_FAIL_SPACE=$node/full"
  expect "before" "$(post_one 1001)" 200
  await_held register 1
  touch "$node/full" # for which its rows wait, and its reader for them
  register_of 1 50000 >"$node/drop/.register.csv"
  mv "$node/drop/.register.csv" "$node/drop/register.csv"
  await_log import-cut-off
  expect_like "what the log says" "$(grep event=import-cut-off "$node/sluiced.log")" 'register.csv.*channels.disk.time_limit .1 s'
  expect "the daemon" "$(call park GET /v1/health)" 200
  sed -i 's|time_limit: 1s, ||' "$node/config/bureaus/park.yaml"
  kill_daemon
  no_reader_is_left() { ! pgrep -f "$node/config read-file" >/dev/null; }
  until_true 60 no_reader_is_left || fail "a reader is left: $(pgrep -af read-file)"
  rm "$node/full"
  start_daemon
  await_held register 50001
  until_true 60 test -e "$node/drop/done/register.csv" || fail "the file is not in done: $(ls -R "$node/drop")"
  expect "rows that came twice" "$(sqlite3 "$node/state/central.sqlite" 'SELECT sum(unchanged) FROM ledger')" 0
  stop_daemon
}

case_a_scheduled_collection_waits_while_the_disk_is_full() {
  [[ -e $driver ]] || { echo "        skipped: there is no $driver"; return 0; }
  both_nodes collected ", schedule: {run: '@every 1s'}"
  await_payments() { until_true 60 payments_are "$1" || fail "the center holds $(at center held payment | wc -l), expected $1"; }
  payments_are() { [[ $(at center held payment | wc -l) -eq $1 ]]; }
  await_payments 999
  at edge stop_daemon
  at edge start_daemon "LD_PRELOAD=$failing_disk" SLUICE_FAIL_PATH=/edge/state/journals/ "SLUICE_FAIL_SPACE=$workshop/full"
  touch "$workshop/full"
  sql "WITH RECURSIVE n(i) AS (VALUES (2001) UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
       INSERT INTO payment SELECT 'P', i, i, i FROM n"
  is_collecting() { at edge sluice jobs --json | jq -e '.[0] | .state == "running" or .state == "held back"' >/dev/null; }
  until_true 60 is_collecting || fail "no collection has begun: $(at edge sluice jobs)"
  rm "$workshop/full"
  await_payments 1499
  expect "rows that came twice" "$(sqlite3 "$workshop/center/state/central.sqlite" 'SELECT sum(unchanged) FROM ledger')" 0
}

# Where one person keys licences that nobody checks.
make_desk() {
  new_node "$1" '{kind: sqlite}' "pages: {address: 127.0.0.1, port: 0, certificate: $pki/node.pem, key: $pki/node.key}"
  add_bureau industry <<'END'
channels: {manual-entry: {}}
publishes:
  - {dataset: licence, channels: [manual-entry]}
END
  add_schema licence <<'END'
{"sluice:dataset": {"owner": "industry", "title": "Licences"},
 "fields": [{"name": "code", "type": "string", "constraints": {"required": true}},
            {"name": "name", "type": "string"}],
 "primaryKey": "code"}
END
  start_daemon "LD_PRELOAD=$failing_disk" "SLUICE_FAIL_PATH=$2" "SLUICE_FAIL_SPACE=$node/full"
  open_browser clerk
  come_in clerk "$(sluice user add clerk --role clerk --bureau industry 2>/dev/null)"
}
# take_task: a new one; sets `number`.
take_task() {
  sluice task add industry licence >/dev/null
  visit /entry
  send /entry/next work=key bureau=industry
  expect "taking a task" "$code" 303
  follow
  expect "the desk" "$code" 200
  number=${place#/entry/}
}
save() { # CODE NAME
  local version
  version=$(sed -n 's/.*name="version" value="\([^"]*\)".*/\1/p' <<<"$page" | head -n 1)
  send "/entry/$number/save" "version=$version" "field.code=$1" "field.name=$2"
}

case_a_clerks_save_on_a_full_disk_is_refused_with_what_was_typed_and_taken_once_there_is_room() {
  trap kill_daemon EXIT
  make_desk keyed /state/
  take_task
  touch "$node/full"
  save A1 'typed once'
  expect "a save on a full disk" "$code" 503
  expect_like "what it says" "$(text_of_page)" '磁盘已满'
  expect_like "what was typed" "$page" 'typed once'
  rm "$node/full"
  save A1 'typed once'
  expect "the same with room again" "$code" 303
  await_held licence 1
  expect "the record" "$(held licence | cut -f 1,2)" $'A1\ttyped once'
  stop_daemon
}

case_what_a_clerk_saved_while_the_journals_disk_was_full_is_journaled_once_there_is_room() {
  trap kill_daemon EXIT
  make_desk noted /state/journals/
  take_task
  touch "$node/full"
  save A1 'typed once'
  expect "a save, which the tasks' database keeps" "$code" 303
  await_log record-not-journaled
  expect "its state" "$(sqlite3 -readonly "$node/state/tasks.sqlite" 'SELECT state FROM task')" ready
  rm "$node/full"
  await_held licence 1
  is_done() { [[ $(sqlite3 -readonly "$node/state/tasks.sqlite" 'SELECT state FROM task') = done ]]; }
  until_true 60 is_done || fail "the task is not done: $(sluice task list)"
  expect "rows that came" "$(sqlite3 "$node/state/central.sqlite" 'SELECT sum(inserted), sum(unchanged) FROM ledger')" '1|0'
  expect "marks" "$(find "$node/state" -name not-durable)" ""
  sluice audit verify >/dev/null
  stop_daemon
}

# On a disk of its own, of 64 MiB. 77 where none may be mounted.
case_below_its_reserve_a_node_takes_nothing_in_and_goes_on_by_itself_above_it() {
  make_node reserve
  mkdir "$node/state"
  mount -t tmpfs -o size=64m tmpfs "$node/state" 2>"$node/err" || {
    echo "        skipped: nothing can be mounted here"
    return 0
  }
  trap 'kill_daemon; umount "$node/state"' EXIT
  sed -i "s|control_socket:|reserve: 16MiB, control_socket:|" "$node/config/node.yaml"
  start_daemon
  expect "with room" "$(post_one 1001)" 200
  await_held register 1
  fill() { head -c "$(($(stat -f --format='%a * %S' "$node/state") - ($1 << 20)))" /dev/zero >"$node/state/other" 2>"$node/err" || true; }
  fill 15
  expect "below the reserve" "$(post_one 2001)" 503
  expect "its type" "$(jq -r .type "$node/answer")" urn:sluice:problem:no-room
  expect "the health" "$(health)" 503
  expect_like "what it says" "$(jq -r .reason "$node/answer")" 'free space'
  await_log disk-short
  expect "the metric" "$(metric sluice_disk_short)" 1
  expect "the status" "$(sluice status --json | jq -r .disk.state)" short
  expect_like "for people" "$(sluice status)" 'NOTHING IS TAKEN IN'
  register_of 1 5000 >"$node/drop/register.csv"
  await_log drop-folder-held-back
  rm "$node/state/other"
  until_true 60 health_is 200 || fail "it does not go on: $(cat "$node/answer")"
  expect "with room again" "$(post_one 1002)" 200
  await_log disk-has-room
  await_log drop-folder-goes-on
  await_held register 5002
  # Now all of it goes, at once and under the daemon's hands.
  fill 0
  local number
  for number in {3001..3010}; do expect "on a full disk" "$(post_one "$number")" 503; done
  rm "$node/state/other"
  until_true 60 health_is 200 || fail "it does not go on: $(cat "$node/answer")"
  expect "with room once more" "$(post_one 1003)" 200
  await_held register 5003
  expect "what is held" "$(held register | grep -c '^[23]00')" 0
  expect "rows that came twice" "$(sqlite3 "$node/state/central.sqlite" 'SELECT sum(unchanged) FROM ledger')" 0
  sluice audit verify >/dev/null
  stop_daemon
}

open_workshop disk park levy
trap 'close_workshop $?' EXIT
run_cases
