#!/usr/bin/env bash
# What a file gets that is not as it should be, and files as they should be: on the real programs.
#   tests/scenario/files.sh [--bin DIR] [--only PART-OF-A-CASE'S-NAME]
# shellcheck disable=SC2119,SC2154  # start_daemon takes arguments only where it gets some; cases.sh sets the rest
set -euo pipefail
# shellcheck source=tests/support/shell/cases.sh
source "$(dirname "$0")/../support/shell/cases.sh" "$@"

make_node() { # NAME [MORE-YAML-OF-NODE] [MORE-YAML-OF-REGISTER]
  new_node "$1" '{kind: sqlite}' "${2:-}"
  mkdir -p "$node/drop"
  add_bureau park <<END
channels: {direct: {}, disk: {drop_folder: $node/drop}}
publishes:
  - {dataset: register, channels: [disk], max_row_bytes: 64KiB${3:-}}
  - {dataset: register-gb, channels: [disk], encoding: gb18030}
END
  local dataset
  for dataset in register register-gb; do
    add_schema "$dataset" <<'END'
{"sluice:dataset": {"owner": "park", "title": "Register"},
 "fields": [{"name": "number", "type": "string", "constraints": {"required": true}},
            {"name": "name", "type": "string"}, {"name": "capital", "type": "integer"}],
 "primaryKey": "number", "fieldsMatch": "equal"}
END
  done
}

# A node that runs for this case alone.
running_node() {
  make_node "$@"
  trap kill_daemon EXIT
  start_daemon
}

file() { # NAME: from standard input
  cat >"$node/$1"
}

import() { # FILE [OPTION…]: as JSON
  local file=$1
  shift
  try sluice import park "$node/$file" --dataset register --json "$@"
}

numbers() { held register | cut -f 1 | paste -sd ' '; }
# The quarantine's entries, as PLACE/RULE, and the original bytes of one.
quarantined() { sluice quarantine export park | jq -r '"\(.place)/\(.rule)"' | paste -sd ' '; }
original() { sluice quarantine show park "$1" --json | jq -j .original; }
original_hex() { sluice quarantine show park "$1" --json | jq -r .original_hex; }

expect_taken() { # STATUS NUMBERS-HELD QUARANTINED
  expect "exit status ($err)" "$status" "$1"
  expect "records held" "$(numbers)" "$2"
  expect "quarantine" "$(quarantined)" "$3"
}

# Nothing taken, and a sentence with place and reason.
expect_refused() { # SENTENCE
  expect "exit status" "$status" 4
  expect_like "its sentence" "$err" "$1"
  expect "records held" "$(numbers)" ""
  expect "quarantine" "$(quarantined)" ""
}

case_ragged_rows_are_quarantined_and_the_rows_around_them_taken() {
  running_node ragged
  printf 'number,name,capital\nA1,a,1\nA2,short\nA3,c,3\nA4,d,4,long\nA5,e,5\n' | file register.csv
  import register.csv
  expect_taken 3 'A1 A3 A5' '3/ragged 5/ragged'
  expect "the first one's bytes" "$(original 1)" 'A2,short'
  expect "the second one's bytes" "$(original 2)" 'A4,d,4,long'
}

case_an_unterminated_quote_costs_only_its_own_line() {
  running_node quote
  printf 'number,name,capital\nA1,a,1\nA2,"open,2\nA3,c,3\nA4,d,4\n' | file register.csv
  import register.csv
  expect_taken 3 'A1 A3 A4' '3/unterminated-quote'
  expect "its bytes" "$(original 1)" 'A2,"open,2'
}

case_nul_bytes_cost_only_their_own_row() {
  running_node nul
  printf 'number,name,capital\nA1,a,1\nA2,b\0b,2\nA3,c,3\n' | file register.csv
  import register.csv
  expect_taken 3 'A1 A3' '3/nul'
  sluice quarantine show park 1 --json | jq -j '.original // .original_hex' >"$node/original"
  printf 'A2,b\0b,2' | cmp - "$node/original" || fail "its bytes were not kept"
}

case_bytes_that_are_no_text_cost_only_their_own_row() {
  running_node bytes
  printf 'number,name,capital\nA1,a,1\nA2,\xff\xfe,2\nA3,c,3\n' | file register.csv
  import register.csv
  expect_taken 3 'A1 A3' '3/encoding'
  expect "its bytes" "$(original_hex 1)" 41322cfffe2c32
}

