#!/usr/bin/env bash
# A vendor's driver that hangs, crashes or eats memory costs the run that it did it in: not the node,
# not another bureau, and not the next run.
#   tests/scenario/driver_faults.sh [--bin DIR] [--only PART-OF-A-CASE'S-NAME]
# shellcheck disable=SC2119,SC2154  # cases.sh sets the rest
set -euo pipefail
# shellcheck source=tests/support/shell/cases.sh
source "$(dirname "$0")/../support/shell/cases.sh" "$@"

driver=$(cd "$bin/../tests/faulty_driver" && pwd)/libfaulty_driver.so

# add_tax BUREAU DATASET FAULT [MORE-OF-THE-SCHEDULE]: one that is collected from by that driver.
add_tax() {
  add_bureau "$1" <<END
channels:
  front-end:
    connection: Driver=$driver;Fault=$3;Rows=5
    schedule: {run: "@every 1s", retry: {first: 1s, longest: 1s}${4:-}}
publishes:
  - dataset: $2
    channels: [front-end]
    front-end: {table: payment, capture: {kind: snapshot}}
    mapping: {ignore: [paid, note]}
END
  add_schema "$2" <<END
{"sluice:dataset": {"owner": "$1", "title": "Payments"},
 "fields": [{"name": "id", "type": "integer", "constraints": {"required": true}},
            {"name": "name", "type": "string"}, {"name": "amount", "type": "number"}],
 "primaryKey": "id"}
END
}

# The runs read the configuration themselves: a driver that is mended is used by the next one.
set_driver() { sed -i "s/Fault=.*/$1/" "$node/config/bureaus/local.yaml"; }

job_of() { sluice jobs --json | jq -r ".[] | select(.bureau == \"$1\") | .$2 // empty"; }
outcome_is() { [[ $(job_of "$1" last_outcome) = "$2" ]]; }
await_outcome() { until_true 60 outcome_is "$@" || fail "$1's last run is $(job_of "$1" last_outcome), expected $2"; }
rows_of() { held "$1" | wc -l; }
holds() { [[ $(rows_of "$1") -eq $2 ]]; }
await_rows() { until_true 60 holds "$@" || fail "the store holds $(rows_of "$1") of $1, expected $2"; }

# local has the fault; national, on the same node, has none.
begin_with() { # CASE FAULT [MORE-OF-THE-SCHEDULE]
  new_node "$1" '{kind: sqlite}'
  trap kill_daemon EXIT
  add_tax local payment "$2" "${3:-}"
  add_tax national levy none
  start_daemon
}

# The run is told as it ended, the other bureau's rows arrive all the same, and the next run is fine.
expect_one_run_lost() { # OUTCOME SENTENCE
  await_outcome local "$1"
  expect_like "why" "$(job_of local last_sentence)" "$2"
  until_true 60 grep -q "event=run-failed bureau=local task=collect outcome=$1" "$node/sluiced.log" ||
    fail "the log does not say that the run was $1"
  await_rows levy 5
  await_outcome national succeeded
  expect "what the failed run left" "$(rows_of payment)" 0
  set_driver Rows=5
  await_outcome local succeeded
  await_rows payment 5
  stop_daemon
}

case_a_driver_that_hangs_is_ended_at_the_time_limit() {
  begin_with hangs hang-in-fetch ', time_limit: 2s'
  expect_one_run_lost timed-out 'it took longer than time_limit \(2 s\) and was ended'
}

case_a_driver_that_hangs_while_it_connects_is_ended_too() {
  begin_with hangs_early hang-in-connect ', time_limit: 2s'
  expect_one_run_lost timed-out 'it took longer than time_limit \(2 s\) and was ended'
}

case_a_driver_that_crashes_is_told_by_its_signal() {
  begin_with crashes segfault-in-fetch
  expect_one_run_lost killed 'it was ended by signal 11'
}

case_a_driver_that_eats_memory_is_ended_at_the_limit() {
  begin_with eats memory-in-execute ', memory_limit: 256MiB, time_limit: 60s'
  expect_one_run_lost killed 'it was ended by signal (6|9|11)'
}

# The driver manager takes in all that a driver says: it has no end of its own.
case_a_driver_that_never_ends_its_complaints_is_ended() {
  begin_with complains endless-diagnostics ', memory_limit: 256MiB, time_limit: 5s'
  until_true 60 grep -q 'event=run-failed bureau=local' "$node/sluiced.log" || fail "the run does not end"
  expect_like "how it ended" "$(job_of local last_outcome)" '^(killed|timed-out)$'
  set_driver Rows=5
  await_outcome local succeeded
  await_rows payment 5
}

case_a_driver_that_contradicts_itself_is_told_by_what_it_did() {
  begin_with lies negative-length
  expect_one_run_lost failed \
    'payment: exchange database: the driver gives -12345 bytes as a value of column name; .*another version of the driver'
}

case_a_driver_or_source_that_is_not_there_is_told_with_what_to_do() {
  begin_with access none
  await_rows levy 5
  local connection sentence
  while IFS='|' read -r connection sentence; do
    sed -i "s#connection: .*#connection: $connection#" "$node/config/bureaus/local.yaml"
    try sluice collect local
    expect "status with $connection" "$status" 1
    expect_like "what it says of $connection" "$err" "$sentence"
  done <<'END'
DSN=no_such_source|payment: DSN no_such_source: .*Data source name not found.*; name a DSN of /etc/odbc.ini
Driver=/opt/vendor/no_such.so;Server=tax|payment: tax: .*Can't open lib '/opt/vendor/no_such.so'.*; install the driver's package, or correct its name
END
  expect "what the others hold meanwhile" "$(rows_of levy)" 5
}

case_a_crash_between_two_good_runs_loses_nothing_and_sends_nothing_twice() {
  begin_with between none
  await_rows payment 5
  set_driver 'Fault=segfault-in-fetch;Rows=9'
  await_outcome local killed
  set_driver Rows=9
  await_rows payment 9
  # The next run begins where this one ended, and finds nothing.
  await_outcome local succeeded
  until_true 60 are_told 9 || fail "rows that came as new, changed or the same: $(rows_told), expected 9"
}
rows_told() {
  sed -n 's/.*event=batch-applied bureau=local .*inserted=\([0-9]*\) updated=\([0-9]*\) unchanged=\([0-9]*\).*/\1 \2 \3/p' \
    "$node/sluiced.log" | awk '{ rows += $1 + $2 + $3 } END { print rows + 0 }'
}
are_told() { [[ $(rows_told) -eq $1 ]]; }

open_workshop driver_faults local national
trap 'close_workshop $?' EXIT
run_cases
