#!/usr/bin/env bash
# What a call gets that is not as it should be, and a call that is repeated: on the real daemon, over
# mutual TLS.
#   tests/scenario/calls.sh [--bin DIR] [--only PART-OF-A-CASE'S-NAME]
# shellcheck disable=SC2119,SC2154  # start_daemon takes arguments only where it gets some; cases.sh sets the rest
set -euo pipefail
# shellcheck source=tests/support/shell/cases.sh
source "$(dirname "$0")/../support/shell/cases.sh" "$@"

running_node() { # NAME [MORE-YAML]
  new_node "$1" '{kind: sqlite}' "batch: {age: 50ms}
${2:-}"
  add_bureau park <<'END'
channels: {direct: {}}
publishes:
  - {dataset: approval, channels: [direct], max_row_bytes: 1KiB}
END
  add_bureau tax <<'END'
channels: {direct: {}}
publishes:
  - {dataset: levy, channels: [direct]}
END
  local dataset
  for dataset in approval:park levy:tax; do
    add_schema "${dataset%:*}" <<END
{"sluice:dataset": {"owner": "${dataset#*:}", "title": "Register"},
 "fields": [{"name": "number", "type": "string", "constraints": {"required": true}},
            {"name": "name", "type": "string"}, {"name": "details", "type": "object"}],
 "primaryKey": "number"}
END
  done
  trap kill_daemon EXIT
  start_daemon
}

problem() { jq -r .type "$node/answer" | sed 's/.*://'; }

# The daemon still serves, and holds exactly this.
expect_only() { # NUMBERS-BEFORE
  expect "a good call" "$(post park approval '{"number":"Z9","name":"good"}')" 200
  until_true 60 holds "${1:+$1 }Z9" || fail "the store holds $(held approval | cut -f 1 | paste -sd ' '), expected ${1:+$1 }Z9"
}
holds() { [[ $(held approval | cut -f 1 | paste -sd ' ') = "$1" ]]; }

# raw BUREAU: what comes on standard input, byte for byte, over TLS; the answer is in $node/answer.
raw() {
  timeout 60 openssl s_client -quiet -connect "127.0.0.1:$port" -servername localhost \
    -CAfile "$pki/ca.pem" -cert "$pki/$1.pem" -key "$pki/$1.key" >"$node/answer" 2>/dev/null || true
}

authority() { (cd "$pki" && openssl ca -config authority.cnf -keyfile ca.key -cert ca.pem -batch "$@") >/dev/null 2>&1; }

# certify NAME COMMON-NAME [OPTION…]: a certificate by the development CA.
certify() {
  local name=$1 subject=$2
  shift 2
  if [[ ! -e $pki/authority.cnf ]]; then
    : >"$pki/index.txt"
    cat >"$pki/authority.cnf" <<'END'
[ca]
default_ca = authority
[authority]
database = index.txt
new_certs_dir = .
default_md = sha256
default_days = 30
default_crl_days = 30
rand_serial = yes
unique_subject = no
policy = any
x509_extensions = client
[any]
organizationName = optional
commonName = supplied
[client]
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = clientAuth
END
  fi
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -keyout "$pki/$name.key" \
    -out "$pki/$name.csr" -subj "/O=Sluice development/CN=$subject" 2>/dev/null
  authority -preserveDN -in "$pki/$name.csr" -out "$pki/$name.pem" "$@"
}