case_a_file_in_another_encoding_than_declared_is_refused_and_nothing_taken() {
  running_node declared
  printf 'number,name,capital\nA1,北京,1\nA2,海淀,2\nA3,中关村,3\nA4,国税局,4\n' >"$node/utf8.csv"
  iconv -f utf-8 -t gb18030 "$node/utf8.csv" >"$node/register.csv"
  import register.csv
  expect_refused 'declared as UTF-8.*GB18030'
  try sluice import park "$node/utf8.csv" --dataset register-gb --json
  expect_refused 'declared as GB18030.*UTF-8'
  printf '\xff\xfen\0u\0' | file utf16.csv
  import utf16.csv
  expect_refused 'UTF-16'
}

case_a_gb18030_file_arrives_as_the_same_text() {
  running_node gb
  printf 'number,name,capital\nA1,北京海淀,1\nA2,㐀𠀀龥,2\n' | iconv -f utf-8 -t gb18030 | file register-gb.csv
  try sluice import park "$node/register-gb.csv" --json
  expect "exit status ($err)" "$status" 0
  expect "records held" "$(held register-gb)" $'A1\t北京海淀\t1\nA2\t㐀𠀀龥\t2'
}

case_a_header_that_does_not_match_is_refused_with_the_columns_named() {
  running_node header
  printf 'number,nmae,capital\nA1,a,1\n' | file register.csv
  import register.csv
  expect_refused 'register.csv:1.*name'
  : | file empty.csv
  import empty.csv
  expect_refused 'empty.csv.*no row'
}

case_of_two_rows_with_one_key_in_a_file_one_is_quarantined() {
  running_node duplicate
  printf 'number,name,capital\nA1,a,1\nA2,b,2\nA1,other,9\nA3,c,3\n' | file register.csv
  import register.csv
  expect_taken 3 'A1 A2 A3' '4/duplicate-key'
  expect "its bytes" "$(original 1)" 'A1,other,9'
  expect "the record" "$(held register | head -n 1)" $'A1\ta\t1'
}

case_exact_copies_of_rows_in_a_file_are_unchanged() {
  running_node copies '' ', reject_limit: {rows: 0}'
  printf 'number,name,capital\nA1,a,1\nA2,b,2\nA1,a,1\nA3,c,3\nA1,a,01\n' | file register.csv
  import register.csv
  expect_taken 0 'A1 A2 A3' ''
  expect "rows" "$(jq -c '[.collected, .accepted, .copies, .unchanged, .quarantined]' <<<"$out")" '[5,3,2,2,0]'
}

case_the_null_of_mysql_is_no_value() {
  # shellcheck disable=SC1003  # a backslash, for YAML
  running_node mysql '' ', csv: {escape: "\\", null_sequence: "\\N"}'
  printf 'number,name,capital\nA1,\\N,\\N\nA2,\\\\N,2\nA3,N,3\n' | file register.csv
  import register.csv
  expect "exit status ($err)" "$status" 0
  expect "records held" "$(held register | paste -sd '|')" $'A1\t\\N\t\\N|A2\t\\\\N\t2|A3\tN\t3'
}

case_a_row_over_the_limit_is_quarantined_with_its_first_bytes() {
  running_node large
  {
    printf 'number,name,capital\nA1,a,1\nA2,'
    head -c 100000 /dev/zero | tr '\0' x
    printf ',2\nA3,c,3\n'
  } | file register.csv
  import register.csv
  expect_taken 3 'A1 A3' '3/too-large'
  expect "bytes kept" "$(original 1 | wc -c)" 4096
}

case_a_line_of_two_gigabytes_is_read_in_bounded_memory() {
  running_node line
  printf 'number,name,capital\nA1,a,1\nA2,' | file register.csv
  truncate -s 2G "$node/register.csv"
  printf ',2\nA3,c,3\n' >>"$node/register.csv"
  # shellcheck disable=SC2016  # for the inner shell
  # All its address space, not only what it uses. (A sanitizer takes terabytes of it.)
  try bash -c 'ulimit -v "$0"; exec "$@"' "${SLUICE_ADDRESS_SPACE:-700000}" \
    "$bin/sluice" --config "$node/config" import park "$node/register.csv" --json
  expect "exit status ($err)" "$status" 3
  expect "records held" "$(numbers)" 'A1 A3'
  expect_like "quarantine" "$(quarantined)" '^3/(too-large|nul)$'
}

