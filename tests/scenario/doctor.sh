#!/usr/bin/env bash
# `sluice doctor` beside an operator: from a machine with nothing on it until all is well, with a center,
# a front-end and real databases; and then what breaks, each named with what to do.
#   tests/scenario/doctor.sh [--bin DIR] [--only PART-OF-A-CASE'S-NAME]
# shellcheck disable=SC2119,SC2154,SC2016  # cases.sh sets the rest; backquotes are what is printed
set -euo pipefail
# shellcheck source=tests/support/shell/cases.sh
source "$(dirname "$0")/../support/shell/cases.sh" "$@"
# shellcheck source=tests/support/shell/held_port.sh
source "$support/held_port.sh"
# shellcheck source=tests/support/shell/exchange_databases.sh
source "$support/exchange_databases.sh"

drivers=/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH)/odbc
unprivileged=()
[[ $(id -u) -ne 0 ]] || unprivileged=(setpriv --reuid=nobody --regid=nogroup --clear-groups --)
operator() { "${unprivileged[@]}" "$bin/sluice" --config "$node/config" "$@"; }
edit() { "${unprivileged[@]}" sed -i "$@"; }
# However full the disk of this machine is.
keep_little_free() { edit '/^  state_directory:/a\  reserve: 1MiB' "$node/config/node.yaml"; }

new_place() {
  node=$workshop/$1
  mkdir "$node"
  [[ $(id -u) -ne 0 ]] || chown nobody "$node"
  inside_of[$1]=${unprivileged[*]}
  daemon_of[$1]=
  turn_to "$1"
}

# examine: sets status and out, one line a finding: "VERDICT check about: found -> remedy".
examine() {
  try operator doctor --json
  [[ -n $out ]] || fail "it says nothing: $err"
  out=$(jq -r '.findings[] | "\(.verdict) \(.check) \(.about): \(.found)\(if .remedy == "" then "" else " -> " + .remedy end)"' <<<"$out")
}
# finds VERDICT CHECK REGULAR-EXPRESSION: in one line.
finds() {
  grep -E "^$1 $2 .*$3" <<<"$out" >/dev/null || fail "no \`$1 $2 … $3\` in:
$out"
}
nothing_is_wrong() {
  ! grep '^wrong ' <<<"$out" || fail "it is not well"
  expect "exit status" "$status" 0
}
breaks() { # VERDICT CHECK REGULAR-EXPRESSION
  examine
  finds "$@"
  expect "exit status" "$status" 8
}