case_the_examples_of_the_page_on_the_api_do_what_it_says() {
  new_node examples '{kind: sqlite}' 'batch: {age: 50ms}'
  cp "$project/config/bureaus/park.yaml" "$node/config/bureaus/"
  cp "$project"/schemas/{park-approval,enterprise-register}.json "$node/config/schemas/"
  add_bureau national-tax <<<'channels: {disk: {}}' # owns the register
  trap kill_daemon EXIT
  start_daemon
  printf '{"approval_number":"%s","credit_code":"91350100M000100Y43","approved_at":"2026-11-23T00:00:00Z","decision":"withdrawn"}\n' \
    HD-3 HD-4 >"$node/records.ndjson"
  cp "$pki"/{ca.pem,park.pem,park.key} "$node/"
  # Every shell block of the page, with the status behind each answer.
  awk '/^```sh/ { block = 1; next } /^```/ { block = 0 } block' "$project/docs/direct-api.md" |
    sed -e "s/localhost:8443/localhost:$port/" -e 's/^curl/curl --silent --show-error --write-out "\\n%{http_code}\\n"/' \
      >"$node/examples.sh"
  (cd "$node" && bash -eu examples.sh) >"$node/answers" 2>"$node/err" || fail "$(cat "$node/err")"
  # Metrics are on this port only where the node's file says so.
  expect "statuses" "$(grep -xE '[0-9]{3}' "$node/answers" | tr '\n' ' ')" '200 200 200 200 200 404 '
  expect "accepted" "$(grep -o '"accepted":[0-9]*' "$node/answers" | tr '\n' ' ')" \
    '"accepted":1 "accepted":2 "accepted":1 "accepted":1 '
  await_held park-approval 3
  expect "held" "$(held park-approval | cut -f 1 | tr '\n' ' ')" 'HD-2 HD-3 HD-4 '
}

case_an_unknown_dataset_is_404() {
  running_node unknown
  expect "status" "$(post park nothing '{"number":"A1"}')" 404
  expect "problem" "$(problem)" unknown-dataset
}

case_a_dataset_of_another_bureau_is_403_and_audited() {
  running_node denied
  expect "status" "$(post tax approval '{"number":"A1"}')" 403
  expect "problem" "$(problem)" not-permitted
  until_true 60 audited '.event == "publish-denied" and .actor == "tax" and .target == "approval"' ||
    fail "it is not in the audit log"
  expect_only ''
  sluice audit verify >/dev/null || fail "the audit log is broken"
}

case_a_certificate_of_nobody_here_is_refused_and_audited() {
  running_node stranger
  certify stranger stranger
  expect "status" "$(post stranger approval '{"number":"A1"}')" 403
  expect "problem" "$(problem)" unknown-certificate
  until_true 60 audited '.event == "certificate-unknown" and (.actor | contains("stranger"))' ||
    fail "it is not in the audit log"
  expect_only ''
}

case_an_expired_certificate_is_refused_and_audited() {
  running_node expired
  certify expired park -startdate 20200101000000Z -enddate 20210101000000Z
  expect "status" "$(post expired approval '{"number":"A1"}')" 000
  until_true 60 audited '.event == "certificate-refused" and (.reason | test("expired"))' ||
    fail "it is not in the audit log"
  expect_only ''
}

case_a_revoked_certificate_is_refused_once_the_list_was_read_again() {
  running_node revoked
  certify revoked park
  expect "before" "$(post revoked approval '{"number":"A1"}')" 200
  authority -revoke "$pki/revoked.pem"
  cp "$pki/crl.pem" "$pki/crl-before.pem"
  authority -gencrl -out "$pki/crl.pem"
  kill -HUP "$daemon"
  until_true 60 grep -q event=certificates-reloaded "$node/sluiced.log"
  local code
  code=$(post revoked approval '{"number":"A2"}')
  cp "$pki/crl-before.pem" "$pki/crl.pem"
  expect "after" "$code" 000
  until_true 60 audited '.event == "certificate-refused" and (.reason | test("revoked"))' ||
    fail "it is not in the audit log"
  expect_only A1
}

case_a_certificate_of_an_unknown_authority_is_refused_and_audited() {
  running_node authority
  sh "$project/config/dev-ca.sh" "$workshop/other-pki" other park
  cp "$workshop/other-pki/park.pem" "$pki/forged.pem"
  cp "$workshop/other-pki/park.key" "$pki/forged.key"
  expect "status" "$(post forged approval '{"number":"A1"}')" 000
  until_true 60 audited '.event == "certificate-refused"' || fail "it is not in the audit log"
  expect "without any certificate" "$(curl --silent --output /dev/null --write-out '%{http_code}' \
    --cacert "$pki/ca.pem" "https://localhost:$port/v1/health" || true)" 000
  expect_only ''
}

