#!/usr/bin/env bash
# An edge and a center as two nodes: what is taken at the one arrives at the other, whatever happens
# between them.
#   tests/scenario/edge.sh [--bin DIR] [--only PART-OF-A-CASE'S-NAME]
# shellcheck disable=SC2119,SC2120,SC2154  # cases.sh sets the rest
set -euo pipefail
# shellcheck source=tests/support/shell/cases.sh
source "$(dirname "$0")/../support/shell/cases.sh" "$@"
# shellcheck source=tests/support/shell/two_nodes.sh
source "$(dirname "$0")/../support/shell/two_nodes.sh"

# Each case has its own center and edge, in a folder of its own.
both_nodes() { # CASE [MORE-YAML-OF-EDGE] [MORE-OF-UPLINK]
  begin_case "$1"
  new_center
  new_edge edge "${2:-}" "${3:-}"
  at edge start_daemon
}

begin_case() {
  workshop=$workshop/$1
  mkdir "$workshop"
  trap kill_all EXIT
}

register() { # FIRST LAST: a file of the edge's with these rows
  { echo number,name && seq -f 'A%.0f,name' "$1" "$2"; } >"$workshop/edge/register-$1.csv"
  echo "$workshop/edge/register-$1.csv"
}
center_holds() { [[ $(at center held "$1" | wc -l) -eq $2 ]]; }
await_center() { until_true 60 center_holds "$@" || fail "the center holds $(at center held "$1" | wc -l) of $1, expected $2"; }
link_of_park() { at edge sluice status --json | jq -r ".streams[0].link.$1 // empty"; }
link_is() { [[ $(link_of_park state) = "$1" ]]; }
logged() { grep -c "event=$2" "$workshop/$1/sluiced.log" || true; }

case_an_import_on_the_edge_arrives_and_its_receipts_come_back() {
  both_nodes import
  at edge try sluice import park "$(register 1 1000)" --dataset register --json
  expect "exit status ($err)" "$status" 0
  expect "what the center made of it" "$(jq -r .inserted <<<"$out")" 1000
  await_center register 1000
  expect "backlog" "$(at edge sluice status --json | jq '.streams[0].backlog_batches')" 0
  expect "the link" "$(link_of_park state)" up
  [[ -n $(link_of_park last_receipt) ]] || fail "the time of the last receipt is not told"
  at edge try sluice status
  expect_like "status for people" "$out" 'uplink to localhost:.*park .* up for .* ago'
}

case_a_call_on_the_edge_arrives() {
  both_nodes call
  expect "status" "$(at edge post park approval '{"number":"A1","name":"one"}')" 200
  await_center approval 1
  at center try sluice audit verify
  expect "the center's proof ($err)" "$status" 0
  expect_like "what it says" "$out" '1 batches of 1 streams.*every one verified'
}

case_the_center_goes_away_and_comes_back() {
  both_nodes outage
  at edge sluice import park "$(register 1 10)" --dataset register >/dev/null
  at center kill_daemon
  at edge try sluice import park "$(register 11 20)" --dataset register --no-wait
  expect "an import meanwhile ($err)" "$status" 0
  until_true 60 link_is held-back || fail "the link is $(link_of_park state)"
  expect_like "why" "$(link_of_park reason)" 'https://localhost:[0-9]*: nobody answers there'
  at edge try sluice status
  expect_like "status for people" "$out" 'held back for .*nobody answers'
  at edge try sluice import park "$(register 21 30)" --dataset register --no-wait
  at center start_daemon
  await_center register 30
  until_true 60 link_is up || fail "the link is $(link_of_park state)"
  until_true 60 grep -q event=link-restored "$workshop/edge/sluiced.log" || fail "the end of the outage is not told"
  expect "told of the outage" "$(logged edge batch-held-back)" 1
  expect "told of its end" "$(logged edge link-restored)" 1
}

