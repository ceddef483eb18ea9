#!/usr/bin/env bash
# Nodes that earlier versions left (tests/fixtures): the present programs read all that is in their files,
# send what waited, and speak with edges and centers that are not upgraded yet. And the other way round:
# the files of a later version are refused with a sentence, and nothing of them is changed.
#   tests/scenario/earlier_versions.sh [--bin DIR] [--only PART-OF-A-CASE'S-NAME]
# shellcheck disable=SC2119,SC2120,SC2154  # cases.sh sets the rest
set -euo pipefail
# shellcheck source=tests/support/shell/cases.sh
source "$(dirname "$0")/../support/shell/cases.sh" "$@"
# shellcheck source=tests/support/shell/held_port.sh
source "$support/held_port.sh"
# shellcheck source=tests/support/shell/cluster.sh
source "$support/cluster.sh"
# shellcheck source=tests/support/shell/earlier_version.sh
source "$support/earlier_version.sh"

fixtures=$project/tests/fixtures
mapfile -t versions < <(cd "$fixtures" && printf '%s\n' [0-9]*)

# begin CASE VERSION: a folder of the case's, with the certificates of then.
begin() {
  workshop=$workshop/$1-$2
  fixture=$fixtures/$2
  mkdir "$workshop"
  chmod 711 "$workshop"
  tar --extract --zstd --file "$fixture/pki.tar.zst" --directory "$workshop"
  pki=$workshop/pki
  their_center=
  trap 'kill_all; halt_cluster INT; [[ -z $their_center ]] || kill "$their_center" 2>/dev/null || true' EXIT
}
both_nodes() {
  hold_port
  center_port=$held_port
  unpack_node "$fixture" center PORT="$center_port"
  unpack_node "$fixture" edge CENTER="$center_port" PORT=0
}
of_each_version() { # FUNCTION
  local version
  for version in "${versions[@]}"; do ("$1" "$version") || return 1; done
}
expect_told() { # NODE
  turn_to "$1"
  "tell_$1" >"$workshop/$1.txt" || fail "a command fails"
  diff "$fixture/$1.txt" "$workshop/$1.txt" >"$workshop/difference" || fail "$1 is not read as it was: $(<"$workshop/difference")"
}
holds() { [[ $(held "$1" | wc -l) -eq $2 ]]; }
backlog() { at edge sluice status --json | jq '[.streams[].backlog_batches] | add'; }
nothing_waits() { [[ $(backlog) -eq 0 ]]; }

case_what_is_in_their_files_is_read_as_it_was() { of_each_version read_as_it_was; }
read_as_it_was() {
  begin read "$1"
  both_nodes
  expect_told center
  expect_told edge
  at center try sluice audit verify
  expect "the center's proof ($out$err)" "$status" 0
  expect_like "what it proves" "$out" '6 batches of 3 streams.*every one verified'
  expect_like "its migration" "$out" 'migrations of datasets: 1: every one verified'
  expect_like "its audit log" "$out" '9 lines: the chain holds; signed up to line number 9'
  at edge try sluice audit verify
  expect_like "the edge's log ($out$err)" "$out$err" 'audit log'
}

case_what_waited_is_sent_and_both_go_on() { of_each_version go_on; }
go_on() {
  begin waited "$1"
  both_nodes
  at center start_daemon
  at edge start_daemon
  at center until_true 60 holds register 30 || fail "the file that waited: $(at center held register | wc -l)"
  at center until_true 60 holds approval 2 || fail "the call that waited"
  until_true 60 nothing_waits || fail "$(backlog) wait"
  expect "a call" "$(at edge post park approval '{"number":"B3","name":"three"}')" 200
  at center until_true 60 holds approval 3 || fail "a new call"
  expect "the answer of then to a call that comes again" \
    "$(at edge post park approval '{"number":"B1","name":"one"}' --header 'Idempotency-Key: k-1')" 200
  at center try sluice audit verify --replay
  expect "the center's proof ($out$err)" "$status" 0
  at center try sluice quarantine counts park --json
  expect "what the edge has told of its quarantine" "$(jq -c '[.rule, .waiting]' <<<"$out" | paste -sd ' ')" '["required",1]'
  at edge try sluice audit verify
  expect "the edge's proof ($out$err)" "$status" 0
  at edge stop_daemon
  at center stop_daemon
}

