#!/usr/bin/env bash
# A crowd of clerks (录入员) at once: they key and check tasks over HTTP while the daemon is killed twice
# in the middle of it; at the end each task is done once and its record is in the central store once.
#   tests/scenario/clerks.sh [--bin DIR] [--only PART-OF-A-CASE'S-NAME] [--clerks N] [--tasks M]
# shellcheck disable=SC2119,SC2154  # start_daemon takes arguments only where it gets some; cases.sh sets the rest
set -euo pipefail
# shellcheck source=tests/support/shell/cases.sh
source "$(dirname "$0")/../support/shell/cases.sh" "$@"
# shellcheck source=tests/support/shell/cluster.sh
source "$support/cluster.sh"

clerks=20 tasks=1000
while [[ $# -ge 2 ]]; do
  case $1 in
    --clerks) clerks=$2 ;;
    --tasks) tasks=$2 ;;
  esac
  shift 2
done
[[ $clerks -ge 2 && $tasks -ge 6 ]] || die "two people key a task, and the deaths come between six at least"

begin() { # CASE STORE-YAML
  new_node "$1" "$2" "pages: {address: 127.0.0.1, port: 0, certificate: $pki/node.pem, key: $pki/node.key}"
  add_bureau industry <<'END'
channels: {manual-entry: {}}
publishes:
  - {dataset: licence, channels: [manual-entry]}
END
  add_schema licence <<'END'
{"sluice:dataset": {"owner": "industry", "title": "企业设立登记"},
 "fields": [
  {"name": "code", "title": "统一社会信用代码", "sluice:check": "uscc", "constraints": {"required": true}},
  {"name": "name", "title": "企业名称", "sluice:verify": "sight", "constraints": {"required": true, "maxLength": 40}},
  {"name": "capital", "title": "注册资本", "type": "integer", "sluice:verify": "blind"}],
 "primaryKey": "code"}
END
  start_daemon
  local number
  {
    echo "ding $(sluice user add ding --role supervisor --bureau industry 2>/dev/null)"
    for number in $(seq "$clerks"); do
      echo "clerk-$number $(sluice user add "clerk-$number" --role clerk,checker --bureau industry 2>/dev/null)"
    done
  } >"$node/people"
}

pages_port() { sluice status --json | jq -r .pages_port; }

# Where a case fails, with the crowd in the middle of it.
clean_up() {
  [[ -z ${CROWD_PID:-} ]] || kill "$CROWD_PID" 2>/dev/null || true
  kill_daemon
  halt_cluster INT
}

# Sets `summary`: what the crowd says of itself.
let_them_work() {
  local line crowd from to
  summary=
  coproc CROWD { exec node "$project/tests/scenario/clerks.js" --clerks "$clerks" --tasks "$tasks" \
    --authority "$pki/ca.pem" --port "$(pages_port)" --people "$node/people" 2>"$node/crowd.err"; }
  crowd=$CROWD_PID
  exec {from}<&"${CROWD[0]}" {to}>&"${CROWD[1]}" # bash closes its own as soon as the crowd ends
  while read -r line <&"$from"; do
    case $line in
      kill)
        kill_daemon
        start_daemon
        pages_port >&"$to"
        ;;
      *) summary=$line ;;
    esac
  done
  wait "$crowd" || fail "the crowd: $(head -c 3000 "$node/crowd.err")"
  exec {from}<&- {to}>&-
  expect "done, by the crowd's count" "$(jq -r '"\(.done) after \(.deaths) deaths"' <<<"$summary")" "$tasks after 2 deaths"
  expect "sign-ins: sessions outlive the node" "$(jq .sign_ins <<<"$summary")" "$clerks"
}

# What a crowd's tasks must have become. The credit code is the task's number and a check character.
records() { held licence | awk -F '\t' '{ print substr($1, 9, 9) + 0 "|" $2 "|" $3 }' | sort -n; }
expected_records() { seq "$tasks" | awk '{ print $1 "|企业 " $1 "|" 1000 + $1 }'; }
holds() { [[ $(held licence | wc -l) -ge $1 ]]; }

each_is_done_once() { # QUERY PREFIX: a command that asks the tables of tasks, and what their names begin with
  local query=$1 task=$2task history=$2task_history what
  expect "states" "$("$query" "SELECT state, count(*) FROM $task GROUP BY state")" "done|$tasks"
  until_true 60 holds "$tasks" || fail "$(held licence | wc -l) records are in the store"
  expect "records" "$(records)" "$(expected_records)"
  expect "rows of batches" "$(sluice batch list --json | jq -s '[.[] | .upserts + .deletes] | add')" "$tasks"
  expect "places in the journal" "$("$query" \
    "SELECT count(*) FROM (SELECT DISTINCT sequence, row_number FROM $task) AS place")" "$tasks"
  for what in keyed agreed journaled; do
    expect "tasks in whose history stands $what once" "$("$query" "SELECT count(*) FROM (SELECT task FROM $history
      WHERE what = '$what' GROUP BY task HAVING count(*) = 1) AS once")" "$tasks"
  done
  expect "own entries checked" "$("$query" "SELECT count(*) FROM $task WHERE first_by = second_by")" 0
  expect "own entries checked, by the history" "$("$query" "SELECT count(*) FROM $history AS a
    JOIN $history AS b USING (task, who) WHERE a.what = 'keyed' AND b.what = 'agreed'")" 0
  sluice audit verify >/dev/null || fail "the audit log is broken"
  jq -r '"        \(.clerks) clerks, \(.done) tasks in \(.seconds) s: \(.rate) a second, two deaths among them; everybody had come in after \(.arrival) s"' \
    <<<"$summary"
}

in_file() { sqlite3 -readonly "$node/state/tasks.sqlite" "$1"; }
in_database() { sql center "$1"; }

case_a_crowd_keys_each_record_once_with_the_embedded_store() {
  trap clean_up EXIT
  begin embedded '{kind: sqlite}'
  let_them_work
  each_is_done_once in_file ''
  stop_daemon
}

case_a_crowd_keys_each_record_once_with_postgresql() {
  trap clean_up EXIT
  start_cluster
  sql postgres 'CREATE DATABASE center'
  begin postgresql "{kind: postgresql, connection: 'host=$PGHOST user=postgres dbname=center'}"
  let_them_work
  each_is_done_once in_database sluice.
  stop_daemon
}

open_workshop clerks industry
trap 'close_workshop $?' EXIT
run_cases