case_the_edge_begins_while_the_center_is_away_and_goes_on_after_a_restart() {
  begin_case late
  new_center
  at center stop_daemon
  new_edge
  at edge start_daemon
  at edge try sluice import park "$(register 1 50)" --dataset register --no-wait
  at edge kill_daemon
  at edge start_daemon
  at center start_daemon
  await_center register 50
}

case_a_full_backlog_makes_calls_come_later_and_loses_nothing() {
  both_nodes backlog 'journal: {backlog_bytes: 1KiB}
batch: {age: 50ms}'
  at center kill_daemon
  local number code=200
  for ((number = 1; number <= 2000 && code == 200; ++number)); do
    code=$(at edge post park approval "{\"number\":\"A$number\",\"name\":\"$(sha256sum <<<"$number")\"}")
  done
  expect "the last call's status" "$code" 503
  expect "its problem" "$(jq -r .type "$workshop/edge/answer")" urn:sluice:problem:backlog-full
  at center start_daemon
  await_center approval $((number - 2))
  expect "a call afterwards" "$(at edge post park approval '{"number":"B1","name":"one"}')" 200
  await_center approval $((number - 1))
}

# Figures of what waits at the edge, as `sluice quarantine counts` at the center has them: "rule:waiting".
told_center() { at center sluice quarantine counts park --json | jq -r '"\(.rule):\(.waiting)"' | paste -sd ' '; }
center_is_told() { [[ $(told_center) = "$1" ]]; }
await_told() { until_true 60 center_is_told "$1" || fail "the center was told $(told_center), expected $1"; }
case_the_center_is_told_what_the_edges_quarantine_holds_and_no_record() {
  begin_case quarantine
  new_center
  new_edge
  expect "before" "$(told_center)" null:null
  printf 'number,name\nA1,name\n,geheim-4711\nA2,a,geheim-4712\nA3,b,geheim-4713\n' >"$workshop/edge/bad.csv"
  at edge try sluice import park "$workshop/edge/bad.csv" --dataset register --no-wait
  expect "exit status ($err)" "$status" 3
  at edge start_daemon
  await_told 'ragged:2 required:1'
  at center try sluice quarantine counts
  expect_like "for people" "$out" 'register +required +1 .* s ago, by edge.*Rows of another node are seen and settled there'
  expect "metric" "$(at center metric 'sluice_edge_quarantine_waiting{bureau="park"}')" 3
  at edge stop_daemon
  at edge sluice quarantine discard park 1 --reason 'geheim-4714' >/dev/null
  at edge start_daemon
  await_told 'ragged:2'
  expect "of another rule, at the edge" "$(at edge sluice quarantine counts park --json | jq -r .waiting)" 2
  expect "warnings at the edge" "$(logged edge quarantine-not-reported)" 0
  at center stop_daemon
  grep -rqF geheim-471 "$workshop/edge/state" || fail "what is looked for is not in the edge's files"
  ! grep -rlF geheim-471 "$workshop/center" || fail "a value of a row is in the center's files"
}
metric() { curl --silent --unix-socket "$node/control.socket" http://localhost/metrics | awk -v name="$1" '$1 == name { print $2 }'; }

case_a_center_that_is_away_holds_up_reports_and_is_told_later() {
  begin_case untold
  new_center
  at center stop_daemon
  new_edge
  at edge sluice import park "$(register 1 10)" --dataset register --no-wait >/dev/null
  at edge start_daemon
  until_true 60 grep -q event=quarantine-not-reported "$workshop/edge/sluiced.log" || fail "it is not told"
  at center start_daemon
  await_center register 10
  await_told null:0
}

case_a_certificate_that_the_center_does_not_know_brings_nothing() {
  begin_case stranger
  new_center
  new_edge stranger
  ln -s stranger "$workshop/edge"
  at edge start_daemon
  at edge try sluice import park "$(register 1 10)" --dataset register --no-wait
  until_true 60 link_is held-back || fail "the link is $(link_of_park state)"
  expect_like "why" "$(link_of_park reason)" 'unknown-certificate, status 403'
  at center until_true 60 audited '.event == "certificate-unknown" and (.actor | test("stranger"))' ||
    fail "it is not in the audit log"
  center_holds register 0 || fail "the center took it"
}

case_a_revoked_certificate_is_told_so() {
  both_nodes revoked
  at edge sluice import park "$(register 1 10)" --dataset register >/dev/null
  own_authority
  sed -i "s#revocations: .*#revocations: $pki/crl.pem#" "$workshop/center/config/node.yaml"
  at center kill_daemon
  at center start_daemon
  revoke "$pki/edge.pem"
  kill -HUP "${daemon_of[center]}"
  until_true 60 reloaded center 1 || fail "the center has not read its files again"
  at edge try sluice import park "$(register 11 20)" --dataset register --no-wait
  until_true 60 link_is held-back || fail "the link is $(link_of_park state)"
  expect_like "why" "$(link_of_park reason)" "alert certificate revoked.*this node's certificate"
  at center until_true 60 audited '.event == "certificate-refused" and .reason == "revoked"' ||
    fail "it is not in the audit log"
}
reloaded() { [[ $(logged "$1" certificates-reloaded) -ge $2 ]]; }
# An authority of the case's own, which may revoke what it likes.
own_authority() {
  cp -r "$pki" "$workshop/pki"
  pki=$workshop/pki
}
revoke() { # CERTIFICATE…
  (
    cd "$pki"
    : >index.txt
    printf '[ca]\ndefault_ca = dev\n[dev]\ndatabase = index.txt\ndefault_md = sha256\ndefault_crl_days = 30\n' >ca.cnf
    for certificate; do openssl ca -config ca.cnf -keyfile ca.key -cert ca.pem -revoke "$certificate"; done
    openssl ca -config ca.cnf -keyfile ca.key -cert ca.pem -gencrl -out crl.pem
  ) >/dev/null 2>&1
}
# Another key and certificate of the same subject, in $workshop/renewed.
certify_again() { # NAME
  mkdir -p "$workshop/renewed"
  cp "$pki/ca.pem" "$pki/ca.key" "$pki/crl.pem" "$workshop/renewed"
  sh "$project/config/dev-ca.sh" "$workshop/renewed" "$1"
}
# The certificate before is kept as before-NAME.pem.
renew() { # NAME
  certify_again "$1"
  cp "$pki/$1.pem" "$pki/before-$1.pem"
  mv "$workshop/renewed/$1.key" "$workshop/renewed/$1.pem" "$pki"
}

case_what_is_renewed_signs_and_is_believed_without_a_restart() {
  begin_case renewed
  own_authority
  new_center
  new_edge
  at edge start_daemon
  expect "a call before" "$(at edge post park approval '{"number":"A1","name":"one"}')" 200
  await_center approval 1
  renew edge
  renew node
  local each
  for each in center edge; do until_true 60 reloaded "$each" 1 || fail "the $each has not noticed its certificate"; done
  revoke "$pki/before-edge.pem" "$pki/before-node.pem"
  for each in center edge; do until_true 60 reloaded "$each" 2 || fail "the $each has not noticed the new list"; done
  expect "a call afterwards" "$(at edge post park approval '{"number":"A2","name":"two"}')" 200
  await_center approval 2
  until_true 60 nothing_waits || fail "the receipt is not believed: $(link_of_park reason)"
  expect "what could not be read" "$(logged center certificates-not-reloaded)$(logged edge certificates-not-reloaded)" 00
  expect_like "what is told" "$(grep event=certificates-reloaded "$workshop/edge/sluiced.log" | tail -n 1)" \
    "serial=$(openssl x509 -in "$pki/edge.pem" -noout -serial | cut -d= -f2) ends=20"
}
nothing_waits() { [[ $(at edge sluice status --json | jq '.streams[0].backlog_batches') -eq 0 ]]; }

# The certificate of NAME is one of the same key and subject from now on, which is over.
end_certificate() { # NAME
  openssl req -new -key "$pki/$1.key" -subj "/O=Sluice development/CN=$1" -out "$workshop/$1.csr"
  openssl x509 -req -in "$workshop/$1.csr" -CA "$pki/ca.pem" -CAkey "$pki/ca.key" -days -1 \
    -set_serial 7 -out "$pki/$1.pem" 2>/dev/null
}
health() { curl --silent --unix-socket "$node/control.socket" --write-out '%{http_code}' http://localhost/v1/health; }
case_a_node_whose_certificate_has_ended_takes_nothing_until_it_is_renewed() {
  begin_case ended
  own_authority
  new_center
  new_edge
  end_certificate edge
  at edge start_daemon
  until_true 60 grep -q event=signing-stopped "$workshop/edge/sluiced.log" || fail "it is not told"
  expect "a call" "$(at edge post park approval '{"number":"A1","name":"one"}' --insecure)" 503
  expect_like "why" "$(jq -r .detail "$workshop/edge/answer")" "certificate .serial number 07. ended at"
  at edge try sluice import park "$(register 1 10)" --dataset register --no-wait
  expect "exit status of an import" "$status" 1
  expect_like "why" "$err" 'certificate .serial number 07. ended at'
  expect_like "health" "$(at edge health)" '"fail".*ended at.*503$'
  at edge try sluice status
  expect_like "status for people" "$out" 'NOTHING IS TAKEN: .*ended at'
  expect "metric" "$(at edge metric sluice_signing)" 0
  renew edge
  until_true 60 grep -q event=signing-resumed "$workshop/edge/sluiced.log" || fail "it does not go on"
  expect "metric afterwards" "$(at edge metric sluice_signing)" 1
  expect "a call afterwards" "$(at edge post park approval '{"number":"A1","name":"one"}')" 200
  await_center approval 1
  at edge try sluice import park "$(register 1 10)" --dataset register --no-wait
  expect "an import afterwards ($err)" "$status" 0
  await_center register 10
  expect "told" "$(logged edge signing-stopped)" 1
}

case_files_that_do_not_match_leave_the_old_ones_in_use_until_they_do() {
  begin_case mismatch
  own_authority
  new_center
  new_edge
  at edge start_daemon
  certify_again edge
  mv "$workshop/renewed/edge.pem" "$pki"
  kill -HUP "${daemon_of[edge]}"
  until_true 60 grep -q event=certificates-not-reloaded "$workshop/edge/sluiced.log" || fail "it is not told"
  expect "a call meanwhile" "$(at edge post park approval '{"number":"A1","name":"one"}')" 200
  await_center approval 1
  mv "$workshop/renewed/edge.key" "$pki"
  until_true 60 reloaded edge 1 || fail "it is not tried again"
  expect "a call afterwards" "$(at edge post park approval '{"number":"A2","name":"two"}')" 200
  await_center approval 2
}

case_a_bureau_that_the_node_does_not_bring_is_403_and_audited() {
  begin_case foreign
  new_center '' "[{name: edge, certificate_subject: \"$(subject_of edge)\", bureaus: [tax]}]"
  new_edge
  at edge start_daemon
  at edge try sluice import park "$(register 1 10)" --dataset register --no-wait
  until_true 60 link_is held-back || fail "the link is $(link_of_park state)"
  expect_like "why" "$(link_of_park reason)" 'does not bring the batches of this bureau.*not-permitted, status 403'
  at center until_true 60 audited \
    '.event == "carry-denied" and .actor == "edge" and .target == "park" and .reason == "not-granted"' ||
    fail "it is not in the audit log"
  center_holds register 0 || fail "the center took it"
}

case_what_only_a_center_can_do_is_refused_on_an_edge_and_the_other_way_round() {
  both_nodes duties
  at edge try sluice dataset read register
  expect "dataset read" "$status" 2
  expect_like "what it says" "$err" 'no central store.*center'
  at edge try sluice batch list
  expect "batch list" "$status" 2
  at edge try sluice audit verify
  expect "audit verify ($err)" "$status" 0
  at center try sluice import park "$(register 1 10)" --dataset register
  expect "import at the center" "$status" 2
  expect_like "what it says" "$err" 'begins on node edge'
  expect "a call at the center" "$(at center post park approval '{"number":"A1","name":"one"}')" 403
  [[ ! -e $workshop/center/state/journals/park.journal ]] || fail "the center has a journal for park"
}

covered_up_to() { [[ $(sqlite3 "$workshop/center/state/central.sqlite" 'SELECT coalesce(max(ledger), 0) FROM checkpoint') -ge $1 ]]; }

# By somebody with all rights on the center's database, who leaves nothing there that does not fit.
case_a_ledger_whose_end_was_cut_off_is_found_by_what_the_edge_has_kept() {
  both_nodes cut
  local number
  for number in 1 2 3 4; do
    at edge sluice import park "$(register "${number}01" "${number}10")" --dataset register >/dev/null
    until_true 60 covered_up_to "$number" || fail "the center has made no checkpoint of entry $number"
  done
  at edge try sluice audit verify
  expect "the edge's proof ($err)" "$status" 0
  expect_like "what it says" "$out" 'anchors: [12] kept checkpoints of the center.s ledger: every one is in it'
  expect_like "the metric" "$(at center metric sluice_checkpoints_made_total)" '^[1-9]'
  grep -q 'event=checkpoint-line-begun' "$workshop/center/sluiced.log" || fail "the log does not tell that a line began"
  at edge stop_daemon
  at center stop_daemon
  sqlite3 "$workshop/center/state/central.sqlite" 'DELETE FROM archive WHERE ledger > 1; DELETE FROM ledger WHERE id > 1;
    UPDATE stream SET sequence = 1, manifest = (SELECT manifest FROM ledger); DELETE FROM checkpoint WHERE ledger > 1'
  at center start_daemon
  at center try sluice audit verify
  expect "what the center itself finds ($err)" "$status" 0
  expect_like "what it says" "$out" 'checkpoints: 1: every one fits the ledger'
  at edge try sluice audit verify
  expect "exit status on the edge ($out)" "$status" 1
  expect_like "what it says" "$err" 'checkpoint [23] of line [0-9a-f]+, up to ledger entry [23]: the center has it no more.*for park batch [34].*signed by CN=node'
}

# docs/link.md as it is printed, by curl, jq and openssl alone.
case_the_examples_of_the_protocols_page_run() {
  both_nodes examples
  at edge sluice import park "$(register 1 10)" --dataset register >/dev/null
  at center sluice batch export park 1 "$workshop/batch.tar" >/dev/null
  cp "$pki"/{ca,edge}.pem "$pki/edge.key" "$workshop"
  awk '/^```sh/ { block = 1; next } /^```/ { block = 0 } block' "$project/docs/link.md" |
    sed "s/localhost:8443/localhost:${port_of[center]}/" >"$workshop/examples.sh"
  (cd "$workshop" && bash -euo pipefail examples.sh) >"$workshop/answers" 2>"$workshop/errors" ||
    fail "$(cat "$workshop/errors" "$workshop/answers")"
  expect "statuses" "$(grep -xE 'status [0-9]{3}' "$workshop/answers" | cut -d ' ' -f 2 | tr '\n' ' ')" '200 200 200 200 200 '
  expect "receipts that openssl verified" "$(grep -c 'CMS Verification successful' "$workshop/errors")" 1
  expect "the number where the stream stands" "$(jq -r 'select(.sequence) | .sequence' <(grep '^{' "$workshop/answers") | head -n 1)" 1
  expect "the receipt's outcome" "$(jq -r .outcome "$workshop/receipt.json")" accepted
  center_holds register 10 || fail "a batch that came again was applied again"
}

open_workshop edge park
trap 'close_workshop $?' EXIT
run_cases