case_malformed_json_is_refused_with_its_place_and_nothing_taken() {
  running_node json
  local body nested
  nested=$(printf '[%.0s' {1..40})
  for body in '{' '[' '[{"number":"A1"}' '[{"number":"A1"},]' '[{"number":"A1"}]]' '{"number":A1}' \
    "{'number':'A1'}" '[{"number":"A1"} {"number":"A2"}]' '[{"number":"A1","details":{"a":[1,{"b":}]}}]' \
    '[{"number":"A1","name":"open}]' '[{"number":"A1",}]' '[{"number":"A1","details":{"a":tru}}]' \
    '[{"number":"A1","details":{"a":01}}]' "$nested" "[{\"number\":\"A1\",\"details\":{\"a\":$nested"; do
    expect "$body" "$(call park POST /v1/datasets/approval/records --header 'Content-Type: application/json' \
      --data-binary "$body")" 400
    expect "$body" "$(problem)" malformed
    expect_like "$body: place" "$(jq -r .place "$node/answer")" '[0-9]'
  done
  expect_only ''
}

# A delete whose event lacks its version would empty the record, were it taken for a plain one.
case_an_event_in_headers_that_is_none_is_quarantined() {
  running_node event
  event() { # HEADER…
    local header headers=()
    for header in "$@"; do headers+=(--header "$header"); done
    call park POST /v1/datasets/approval/records --header 'Content-Type: application/json' "${headers[@]}" \
      --data-binary '{"number":"Z9"}'
  }
  expect_only ''
  local whole=('ce-specversion: 1.0' 'ce-id: 1' 'ce-source: /park' 'ce-type: a.deleted')
  expect "no version" "$(event "${whole[@]:1}")" 422
  expect "its reason" "$(jq -c '.errors[0] | [.field, .rule]' "$node/answer")" '["specversion","cloudevent"]'
  expect "one header of an event" "$(event 'Ce-Traceparent: 00-1')" 422
  expect "an empty subject" "$(event "${whole[@]}" 'ce-subject;')" 422
  expect "a name that none may have" "$(event "${whole[@]}" 'ce-my-name: x')" 422
  expect "a value that is no string" "$(event "${whole[@]}" 'ce-trace: %0')" 422
  expect "its reason" "$(jq -c '.errors[0] | [.field, .rule]' "$node/answer")" '["trace","cloudevent"]'
  expect_only ''
  expect "the record is as it was" "$(held approval | cut -f 2)" good
  expect "an event" "$(event "${whole[@]}" 'ce-subject: %E6%B5%B7')" 200
  until_true 30 holds '' || fail "the store holds $(held approval), expected nothing"
}

# Three rows are no share; with a window, calls are counted together.
case_the_reject_limit_of_calls() {
  new_node limit '{kind: sqlite}' 'batch: {age: 50ms}'
  add_bureau park <<'END'
channels: {direct: {}}
publishes:
  - {dataset: approval, channels: [direct], reject_limit: {share: 20%}}
  - {dataset: levy, channels: [direct], reject_limit: {rows: 3, window: 1h}}
END
  local dataset
  for dataset in approval levy; do
    add_schema "$dataset" <<'END'
{"sluice:dataset": {"owner": "park", "title": "Register"}, "primaryKey": "number",
 "fields": [{"name": "number", "type": "string", "constraints": {"required": true}}]}
END
  done
  trap kill_daemon EXIT
  start_daemon
  local mixed=$'{"number":"A1"}\n{"name":"none"}\n{"number":"A2"}'
  expect "one of three" "$(post park approval "$mixed")" 200
  expect "the first within the hour" "$(post park levy "$mixed")" 200
  expect "the second" "$(post park levy "$mixed")" 200
  kill_daemon
  start_daemon
  expect "the third, after a restart" "$(post park levy "$mixed")" 200
  expect "the fourth" "$(post park levy "$mixed")" 422
  expect_like "its sentence" "$(jq -r .detail "$node/answer")" '4 of 12 rows of the last 60 minutes failed'
  expect "a good call" "$(post park levy '{"number":"A3"}')" 200
}

