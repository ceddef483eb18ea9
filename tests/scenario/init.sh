#!/usr/bin/env bash
# Nodes that are made by `sluice init` and `sluice pki` alone, by an operator who is not root.
#   tests/scenario/init.sh [--bin DIR] [--only PART-OF-A-CASE'S-NAME]
# shellcheck disable=SC2119,SC2154  # cases.sh sets the rest
set -euo pipefail
# shellcheck source=tests/support/shell/cases.sh
source "$(dirname "$0")/../support/shell/cases.sh" "$@"
# shellcheck source=tests/support/shell/held_port.sh
source "$support/held_port.sh"

unprivileged=()
[[ $(id -u) -ne 0 ]] || unprivileged=(setpriv --reuid=nobody --regid=nogroup --clear-groups --)
operator() { "${unprivileged[@]}" "$bin/sluice" --config "$node/config" "$@"; }
checked() { "${unprivileged[@]}" "$bin/sluiced" --config "$node/config" --check-config; }

# new_place NODE: where one will be, and nothing in it.
new_place() {
  node=$workshop/$1
  mkdir "$node"
  [[ $(id -u) -ne 0 ]] || chown nobody "$node"
  inside_of[$1]=${unprivileged[*]}
  daemon_of[$1]=
  turn_to "$1"
}

# init KIND [OPTION…]: as an operator does it, but for where.
init() { operator init "$@" --state "$node/state"; }

begin_case() {
  workshop=$workshop/$1
  mkdir -m 711 "$workshop"
  trap kill_all EXIT
}

edit() { "${unprivileged[@]}" sed -i "$@"; } # FILE last, in a folder of the operator's
# What a test can not leave to the system: a log to read, a port of its own.
settle() {
  edit 's/to: auto/to: stderr/' "$node/config/node.yaml"
  [[ -z ${1:-} ]] || edit "s/address: .*/address: 127.0.0.1/; s/port: 8443/port: $1/" "$node/config/node.yaml"
}

new_center() { # the rest: more options of init
  hold_port
  new_place center
  init center "$@" >/dev/null
  settle "$held_port"
  operator pki init >/dev/null
  operator pki request --host localhost 2>/dev/null >"$workshop/center.csr"
  operator pki issue "$workshop/center.csr" --out "$node/config/tls/center.pem" 2>/dev/null
}

new_front_end() {
  new_place front
  init front-end --bureau local-tax --center "https://localhost:$held_port" >/dev/null
  settle
}

# The one edit: where the database is.
name_database() {
  sqlite3 "$node/exchange.db" "CREATE TABLE taxpayer (number TEXT PRIMARY KEY, name TEXT NOT NULL, registered_on DATE,
      status TEXT, changed_at TIMESTAMP NOT NULL);
    INSERT INTO taxpayer VALUES ('A1', 'one', '2026-01-31', 'active', '2026-11-23 12:00:00'),
                                ('A2', 'two', NULL, NULL, '2026-11-23 12:00:01');"
  edit "s#connection: .*#connection: Driver=SQLite3;Database=$node/exchange.db;NoCreat=1#; /password_file/d
    s/table: register .*/table: taxpayer/" "$node/config/bureaus/local-tax.yaml"
}