case_a_file_that_changes_while_it_is_read_is_not_taken_as_loaded() {
  # The import waits for room until the daemon runs: so the change falls in the middle of it.
  # It is larger than what may be under way between who reads it and who waits.
  make_node changing $'journal: {backlog_bytes: 1KiB}\nbatch: {rows: 100, bytes: 64KiB}'
  seq 10000 19999 | awk 'BEGIN { print "number,name,capital" } { printf "N%d,%0300d,%d\n", $1, 0, $1 }' | file register.csv
  sluice import park "$node/register.csv" --dataset register --no-wait >"$node/out" 2>"$node/err" &
  local import=$!
  until_true 60 grep -qs "waiting for room" "$node/err" || fail "the import did not wait for room"
  echo 'N99999,late,1' >>"$node/register.csv"
  trap kill_daemon EXIT
  start_daemon
  local ended=0
  wait "$import" || ended=$?
  expect "exit status" "$ended" 4
  expect_like "its sentence" "$(cat "$node/err")" 'changed or replaced while it was read'
  import register.csv
  expect "the import of the file as it is now ($err)" "$status" 0
  expect "records held" "$(held register | wc -l)" 10001
}

case_what_is_no_regular_file_is_not_read() {
  running_node irregular
  mkfifo "$node/pipe.csv"
  import pipe.csv
  expect "a pipe" "$status" 1
  expect_like "its sentence" "$err" 'pipe.csv.*pipe.*regular file'
  ln -s /etc/passwd "$node/link.csv"
  import link.csv
  expect "a link" "$status" 1
  expect_like "its sentence" "$err" 'symbolic link'
  import missing.csv
  expect "nothing there" "$status" 1
  expect_like "its sentence" "$err" 'missing.csv.*No such file'
}

case_a_mostly_bad_file_is_refused_by_the_reject_limit() {
  running_node limit '' ', reject_limit: {rows: 2}'
  printf 'number,name,capital\nA1,a,1\nA2,b,many\nA3,c,few\nA4,d,some\nA5,e,5\n' | file register.csv
  import register.csv
  expect "exit status" "$status" 4
  expect_like "its sentence" "$err" 'reject'
  expect "records held" "$(numbers)" ''
}

# One row in the last ten of a file, or in a file of three, is no share of anything.
case_the_share_of_the_reject_limit_is_of_the_whole_file() {
  running_node share $'batch: {rows: 1000}' ', reject_limit: {share: 5%}'
  {
    echo number,name,capital
    seq --format 'B%g,b,1' 2009
    echo B2010,b,many
  } | file register.csv
  import register.csv
  expect "exit status of a good file with a bad row at its end ($err)" "$status" 3
  printf 'number,name,capital\nA1,a,many\nA2,b,2\n' | file register.csv
  import register.csv
  expect "exit status of a short file ($err)" "$status" 3
  {
    echo number,name,capital
    seq --format 'C%g,b,many' 60
    seq --format 'D%g,b,1' 940
  } | file register.csv
  import register.csv
  expect "exit status of a bad file" "$status" 4
  expect_like "its sentence" "$err" '60 of at most 100[0-9] rows of this delivery failed'
}

case_the_reject_limit_counts_over_its_window_whatever_the_files() {
  running_node window '' ', reject_limit: {rows: 2, window: 1h}'
  printf 'number,name,capital\nA1,a,many\nA2,b,2\nA3,c,few\n' | file register.csv
  import register.csv
  expect "exit status of the first file ($err)" "$status" 3
  printf 'number,name,capital\nA4,d,4\n' | file register.csv
  import register.csv
  expect "exit status of a good file ($err)" "$status" 0
  printf 'number,name,capital\nA5,e,some\nA6,f,6\n' | file register.csv
  import register.csv
  expect "exit status of the third file" "$status" 4
  expect_like "its sentence" "$err" '3 of 5 rows of the last 60 minutes failed'
  expect "records held" "$(numbers)" 'A2 A4'
}