case_one_bad_record_does_not_stop_the_good_ones() {
  running_node mixed
  printf '%s\n' '{"number":"A1"}' '{"number":' '{"name":"none"}' '{"number":"A2","nmae":"x"}' \
    "{\"number\":\"A3\",\"name\":\"$(printf 'x%.0s' {1..2000})\"}" '{"number":"A4"}' >"$node/body"
  expect "status" "$(post park approval "@$node/body")" 200
  expect "errors" "$(jq -c '[.accepted, .quarantined, (.errors | map("\(.row)/\(.field)/\(.rule)"))]' "$node/answer")" \
    '[2,4,["2//syntax","3/number/required","4/nmae/unknown-field","5//too-large"]]'
  expect_only 'A1 A4'
  expect "the original" "$(sluice quarantine show park 3 --json | jq -r .original)" '{"number":"A2","nmae":"x"}'
  expect "all bad" "$(post park approval '{"name":"none"}')" 422
}

# Each form is followed by a second request, which must not be answered.
case_every_form_of_request_smuggling_is_refused_and_the_connection_closed() {
  running_node smuggling
  local post='POST /v1/datasets/approval/records HTTP/1.1\r\n' host='Host: localhost\r\n'
  local type='Content-Type: application/json\r\n' body='10\r\n{"number":"SM1"}\r\n0\r\n\r\n' form
  local forms=(
    "$post$host${type}Transfer-Encoding: chunked, chunked\r\n\r\n$body"
    "$post$host${type}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n$body"
    "$post$host${type}Transfer-Encoding: gzip, chunked\r\n\r\n$body"
    "$post$host${type}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n$body"
    "$post$host${type}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n$body"
    "$post$host${type}Content-Length: 16\r\nContent-Length: 16\r\n\r\n{\"number\":\"SM1\"}"
    "$post$host${type}Content-Length: 16, 16\r\n\r\n{\"number\":\"SM1\"}"
    "$post$host${type}Content-Length: +16\r\n\r\n{\"number\":\"SM1\"}"
    "$post$host${host}${type}Content-Length: 16\r\n\r\n{\"number\":\"SM1\"}"
    "$post${type}Content-Length: 16\r\n\r\n{\"number\":\"SM1\"}"
    "POST /v1/datasets/approval/records HTTP/1.0\r\n$host${type}Transfer-Encoding: chunked\r\n\r\n$body"
    "$post$host${type}Folded: a\r\n b\r\nContent-Length: 16\r\n\r\n{\"number\":\"SM1\"}"
    "$post$host${type}Content-Length : 16\r\n\r\n{\"number\":\"SM1\"}"
    "$post$host${type}Content-Length: 16\n\n{\"number\":\"SM1\"}"
    "$post$host${type}Transfer-Encoding: chunked\r\n\r\n10;a=b\r\n{\"number\":\"SM1\"}\r\n0\r\n\r\n"
    "$post$host${type}Transfer-Encoding: chunked\r\n\r\n10\n{\"number\":\"SM1\"}\r\n0\r\n\r\n"
    "$post$host${type}Transfer-Encoding: chunked\r\n\r\n10\r\n{\"number\":\"SM1\"}\r\n0\r\nHost: x\r\n\r\n"
  )
  for form in "${forms[@]}"; do
    # shellcheck disable=SC2059  # the forms are written as formats
    printf "${form}GET /v1/health HTTP/1.1\r\n$host\r\n" | raw park
    expect "answers to $form" "$(grep -c '^HTTP/1.1 ' "$node/answer")" 1
    expect_like "the answer to $form" "$(head -n 1 "$node/answer")" '^HTTP/1.1 (4..|501|505) '
    grep -qi '^connection: close' "$node/answer" || fail "$form: the connection is not announced closed"
  done
  expect_only ''
}

case_a_body_that_stops_half_way_is_not_taken() {
  running_node half
  { # Its first records are whole.
    printf 'POST /v1/datasets/approval/records HTTP/1.1\r\nHost: localhost\r\n'
    printf 'Content-Type: application/x-ndjson\r\nContent-Length: 1000\r\n\r\n{"number":"A1"}\n{"number":"A2"}\n{"num'
  } | timeout 30 openssl s_client -quiet -no_ign_eof -connect "127.0.0.1:$port" -servername localhost \
    -CAfile "$pki/ca.pem" -cert "$pki/park.pem" -key "$pki/park.key" >"$node/answer" 2>/dev/null || true
  expect_only ''
}