case_a_new_node_is_led_to_where_all_is_well_and_what_breaks_then_is_named() {
  workshop=$workshop/led
  mkdir -m 711 "$workshop"
  trap 'kill_all; stop_exchange_databases' EXIT
  start_postgresql "$workshop/postgresql"
  start_mariadb "$workshop/mariadb"
  on_postgresql "$workshop/postgresql" <<'SQL'
CREATE TABLE taxpayer (number text PRIMARY KEY, name text NOT NULL, registered_on date, status text, changed_at timestamp NOT NULL);
INSERT INTO taxpayer VALUES ('A1', 'one', '2026-01-31', 'active', '2026-11-23 12:00:00');
CREATE ROLE reader LOGIN;
GRANT SELECT ON taxpayer TO reader;
SQL
  on_mariadb "$workshop/mariadb" <<'SQL'
CREATE TABLE taxpayer (number varchar(20) PRIMARY KEY, name text NOT NULL, registered_on date, status text, changed_at datetime NOT NULL);
CREATE USER reader@localhost;
GRANT SELECT ON taxpayer TO reader@localhost;
SQL
  hold_port
  new_place center
  examine
  finds wrong configuration 'this machine has no node yet -> .*init front-end --bureau'
  expect "exit status" "$status" 2
  operator init center --bureau local-tax --state "$node/state" >/dev/null
  edit "s/to: auto/to: stderr/; s/address: .*/address: 127.0.0.1/; s/port: 8443/port: $held_port/" "$node/config/node.yaml"
  keep_little_free
  breaks wrong identity-files 'ca.pem: the authorities: not there yet -> .*pki init'
  operator pki init >/dev/null
  operator pki request --host localhost 2>/dev/null >"$workshop/center.csr"
  breaks wrong identity-files 'center.pem: the certificate: not there yet -> .*pki issue center.csr --out'
  operator pki issue "$workshop/center.csr" --out "$node/config/tls/center.pem" 2>/dev/null
  examine
  nothing_is_wrong
  finds ok ports 'the API: free'
  at center start_daemon
  turn_to center
  examine
  nothing_is_wrong
  finds ok daemon 'sluiced runs .process [0-9]+. and answers'
  finds ok store 'the embedded store is there'

  new_place front
  operator init front-end --bureau local-tax --center "https://localhost:$held_port" --state "$node/state" >/dev/null
  edit 's/to: auto/to: stderr/' "$node/config/node.yaml"
  keep_little_free
  examine
  expect "exit status" "$status" 2
  finds wrong configuration "local-tax.yaml:10: .*password_file.* -> edit .*bureaus/local-tax.yaml:10"
  finds wrong identity-files 'local-tax-front-end.key: the key: not there yet -> .*pki request > local-tax-front-end.csr'
  finds skipped center 'not looked at, because of `identity-files` above'
  edit "/password_file/d" "$node/config/bureaus/local-tax.yaml"
  operator pki request 2>/dev/null >"$workshop/front.csr"
  breaks wrong identity-files 'local-tax-front-end.pem: the certificate: not there yet -> .*at the center: `sluice pki issue'
  finds wrong database "-> edit .*bureaus/local-tax.yaml:9"
  at center operator pki issue "$workshop/front.csr" 2>/dev/null >"$workshop/front.pem"
  turn_to front
  install -m 644 "$workshop/front.pem" "$node/config/tls/local-tax-front-end.pem"
  install -m 644 "$workshop/center/config/authority/ca.pem" "$workshop/center/config/authority/crl.pem" "$node/config/tls"
  edit "s#connection: .*#connection: Driver=$drivers/psqlodbcw.so;Server=$workshop/postgresql;Database=exchange;UID=reader#" \
    "$node/config/bureaus/local-tax.yaml"
  breaks wrong database 'register: there is no such table.* -> edit .*bureaus/local-tax.yaml:'
  edit 's/table: register .*/table: taxpayer/' "$node/config/bureaus/local-tax.yaml"
  examine
  nothing_is_wrong
  finds ok center 'node center .version .*. knows this one as local-tax-front-end, for local-tax'
  finds ok center "this clock and the center's agree"
  finds ok database 'taxpayer: it can be read, and not written to'
  at front start_daemon
  turn_to front
  examine
  nothing_is_wrong
  finds ok state-versions 'are of forms that this version knows'
  try operator doctor
  expect_like "what people read" "$out" '✓ https://localhost:[0-9]+ +node center'
  expect_like "the end" "$out" '0 wrong, [0-9]+ to be seen to'
  [[ $out != *$'\x1b'* ]] || fail "there are colours, and no terminal"

  # MariaDB in its place.
  cp "$node/config/bureaus/local-tax.yaml" "$workshop/local-tax.yaml"
  edit "s#connection: .*#connection: Driver=$drivers/libmaodbc.so;SOCKET=$workshop/mariadb/socket;Database=exchange;UID=reader#" \
    "$node/config/bureaus/local-tax.yaml"
  examine
  nothing_is_wrong
  finds ok database 'taxpayer: it can be read, and not written to'
  on_mariadb "$workshop/mariadb" <<<'GRANT DELETE ON exchange.* TO reader@localhost; FLUSH PRIVILEGES'
  examine
  nothing_is_wrong
  finds warning database 'this user could also DELETE there.* -> .*REVOKE DELETE'
  "${unprivileged[@]}" sh -c 'cat >"$1"' sh "$node/config/bureaus/local-tax.yaml" <"$workshop/local-tax.yaml"

  # What breaks.
  chmod 644 "$node/config/tls/local-tax-front-end.key"
  breaks wrong secrets 'local-tax-front-end.key: the key: mode 0644.* -> .*chmod'
  chmod 640 "$node/config/tls/local-tax-front-end.key"
  on_postgresql "$workshop/postgresql" <<<'REVOKE SELECT ON taxpayer FROM reader'
  breaks wrong database 'permission denied for table taxpayer.* -> .*GRANT SELECT on taxpayer'
  on_postgresql "$workshop/postgresql" <<<'GRANT SELECT ON taxpayer TO reader'
  edit "s#https://localhost:#https://127.0.0.1:#" "$node/config/node.yaml"
  breaks wrong center 'wrong-name.* -> .*--host 127.0.0.1'
  edit "s#https://127.0.0.1:#https://localhost:#" "$node/config/node.yaml"
  at center stop_daemon
  turn_to front
  breaks wrong center 'nobody answers there.* -> .*nc -zv localhost'
  at front stop_daemon
  turn_to front
  expect "what it left behind" "$(find "$node/state" -name 'doctor-*')" ""
}

open_workshop doctor
trap 'close_workshop $?' EXIT
run_cases