case_a_store_in_postgresql_is_opened_and_goes_on() { of_each_version open_dump; }
restore_dump() {
  start_cluster
  sql postgres 'CREATE DATABASE center'
  zstd --quiet --decompress --stdout "$fixture/on_postgresql.sql.zst" |
    psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --dbname=center >"$workshop/restored" 2>&1 || fail "$(tail -n 3 "$workshop/restored")"
  unpack_node "$fixture" on_postgresql SOCKET="$PGHOST" PORT=0
}
open_dump() {
  begin dump "$1"
  restore_dump
  expect_told on_postgresql
  at on_postgresql start_daemon
  expect "a call" "$(at on_postgresql post industry notice '{"district":"haidian","id":"N9"}')" 200
  at on_postgresql until_true 60 holds notice 4 || fail "it is not applied"
  at on_postgresql try sluice audit verify --replay
  expect "its proof ($out$err)" "$status" 0
  at on_postgresql stop_daemon
}

recorded() { # ROLE PORT: in a shell of its own
  exec "$(command -v node)" "$project/tests/scenario/recorded.js" "$1" --pki "$pki" --wire "$workshop/wire.jsonl" --port "$2"
}
unpack_wire() { zstd --quiet --decompress "$fixture/wire.jsonl.zst" -o "$workshop/wire.jsonl"; }

case_their_edge_brings_its_batches_to_this_center() { of_each_version their_edge; }
their_edge() {
  begin edge "$1"
  both_nodes
  unpack_wire
  at center start_daemon
  (recorded edge "$center_port") >"$workshop/said" || fail "that edge does not understand this center: $(<"$workshop/said")"
  at center holds register 30 || fail "the batches are not there"
  at center stop_daemon
}

case_this_edge_brings_its_batches_to_their_center() { of_each_version their_center; }
their_center() {
  begin center "$1"
  both_nodes
  unpack_wire
  recorded center "$center_port" >"$workshop/said" &
  their_center=$!
  at edge start_daemon
  until_true 60 nothing_waits || fail "$(backlog) wait: $(cat "$workshop/said" "$workshop/edge/sluiced.log")"
  expect "a call" "$(at edge post park approval '{"number":"B3","name":"three"}')" 200
  until_true 60 grep -q away "$workshop/edge/sluiced.log" || fail "the new batch was not sent"
  at edge stop_daemon
  local ended=0
  kill "$their_center"
  wait "$their_center" || ended=$?
  their_center=
  [[ $ended -eq 0 ]] || fail "that center does not understand this edge: $(<"$workshop/said")"
}

# ---- a later version's files

# raise DATABASE: to a format that is far away; its tables are as they were.
raise() { sqlite3 "$1" 'PRAGMA user_version = 99'; }
said_of_a_later_one='(is|are) of format (99|[0-9]+), '
digest_of() { sqlite3 -readonly "$1" .dump | sha256sum; }
fresh() { # NODE: as it was when it was stopped
  rm -rf "${workshop:?}/$1"
  unpack_node "$fixture" "$1" PORT=0 CENTER=1
}
# expect_refused WHAT FILE COMMAND…: by a sentence with file and format, and it is what it was.
expect_refused() {
  local what=$1 file=$2 before
  before=$(digest_of "$file")
  try "${@:3}"
  [[ $status -ne 0 ]] || fail "$what of a later version is taken: $out"
  expect_like "what is said of $what" "$(tr '\n' ' ' <<<"$err")" "${file##*/}.*$said_of_a_later_one"
  expect "$what afterwards" "$(digest_of "$file")" "$before"
}

command_that_opens() {
  case $1 in
    audit) sluice audit log ;;
    jobs) sluice jobs history ;;
    remembered) sluice dataset read register ;;
  esac
}

case_commands_refuse_the_files_of_a_later_version_and_leave_them_as_they_are() {
  begin later "${versions[-1]}"
  fresh center
  local name
  for name in people tasks edges; do raise "$node/state/$name.sqlite"; done
  expect_refused people "$node/state/people.sqlite" sluice user list
  expect_refused tasks "$node/state/tasks.sqlite" sluice task list industry
  expect_refused reports "$node/state/edges.sqlite" sluice quarantine counts park
  sqlite3 "$node/state/central.sqlite" 'UPDATE format SET version = version + 1'
  expect_refused "the store" "$node/state/central.sqlite" sluice dataset read register
  for name in audit jobs remembered; do
    raise "$node/state/$name.sqlite"
    expect_refused "$name" "$node/state/$name.sqlite" command_that_opens "$name"
  done
  local before
  before=$(digest_of "$node/state/central.sqlite")
  expect_it_does_not_start "$said_of_a_later_one"
  expect "the store afterwards" "$(digest_of "$node/state/central.sqlite")" "$before"
}