case_a_slow_sender_meets_its_deadline_while_others_are_served() {
  # shellcheck disable=SC2034  # new_node reads it
  local listen='{address: 127.0.0.1, port: 0, header_timeout: 5s, body_timeout: 5s}'
  running_node slow
  trap 'kill "$slow_head" "$slow_body" 2>/dev/null || true; kill_daemon' EXIT
  (
    printf 'POST /v1/datasets/approval/records HTTP/1.1\r\nHost: localhost\r\n'
    for _ in {1..120}; do printf 'A: b\r\n' && sleep 0.5; done
  ) 2>/dev/null | timeout 60 openssl s_client -quiet -connect "127.0.0.1:$port" -servername localhost \
    -CAfile "$pki/ca.pem" -cert "$pki/park.pem" -key "$pki/park.key" >"$node/slow-head" 2>/dev/null &
  slow_head=$!
  (
    printf 'POST /v1/datasets/approval/records HTTP/1.1\r\nHost: localhost\r\n'
    printf 'Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n'
    for _ in {1..120}; do printf ' ' && sleep 0.5; done
  ) 2>/dev/null | timeout 60 openssl s_client -quiet -connect "127.0.0.1:$port" -servername localhost \
    -CAfile "$pki/ca.pem" -cert "$pki/park.pem" -key "$pki/park.key" >"$node/slow-body" 2>/dev/null &
  slow_body=$!
  local number
  for number in 1 2 3 4 5 6 7 8; do
    # On a busy machine a call of ours may be a slow one too.
    until_true 60 is_taken "A$number" || fail "a call beside them was answered $(cat "$node/answer.err")"
  done
  until_true 60 grep -qs '^HTTP/1.1 408 ' "$node/slow-head" || fail "a slow head got no 408"
  until_true 60 grep -qs '^HTTP/1.1 408 ' "$node/slow-body" || fail "a slow body got no 408"
}

is_taken() { [[ $(post park approval "{\"number\":\"$1\"}") = 200 ]]; }

case_a_call_repeated_with_its_key_gets_the_first_answer_and_takes_effect_once() {
  running_node repeated
  local key=(--header 'Idempotency-Key: k1')
  expect "first" "$(post park approval '{"number":"A1","name":"one"}' "${key[@]}")" 200
  cp "$node/answer" "$node/first"
  expect "again" "$(post park approval '{"number":"A1","name":"one"}' "${key[@]}")" 200
  cmp "$node/first" "$node/answer" || fail "the answer is another one"
  expect "another body" "$(post park approval '{"number":"A2","name":"two"}' "${key[@]}")" 422
  expect "problem" "$(problem)" key-reused
  kill_daemon
  start_daemon
  expect "after a crash" "$(post park approval '{"number":"A1","name":"one"}' "${key[@]}")" 200
  cmp "$node/first" "$node/answer" || fail "after a crash the answer is another one"
  expect "no key at all" "$(post park approval '{"number":"A3"}' --header 'Idempotency-Key: "')" 400
  expect "problem" "$(problem)" bad-idempotency-key
  expect_only A1
  expect "changes that came twice" "$(sqlite3 "$node/state/central.sqlite" 'SELECT sum(unchanged) FROM ledger')" 0
}

