#!/usr/bin/env bash
# What GET /metrics says of an edge and a center is true: every metric that is declared has a sample,
# rows are counted once whichever way and process they come by, and nothing old is told.
#   tests/scenario/metrics.sh [--bin DIR] [--only PART-OF-A-CASE'S-NAME]
# shellcheck disable=SC2119,SC2120,SC2154  # cases.sh sets the rest
set -euo pipefail
# shellcheck source=tests/support/shell/cases.sh
source "$(dirname "$0")/../support/shell/cases.sh" "$@"
# shellcheck source=tests/support/shell/two_nodes.sh
source "$support/two_nodes.sh"
# shellcheck source=tests/support/shell/levy.sh
source "$support/levy.sh"
# shellcheck source=tests/support/shell/browser.sh
source "$support/browser.sh"
# shellcheck source=tests/support/shell/metrics.sh
source "$support/metrics.sh"

# A center that knows no approvals yet, where licences of a bureau of its own are keyed; and an edge
# with calls, files by hand and by a drop folder, and a database that is collected and compared.
begin() { # CASE
  workshop=$workshop/$1
  mkdir "$workshop" "$workshop/drop"
  trap kill_all EXIT
  sql 'CREATE TABLE payment (payer TEXT NOT NULL, number INTEGER NOT NULL, amount TEXT, changed INTEGER, PRIMARY KEY (payer, number));
       WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 19)
       INSERT INTO payment SELECT char(65), i, i, i FROM n;
       INSERT INTO payment VALUES (char(66), 20, -1, 20)'
  publish=publish_center
  new_center '{kind: sqlite, hold_after: 1ms}' \
    "[{name: edge, certificate_subject: \"$(subject_of edge)\", bureaus: [park, levy]}]
pages: {address: 127.0.0.1, port: 0, certificate: $pki/node.pem, key: $pki/node.key}"
  publish=publish_edge
  new_edge edge 'batch: {age: 50ms}' ', ask_every: 1s'
  at edge start_daemon
}
publish_center() {
  add_park
  mv "$node/config/schemas/approval.json" "$workshop/approval.json"
  cp "$node/config/bureaus/park.yaml" "$workshop/park.yaml"
  sed -i '/approval/d' "$node/config/bureaus/park.yaml"
  add_levy
  add_bureau industry <<'END'
channels: {manual-entry: {}}
publishes:
  - {dataset: licence, channels: [manual-entry]}
END
  add_schema licence <<'END'
{"sluice:dataset": {"owner": "industry", "title": "Licences"},
 "fields": [{"name": "number", "title": "Number", "constraints": {"required": true, "maxLength": 18}},
            {"name": "name", "title": "Name", "constraints": {"required": true}}],
 "primaryKey": "number"}
END
}
publish_edge() {
  add_park
  sed -i "s|disk: {}|disk: {drop_folder: $workshop/drop}|" "$node/config/bureaus/park.yaml"
  add_levy ", schedule: {run: '@every 1s'}, reconcile: {schedule: {run: '@every 1s'}}"
}
learn_approvals() {
  at center stop_daemon
  mv "$workshop/approval.json" "$workshop/center/config/schemas/"
  cp "$workshop/park.yaml" "$workshop/center/config/bureaus/"
  at center start_daemon
}

register() { # FIRST LAST: a file with these rows
  { echo number,name && seq -f 'A%.0f,name' "$1" "$2"; } >"$workshop/register-$1.csv"
  echo "$workshop/register-$1.csv"
}
approve() { # BODY STATUS
  expect "a call" "$(at edge post park approval "$1")" "$2"
}
center_holds() { [[ $(at center held "$1" | wc -l) -eq $2 ]]; }
await_center() { until_true 60 center_holds "$@" || fail "the center has $(at center held "$1" | wc -l) of $1, expected $2"; }
rows() { # BUREAU DATASET MODE: collected and quarantined, as the node that the test is at says
  local labels="{bureau=\"$1\",dataset=\"$2\",mode=\"$3\"}"
  scrape | awk -v c="sluice_rows_collected_total$labels" -v q="sluice_rows_quarantined_total$labels" \
    '$1 == c { collected = $2 } $1 == q { quarantined = $2 } END { print collected, quarantined }'
}
keep_scrapes() {
  at center scrape >>"$workshop/scrapes"
  at edge scrape >>"$workshop/scrapes"
}