# Each by itself: most are opened only once somebody needs what is in them.
case_the_daemon_does_not_start_on_a_file_of_a_later_version() {
  begin start "${versions[-1]}"
  local name before
  for name in remembered audit jobs people tasks edges reconciliation; do
    fresh center
    raise "$node/state/$name.sqlite"
    before=$(cd "$node/state" && sha256sum ./*.sqlite)
    try timeout 30 "$bin/sluiced" --config "$node/config"
    expect "the exit status with $name ($err)" "$status" 2
    expect_like "what is said of $name" "$err" "/$name\.sqlite: it $said_of_a_later_one.*run that version"
    expect "the state afterwards" "$(cd "$node/state" && sha256sum ./*.sqlite)" "$before"
  done
}

case_a_journal_of_a_later_version_stops_its_bureau_and_no_other() {
  begin journal "${versions[-1]}"
  fresh edge
  raise "$node/state/journals/park.journal"
  local before
  before=$(digest_of "$node/state/journals/park.journal")
  start_daemon
  expect_like "what is told" "$(grep event=journal-refused "$node/sluiced.log")" "bureau=park.*$said_of_a_later_one"
  expect "the other bureau" "$(sluice status --json | jq -r '.streams[] | select(.bureau == "levy") | .bureau')" levy
  printf 'number,name\nA99,name\n' >"$workshop/register.csv"
  expect_refused "the journal" "$node/state/journals/park.journal" \
    sluice import park "$workshop/register.csv" --dataset register --no-wait
  stop_daemon
  expect "the journal afterwards" "$(digest_of "$node/state/journals/park.journal")" "$before"
}

case_commands_refuse_tables_of_a_later_version_in_postgresql() {
  begin later-dump "${versions[-1]}"
  restore_dump
  local table before
  for table in people_format tasks_format format; do sql center "UPDATE sluice.$table SET version = version + 1"; done
  before=$(dump | sha256sum)
  try sluice user list
  expect_like "what is said of people" "$status $err" "^[12] .*people in schema sluice.*$said_of_a_later_one"
  try sluice task list industry
  expect_like "what is said of tasks" "$status $err" "^[12] .*tasks in schema sluice.*$said_of_a_later_one"
  try sluice dataset read notice
  expect_like "what is said of the store" "$status $err" "^[12] .*$said_of_a_later_one"
  expect "the database afterwards" "$(dump | sha256sum)" "$before"
}
dump() { "$pg_bin/pg_dump" center | grep -v restrict; }

# ---- what the page says

# format_in_page WHAT: the number in that row of the table.
format_in_page() { sed -n "s/^| \`$1\` | \([0-9]*\|none\) .*/\1/p" "$project/docs/upgrades.md"; }
format_of() { # DATABASE: none where it does not say
  local found
  found=$(sqlite3 -readonly "$1" 'PRAGMA user_version')
  [[ $found -ne 0 ]] || found=none
  echo "$found"
}
case_the_page_of_upgrades_names_the_formats_that_this_version_writes() {
  begin page "${versions[-1]}"
  both_nodes
  at center start_daemon
  at edge start_daemon
  at center people_are_looked_up
  at edge stop_daemon
  at center stop_daemon
  local file
  for file in remembered audit people tasks edges; do
    expect "the format of $file.sqlite" "$(format_in_page "$file.sqlite")" "$(format_of "$workshop/center/state/$file.sqlite")"
  done
  expect "that of runs" "$(format_in_page jobs.sqlite)" "$(format_of "$workshop/edge/state/jobs.sqlite")"
  expect "that of reports" "$(format_in_page reconciliation.sqlite)" "$(format_of "$workshop/edge/state/reconciliation.sqlite")"
  expect "that of journals" "$(format_in_page 'journals\/BUREAU.journal')" "$(format_of "$workshop/edge/state/journals/park.journal")"
  expect "that of the store" "$(format_in_page central.sqlite)" "$(sqlite3 -readonly "$workshop/center/state/central.sqlite" 'SELECT version FROM format')"
}
people_are_looked_up() { sluice user list >/dev/null; }

open_workshop earlier-versions park
trap 'close_workshop $?' EXIT
run_cases