case_a_call_that_was_refused_leaves_no_key_behind() {
  running_node corrected
  expect "malformed" "$(call park POST /v1/datasets/approval/records --data-binary "[{" \
    --header "Content-Type: application/json" --header "Idempotency-Key: k1")" 400
  expect "corrected" "$(post park approval '{"number":"A1"}' --header 'Idempotency-Key: k1')" 200
  expect_only A1
}

case_to_ask_the_daemon_takes_no_key_and_makes_nothing() {
  running_node asking
  mv "$pki/node.key" "$pki/node.key.away"
  echo 'no key' >"$pki/node.key"
  try sluice status --json
  mv "$pki/node.key.away" "$pki/node.key"
  expect "status without a key ($err)" "$status" 0
  expect "streams" "$(jq -r '.streams[].bureau' <<<"$out" | paste -sd ' ')" 'park tax'
  kill_daemon
  mv "$node/state" "$node/moved"
  try sluice jobs
  expect_like "jobs without a daemon" "$err" 'control.socket'
  [[ ! -e $node/state ]] || fail "a state directory was made"
  mv "$node/moved" "$node/state"
}

metric() { curl --silent --unix-socket "$node/control.socket" http://localhost/metrics | awk -v name="$1" '$1 == name { print $2 }'; }
case_metrics_say_what_lies_in_journals_and_when_the_certificate_expires() {
  running_node metrics
  expect "a good call" "$(post park approval '{"number":"A1"}')" 200
  expect "a bad one" "$(post park approval '{"name":"without a key"}')" 422
  await_held approval 1
  expect "in quarantine" "$(metric 'sluice_quarantine_waiting{bureau="park"}')" 1
  expect "of the other bureau" "$(metric 'sluice_quarantine_waiting{bureau="tax"}')" 0
  expect_like "its bytes" "$(metric 'sluice_quarantine_bytes{bureau="park"}')" '^[1-9]'
  expect "remembered answers" "$(metric 'sluice_remembered_answer_bytes{bureau="park"}')" 0
  expect_like "room on the disk" "$(metric sluice_disk_free_bytes)" '^[1-9]'
  expect_like "its reserve" "$(metric sluice_disk_reserve_bytes)" '^[1-9]'
  expect "whether it is short" "$(metric sluice_disk_short)" 0
  expect "whether it is trusted" "$(metric sluice_disk_trusted)" 1
  no_backlog() { [[ $(metric 'sluice_journal_backlog_batches{bureau="park"}') = 0 ]]; }
  until_true 60 no_backlog || fail "the batch still waits for its receipt"
  expect "age of what waits" "$(metric 'sluice_journal_backlog_oldest_seconds{bureau="park"}')" 0
  expect "batches that were applied" "$(metric sluice_batch_apply_seconds_count)" 1
  local expires
  expires=$(date --date="$(openssl x509 -in "$pki/node.pem" -noout -enddate | cut -d = -f 2)" +%s)
  expect "expiry" "$(curl --silent --unix-socket "$node/control.socket" http://localhost/metrics |
    awk '/^sluice_certificate_expiry_timestamp_seconds/ { printf "%d", $NF }')" "$expires"
  expect "a call with a key" "$(post park approval '{"number":"A1"}' --header 'Idempotency-Key: k1')" 200
  expect_like "answers that are remembered then" "$(metric 'sluice_remembered_answer_bytes{bureau="park"}')" '^[1-9]'
}

case_a_quarantine_that_fills_raises_an_alarm_and_goes_on_once_somebody_has_dealt_with_it() {
  running_node filling 'journal: {quarantine_bytes: 4KiB}'
  local number code=422
  for ((number = 1; number <= 50 && code == 422; ++number)); do
    code=$(post park approval "{\"name\":\"without a key $number\"}")
  done
  expect "a bad call, in the end" "$code" 503
  expect "its problem" "$(problem)" backlog-full
  expect_like "what it says" "$(jq -r .detail "$node/answer")" 'sluice quarantine counts park'
  is_told() { grep -q 'event=quarantine-filling bureau=park' "$node/sluiced.log"; }
  until_true 60 is_told || fail "there is no alarm"
  expect "a good call" "$(post park approval '{"number":"A1"}')" 200
  sluice quarantine discard park 1 --reason 'the source is corrected' >/dev/null
  expect "a bad call then" "$(post park approval '{"name":"without a key"}')" 422
  expect_only A1
}

case_what_the_server_does_not_take_is_said() {
  running_node other
  expect "a type" "$(call park POST /v1/datasets/approval/records --data-binary a=b)" 415
  expect "a method" "$(call park PUT /v1/datasets/approval/records --data-binary x)" 405
  expect "a path" "$(call park GET /v2/nothing)" 404
  truncate -s 20M "$node/body"
  expect_like "a body over 16 MiB" "$(post park approval "@$node/body")" '^(413|000)$'
  expect "health" "$(call park GET /v1/health)" 200
  expect "metrics, which the control socket has" "$(call park GET /metrics)" 404
  expect_only ''
}

open_workshop calls park tax
trap 'close_workshop $?' EXIT
run_cases