key_licence() { # NUMBER: by the open browser's clerk
  visit /entry
  send /entry/next work=key bureau=industry
  expect "taking a task" "$code" 303
  follow
  send "/entry/${place#/entry/}/save" "field.number=$1" field.name=one \
    "version=$(sed -n 's/.*name="version" value="\([^"]*\)".*/\1/p' <<<"$page" | head -n 1)"
  expect "saving it" "$code" 303
}
key_licences() {
  turn_to center
  sluice task add industry licence --title one >"$workshop/said"
  sluice task add industry licence --title two >"$workshop/said"
  open_browser jia
  come_in jia "$(sluice user add jia --role clerk --bureau industry 2>/dev/null)"
  key_licence L1
  key_licence L2
  sluice task add industry licence --title late --due '2026-01-02 18:00' >"$workshop/said"
}

case_every_metric_that_is_declared_has_a_sample_and_rows_of_every_mode_are_counted_once() {
  begin all
  approve '{"number":"A1","name":"one"}' 200
  at center await_metric 'sluice_held_batches{bureau="park",dataset="approval"}' 1
  expect "batches held, by the center" "$(at center metric 'sluice_batches_applied_total{bureau="park",outcome="held"}')" 1
  keep_scrapes
  learn_approvals
  await_center approval 1
  approve '{"number":"A2","name":"two"}' 200
  approve '{"number":"A3","name":"three"}' 200
  approve '{"name":"without a key"}' 422

  local file
  file=$(register 1 9)
  echo ,nobody >>"$file"
  at edge try sluice import park "$file" --dataset register --no-wait
  expect "an import by hand ($err)" "$status" 3
  cp "$(register 10 14)" "$workshop/drop/.register.csv"
  mv "$workshop/drop/.register.csv" "$workshop/drop/register.csv"
  await_center register 14
  await_center approval 3
  await_center payment 19

  key_licences
  await_center licence 2
  at center await_metric 'sluice_tasks_overdue{bureau="industry"}' 1
  at center await_metric 'sluice_tasks_waiting{bureau="industry"}' 1

  at edge await_metric 'sluice_reconciliation_differences{bureau="levy",dataset="payment"}' 0
  at edge await_metric 'sluice_deletes_held_back{bureau="levy",dataset="payment"}' 0
  expect_like "the last run" "$(at edge metric 'sluice_last_successful_run_timestamp_seconds{bureau="levy",task="collect"}')" '^1'
  expect_like "the next one" "$(at edge metric 'sluice_next_run_timestamp_seconds{bureau="levy",task="collect"}')" '^1'
  keep_scrapes
  at edge sluice jobs pause levy >"$workshop/said"
  at edge await_metric 'sluice_jobs_paused{bureau="levy"}' 1
  expect "the next one of a job that is paused" "$(at edge metric 'sluice_next_run_timestamp_seconds{bureau="levy",task="collect"}')" ''

  expect "by calls" "$(at edge rows park approval direct)" '4 1'
  expect "by files" "$(at edge rows park register disk)" '15 1'
  expect "from the database" "$(at edge rows levy payment front-end)" '20 1'
  expect "keyed" "$(at center rows industry licence manual-entry)" '2 0'
  at center await_metric 'sluice_edge_quarantine_waiting{bureau="park"}' 2
  at center await_metric 'sluice_edge_quarantine_waiting{bureau="levy"}' 1
  at edge await_metric 'sluice_journal_backlog_batches{bureau="park"}' 0
  expect "the link" "$(at edge metric 'sluice_link_up{bureau="park"}')" 1
  expect "the stream" "$(at edge metric 'sluice_stream_stopped{bureau="park"}')" 0
  expect "the version" "$(at edge scrape | grep -c '^sluice_build_info{version="[0-9.]*"} 1$')" 1
  expect_like "events" "$(at edge metric 'sluice_log_events_total{event="batch-applied",level="info"}')" '^[1-9]'
  expect "events that did not happen" "$(at edge metric 'sluice_log_events_total{event="stream-stopped",level="error"}')" 0

  ! curl --silent --cacert "$pki/ca.pem" "https://localhost:${port_of[edge]}/v1/health" >"$workshop/said" || fail "somebody without a certificate is served"
  at edge await_metric 'sluice_tls_refused_total{reason="none-presented"}' 1
  at edge call park GET /v1/health --header Host: >"$workshop/said"
  expect_like "what the guard refused" "$(at edge scrape)" 'sluice_http_refused_total\{listener="api",reason="[a-z-]+"\} 1'
  at center until_true 60 has_checkpoints || fail "no checkpoint is counted"
  keep_scrapes
  expect "without a sample" "$(comm -23 <(declared_metrics | cut -d ' ' -f 1 | sort) <(names_of <"$workshop/scrapes") | paste -sd ' ')" ''
}
has_checkpoints() { [[ $(metric sluice_checkpoints_made_total) -ge 1 ]]; }

case_rows_are_counted_over_restarts_whoever_brought_them() {
  begin restart
  learn_approvals
  at edge sluice import park "$(register 1 10)" --dataset register >"$workshop/said"
  approve '{"number":"A1","name":"one"}' 200
  expect "by files" "$(at edge rows park register disk)" '10 0'
  at edge stop_daemon
  at edge sluice import park "$(register 11 15)" --dataset register --no-wait >"$workshop/said"
  at edge start_daemon
  expect "by files, also while no daemon ran" "$(at edge rows park register disk)" '15 0'
  at edge kill_daemon
  at edge start_daemon
  expect "by files, after a death" "$(at edge rows park register disk)" '15 0'
  expect "by calls, after it" "$(at edge rows park approval direct)" '1 0'
  at edge try sluice import park "$workshop/register-11.csv" --dataset register
  expect "by files, once more the same" "$(at edge rows park register disk)" '15 0'
  await_center register 15
}

case_what_can_not_be_told_now_is_not_told() {
  begin untold
  at center await_metric 'sluice_edge_quarantine_waiting{bureau="park"}' 0
  at edge stop_daemon
  at center stop_daemon
  at center start_daemon
  at center until_true 60 tells_of_park || fail "a center that began anew has forgotten an edge that is silent"
  at edge start_daemon
  at center kill_daemon
  approve '{"number":"A1","name":"one"}' 200
  at edge await_metric 'sluice_link_up{bureau="park"}' 0
  expect_like "the backlog" "$(at edge metric 'sluice_journal_backlog_batches{bureau="park"}')" '^[1-9]'
  at edge stop_daemon
  rm "$workshop"/edge/state/journals/park.journal*
  at edge start_daemon
  expect "the journal that is lost" "$(at edge metric 'sluice_journal_readable{bureau="park"}')" 0
  expect "its stream" "$(at edge metric 'sluice_stream_stopped{bureau="park"}')" 1
  expect "its backlog" "$(at edge metric 'sluice_journal_backlog_batches{bureau="park"}')" ''
  expect "the other's" "$(at edge metric 'sluice_journal_readable{bureau="levy"}')" 1
}
tells_of_park() { [[ -n $(metric 'sluice_edge_report_timestamp_seconds{bureau="park"}') ]]; }

open_workshop metrics park levy
trap 'close_workshop $?' EXIT
run_cases