case_the_same_file_twice_is_recognised_under_another_name() {
  running_node twice
  printf 'number,name,capital\nA1,a,1\nA2,b,2\n' | file register.csv
  import register.csv
  expect "exit status ($err)" "$status" 0
  cp "$node/register.csv" "$node/renamed.csv"
  import renamed.csv
  expect "exit status ($err)" "$status" 0
  expect "loaded before" "$(jq .loaded_before <<<"$out")" true
  expect "batches" "$(sqlite3 "$node/state/central.sqlite" 'SELECT count(*) FROM ledger')" 1
}

case_a_dry_run_finds_what_is_bad_and_takes_nothing() {
  running_node dry
  printf 'number,name,capital\nA1,a,1\nA2,b,many\n' | file register.csv
  import register.csv --dry-run
  expect "rows found bad" "$(jq .quarantined <<<"$out")" 1
  expect_taken 3 '' ''
  import register.csv
  expect_like "the import after it" "$(jq -c '[.loaded_before, .resumed_after, .accepted]' <<<"$out")" '^.false,0,1.$'
}

# limit_disk MEMBERS: of the channel; before the node starts.
limit_disk() { sed -i "s|disk: {drop_folder|disk: {$1, drop_folder|" "$node/config/bureaus/park.yaml"; }
# drop NAME: from standard input
drop() {
  cat >"$node/drop/.$1"
  mv "$node/drop/.$1" "$node/drop/$1"
}
until_there() { until_true 120 test -e "$node/drop/$1" || fail "$1 is not there: $(ls -R "$node/drop") $(tail -n 3 "$node/sluiced.log")"; }
expect_it_goes_on() {
  printf 'number,name,capital\nB1,b,1\n' | drop register-small.csv
  until_there done/register-small.csv
  await_held register 1
  expect "what is held" "$(numbers)" B1
  expect "quarantine" "$(quarantined)" ''
  sluice audit verify >/dev/null
}

case_a_file_that_takes_too_much_memory_ends_in_failed_and_the_next_one_in_done() {
  [[ -z ${SLUICE_ADDRESS_SPACE:-} ]] || { echo "        skipped: a sanitizer needs the memory"; return 0; }
  make_node memory
  limit_disk 'memory_limit: 48MiB'
  sed -i 's|max_row_bytes: 64KiB|max_row_bytes: 64MiB|' "$node/config/bureaus/park.yaml"
  trap kill_daemon EXIT
  start_daemon
  { printf 'number,name,capital\nA1,' && head -c 60000000 /dev/zero | tr '\0' x && printf ',1\n'; } | drop register-large.csv
  until_there failed/register-large.csv
  expect_like "what the log says" "$(grep event=dropped-file-imported "$node/sluiced.log")" \
    'register-large.csv.*more memory than an import may have .`channels.disk.memory_limit`'
  expect_it_goes_on
}

case_a_file_that_takes_too_much_processor_time_ends_in_failed_and_the_next_one_in_done() {
  make_node processor
  limit_disk 'cpu_limit: 1s'
  trap kill_daemon EXIT
  start_daemon
  # Copies, which its reader alone has work with.
  awk 'BEGIN { print "number,name,capital"; for (i = 0; i < 5000000; ++i) print "A1,the same,1" }' | drop register-large.csv
  until_there failed/register-large.csv
  expect_like "what the log says" "$(grep event=dropped-file-imported "$node/sluiced.log")" \
    'register-large.csv.*processor time that an import may have .`channels.disk.cpu_limit`'
  expect_it_goes_on
}

case_a_file_that_takes_too_much_processor_time_to_seal_ends_in_failed_and_goes_on_when_it_is_brought_again() {
  make_node sealing
  limit_disk 'cpu_limit: 1s'
  trap kill_daemon EXIT
  start_daemon
  # Of rows that are refused for their form its reader has little work, and who seals them most.
  awk 'BEGIN { print "number,name,capital"; for (i = 0; i < 600000; ++i) print "x" }' >"$node/bad.csv"
  drop register-bad.csv <"$node/bad.csv"
  until_there failed/register-bad.csv
  expect "how often it was cut off" \
    "$(grep -c 'event=import-cut-off .*register-bad.csv .*channels.disk.cpu_limit (1 s)' "$node/sluiced.log")" 1
  refused() { sqlite3 -readonly "$node/state/journals/park.journal" 'SELECT count(*) FROM quarantine'; }
  [[ $(refused) -lt 600000 ]] || fail "all of it was taken within the limit"
  stop_daemon
  sed -i 's|cpu_limit: 1s|cpu_limit: 1h|' "$node/config/bureaus/park.yaml"
  start_daemon
  drop register-bad.csv <"$node/bad.csv"
  until_there done/register-bad.csv
  expect "rows in the quarantine, each once" "$(refused)" 600000
  stop_daemon
}