status_like() { [[ $(operator status 2>&1 || true) =~ $1 ]]; }
health() { curl --silent --unix-socket "$node/state/control.socket" --write-out ' %{http_code}' http://localhost/v1/health; }
records() { operator dataset read "$1" | tail -n +2 | cut -f 1 | paste -sd ' '; }
center_holds() { [[ $(at center records local-tax-register) = "$1" ]]; }

case_a_center_and_a_front_end_exchange_a_table_with_nothing_but_what_the_commands_made() {
  begin_case exchange
  new_center --bureau local-tax
  try checked
  expect "the center's configuration ($err)" "$status" 0
  at center start_daemon
  new_front_end
  try checked
  expect "before anything was filled in" "$status" 2
  expect_like "what is missing" "$err" "node.yaml:16:16: found .*tls/.*docs/pki.md"
  expect_like "what is missing, too" "$err" "local-tax.yaml:10:20: found .*secrets/.*for .password_file"
  name_database
  at front launch_daemon
  until_true 60 grep -q event=certificate-awaited "$node/sluiced.log" || fail "it does not wait: $(cat "$node/sluiced.log")"
  until_true 60 status_like 'NOTHING IS TAKEN: this node waits for its certificate' || fail "status: $(operator status 2>&1)"
  expect_like "health" "$(health)" '"fail".*tls/local-tax-front-end.key.* 503$'
  expect "metric" "$(curl --silent --unix-socket "$node/state/control.socket" http://localhost/metrics | grep ^sluice_signing)" "sluice_signing 0"
  at front try operator collect local-tax
  expect_like "a collection meanwhile" "$status $err" '^2 .*found .*tls/.*docs/pki.md'
  at front operator pki request 2>/dev/null >"$workshop/front.csr"
  at center try operator pki issue "$workshop/front.csr"
  expect "issue ($err)" "$status" 0
  expect_like "what is told" "$err" 'CN=local-tax-front-end,O=Sluice: a certificate for node local-tax-front-end, until 20'
  turn_to front
  cp "$workshop/center/out" "$node/config/tls/local-tax-front-end.pem"
  cp "$workshop/center/config/authority/ca.pem" "$workshop/center/config/authority/crl.pem" "$node/config/tls"
  chmod -R a+rX "$node/config/tls"/*.pem
  at front await_ready || fail "it does not begin: $(tail -n 3 "$node/sluiced.log")"
  turn_to front
  try checked
  expect "the front-end's configuration ($err)" "$status" 0
  at front try operator collect local-tax --json
  expect "collect ($err)" "$status" 0
  until_true 60 center_holds 'A1 A2' || fail "the center holds $(at center records local-tax-register)"
  at center try operator audit verify
  expect "the center's proof ($err)" "$status" 0
  openssl verify -crl_check -CAfile "$workshop/center/config/authority/ca.pem" \
    -CRLfile "$workshop/center/config/authority/crl.pem" "$workshop/front/config/tls/local-tax-front-end.pem" \
    >/dev/null || fail "openssl does not find the certificate good"
  at center operator pki revoke "$workshop/front/config/tls/local-tax-front-end.pem" --reason superseded >/dev/null
  ! openssl verify -crl_check -CAfile "$workshop/center/config/authority/ca.pem" \
    -CRLfile "$workshop/center/config/authority/crl.pem" "$workshop/front/config/tls/local-tax-front-end.pem" \
    >/dev/null 2>&1 || fail "openssl finds a revoked certificate good"
  until_true 60 grep -q event=certificates-reloaded "$workshop/center/sluiced.log" ||
    fail "the center does not look at its new list"
  at front stop_daemon
  at center stop_daemon
}

case_all_in_one_with_a_development_authority_runs_at_once() {
  begin_case all-in-one
  hold_port
  new_place one
  init all-in-one --development-ca >"$workshop/said"
  settle "$held_port"
  try checked
  expect "the configuration ($err)" "$status" 0
  at one start_daemon
  turn_to one
  printf 'number,name,registered_on,status\nA1,one,2026-01-31,active\n' >"$node/register.csv"
  at one try operator import example "$node/register.csv" --dataset example-register
  expect "import ($err)" "$status" 0
  expect "records" "$(at one records example-register)" A1
  expect "a call" "$(curl --silent --cacert "$node/config/authority/ca.pem" --cert "$node/config/tls/example.pem" \
    --key "$node/config/tls/example.key" --header 'Content-Type: application/x-ndjson' --output /dev/null \
    --write-out '%{http_code}' --data-binary '{"number":"A2","name":"two","registered_on":null,"status":null}' \
    "https://localhost:$port/v1/datasets/example-register/records")" 200
  at one stop_daemon
}

mode() { stat --format %a "$1"; }
case_what_init_writes_is_for_its_group_and_keys_too() {
  begin_case modes
  new_place one
  init all-in-one --development-ca >/dev/null
  expect "a file" "$(mode "$node/config/node.yaml")" 640
  expect "a folder" "$(mode "$node/config/tls")" 750
  expect "a key" "$(mode "$node/config/tls/center.key")" 640
  expect "the authority's" "$(mode "$node/config/authority/ca.key")" 600
}

snapshot() { (cd "$node" && find . -type f -exec sha256sum {} + | sort); }
case_init_overwrites_nothing_and_makes_all_or_nothing() {
  begin_case twice
  new_place one
  init all-in-one --development-ca >/dev/null
  local before
  before=$(snapshot)
  try init center
  expect "exit status" "$status" 2
  expect_like "what it says" "$err" 'one/config/node.yaml: it is there already.*nothing was made'
  rm "$node/out" "$node/err"
  expect "what is there" "$(snapshot)" "$before"
  # Only what --development-ca makes is in the way.
  rm "$node"/config/node.yaml "$node"/config/*/example*
  before=$(snapshot)
  try init all-in-one --development-ca
  expect "exit status" "$status" 2
  expect_like "what it says" "$err" 'one/config/authority: it is there already'
  rm "$node/out" "$node/err"
  expect "what is there" "$(snapshot)" "$before"
}

# Ctrl-C at the moment at which it has written some.
case_init_that_is_interrupted_leaves_nothing() {
  begin_case interrupted
  new_place one
  command -v strace >/dev/null || { echo "        (not tried: there is no strace)" && return; }
  status=0
  env --default-signal=INT "${unprivileged[@]}" strace -qq -o "$node/trace" -e trace=fsync -e inject=fsync:signal=INT:when=9 \
    "$bin/sluice" --config "$node/config" init all-in-one --state "$node/state" --development-ca \
    >"$node/out" 2>"$node/err" || status=$?
  expect "how it ended ($(cat "$node/err"))" "$status" 130
  expect_like "what it says" "$(cat "$node/err")" 'interrupted: nothing was made'
  [[ ! -e $node/config ]] || fail "it leaves $(find "$node/config" | paste -sd ' ')"
  try init all-in-one --development-ca
  expect "once more ($err)" "$status" 0
}

refuses() { # REQUEST SENTENCE
  try operator pki issue "$1"
  expect "exit status" "$status" 2
  expect_like "what it says" "$err" "$2"
  expect "what it prints" "$out" ""
}
case_only_who_is_named_is_certified_and_only_for_names_that_the_center_says() {
  begin_case subjects
  new_center --bureau local-tax
  operator pki request --subject CN=stranger,O=Sluice --key "$node/stranger.key" 2>/dev/null >"$node/stranger.csr"
  refuses "$node/stranger.csr" "stranger.csr: found the subject .CN=stranger,O=Sluice., expected one that the configuration names.*CN=local-tax-front-end,O=Sluice. .node local-tax-front-end"
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$node/turned.key" \
    -out "$node/turned.csr" -subj "/CN=local-tax-front-end/O=Sluice" 2>/dev/null
  refuses "$node/turned.csr" "found the subject .O=Sluice,CN=local-tax-front-end., expected.* in the same order"
  operator pki request --subject CN=local-tax-front-end,O=Sluice --host center.example --key "$node/front.key" \
    2>/dev/null >"$node/front.csr"
  refuses "$node/front.csr" 'it asks to be called by center.example; if node local-tax-front-end is right to'
  try operator pki issue "$node/front.csr" --host front.example
  expect "with a name that the center says ($err)" "$status" 0
  expect_like "the name" "$(openssl x509 -noout -ext subjectAltName <<<"$out")" 'DNS:front.example$'
  refuses "$node/config/node.yaml" 'expected a PEM certificate request'
  # The center's own name, by a key that is not its own.
  operator pki request --key "$node/forged.key" 2>/dev/null >"$node/forged.csr"
  refuses "$node/forged.csr" 'the request names this node itself, and is not of this key'
  # A bureau's system, with what it has.
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$node/tax.key" \
    -out "$node/tax.csr" -subj "/O=Sluice/CN=local-tax" 2>/dev/null
  try operator pki issue - <"$node/tax.csr"
  expect "of a bureau ($err)" "$status" 0
  expect_like "its use" "$(openssl x509 -noout -ext extendedKeyUsage <<<"$out")" 'TLS Web Client Authentication$'
}

case_a_key_is_never_overwritten() {
  begin_case key
  new_place front
  init front-end --bureau local-tax --center https://localhost:8443 >/dev/null
  try operator pki request
  expect "the first ($err)" "$status" 0
  expect_like "what is told" "$err" 'local-tax-front-end.key: a new key'
  expect_like "what is compared" "$err" "sha256:$(openssl req -noout -pubkey <<<"$out" | openssl pkey -pubin -outform DER | sha256sum | cut -d ' ' -f 1)"
  local key
  key=$(cat "$node/config/tls/local-tax-front-end.key")
  expect "whose key" "$(openssl req -noout -pubkey <<<"$out")" "$(openssl pkey -pubout <<<"$key")"
  try operator pki request
  expect_like "what is told of the next" "$err" 'local-tax-front-end.key: the key that is there stays'
  expect "the key" "$(cat "$node/config/tls/local-tax-front-end.key")" "$key"
  expect "whose key the next is for" "$(openssl req -noout -pubkey <<<"$out")" "$(openssl pkey -pubout <<<"$key")"
}

# As on a machine with the package: the socket has the group of its directory, which is no other's.
case_who_may_not_speak_to_the_daemon_is_told_who_may() {
  [[ $(id -u) -eq 0 ]] || { echo "        (not tried: only root is other users)" && return; }
  begin_case operators
  hold_port
  new_place one
  mkdir "$node/run"
  chown nobody:games "$node/run" && chmod 2750 "$node/run"
  init all-in-one --development-ca >/dev/null
  settle "$held_port"
  edit "s#control_socket: .*#control_socket: $node/run/control.socket#" "$node/config/node.yaml"
  chmod 755 "$node/config" && chmod 644 "$node/config/node.yaml" # keys and the rest stay hidden
  at one start_daemon
  turn_to one
  someone() { setpriv --reuid=daemon --regid=nogroup "$@" -- "$bin/sluice" --config "$node/config" status; }
  try someone --clear-groups
  expect "without the group" "$status" 1
  expect_like "what it says" "$err" 'may not speak to sluiced on .*: that is for the group games \(.adduser NAME games.'
  try someone --groups=games
  expect "within it ($err)" "$status" 0
  at one stop_daemon
}

case_a_node_that_waits_ends_when_it_is_told_to() {
  begin_case waits
  new_place one
  init all-in-one >/dev/null
  settle
  at one launch_daemon
  until_true 60 grep -q event=certificate-awaited "$node/sluiced.log" || fail "it does not wait: $(cat "$node/sluiced.log")"
  try operator status
  expect_like "status" "$out" 'NOTHING IS TAKEN: this node waits for its certificate'
  at one stop_daemon
  expect_like "its end" "$(tail -n 1 "$node/sluiced.log")" event=stopping
}

open_workshop init
trap 'close_workshop $?' EXIT
run_cases