case_dropped_files_end_in_done_or_failed() {
  running_node drop
  printf 'number,name,capital\nA1,a,1\nA2,b,many\n' >"$node/drop/register-1.csv.part"
  mv "$node/drop/register-1.csv.part" "$node/drop/register-1.csv"
  printf 'number\nA3\n' >"$node/drop/register-2.csv.part"
  mv "$node/drop/register-2.csv.part" "$node/drop/register-2.csv"
  echo something >"$node/drop/unknown.part"
  mv "$node/drop/unknown.part" "$node/drop/unknown.csv"
  until_true 60 test -e "$node/drop/done/register-1.csv" || fail "register-1.csv is not in done/"
  until_true 60 test -e "$node/drop/failed/register-2.csv" || fail "register-2.csv is not in failed/"
  until_true 60 test -e "$node/drop/failed/unknown.csv" || fail "unknown.csv is not in failed/"
  await_held register 1
  expect "records held" "$(numbers)" A1
  expect "quarantine" "$(quarantined | wc -w)" 1
}

case_a_quarantined_row_is_taken_when_it_was_corrected() {
  running_node replay
  printf 'number,name,capital\nA1,a,1\nA2,b,many\n' | file register.csv
  import register.csv
  expect "quarantine" "$(sluice quarantine list park --json | jq -r '"\(.place)/\(.field)"')" 3/capital
  try sluice quarantine replay park 1
  expect "as it was" "$status" 3
  echo 'A2,b,2' | file corrected
  try sluice quarantine replay park 1 --with "$node/corrected"
  expect "corrected ($err)" "$status" 0
  await_held register 2
  expect "records held" "$(held register | tail -n 1)" $'A2\tb\t2'
  expect "quarantine" "$(quarantined)" ''
  try sluice quarantine replay park 1 --with "$node/corrected"
  expect "a second time" "$status" 1
  audited '.event == "quarantine-replayed" and (.actor | length > 0)' || fail "the replay is not in the audit log"
  expect_like "who did it" "$(sluice quarantine show park 1 --json | jq -r '"\(.state) \(.settled_by)"')" '^replayed .+$'
}

case_a_quarantined_row_is_discarded_and_stays() {
  running_node discard
  printf 'number,name,capital\nA1,a,1\nA2,b,many\nA3,c\nA4,d,more\n' | file register.csv
  import register.csv
  expect "counts" "$(sluice quarantine counts park --json | jq -r '"\(.dataset)/\(.rule)/\(.waiting)"' | paste -sd ' ')" \
    'register/ragged/1 register/type/2'
  try sluice quarantine discard park 1 --reason ' '
  expect "without a reason" "$status" 2
  try sluice quarantine discard park 1 3 --reason 'the park closed A2'
  expect "status ($err)" "$status" 0
  try sluice quarantine discard park 1 --reason 'again'
  expect "a second time" "$status" 1
  try sluice quarantine replay park 1
  expect_like "a replay of it" "$err" 'discarded before'
  ids() { sluice quarantine list park --json "$@" | jq .id | paste -sd ' '; }
  expect "what waits" "$(ids)" 2
  expect "what was discarded" "$(ids --state discarded)" '1 3'
  expect "all" "$(ids --all)" '1 2 3'
  expect "a piece of it" "$(ids --state all --after 1 --limit 1)" 2
  expect "of one rule" "$(ids --all --rule type --dataset register)" '1 3'
  expect "its bytes" "$(original 1)" 'A2,b,many'
  expect "why" "$(sluice quarantine show park 1 --json | jq -r .note)" 'the park closed A2'
  try sluice quarantine show park 1
  expect_like "for people" "$out" 'note +the park closed A2'
  audited '.event == "quarantine-discarded" and .entry == "3" and .bureau == "park"' || fail "it is not in the audit log"
  if sluice audit log | grep -q 'the park closed'; then fail "the reason is in the audit log"; fi
  expect "exported" "$(quarantined)" '4/ragged'
}

open_workshop files park
trap 'close_workshop $?' EXIT
run_cases
