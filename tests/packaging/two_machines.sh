#!/usr/bin/env bash
# Has a front-end processor and its center begin as docs/install.md and docs/pki.md say, command by command, on
# two machines where nothing but the package is installed, until a row of the bureau's database is in the
# central store. Only the port is another one, and who starts the daemon: there is no systemd here.
# usage: two_machines.sh ROOT (where the package is installed; left as it is)
set -euo pipefail
# shellcheck source=tests/packaging/package.sh
source "$(dirname "$0")/package.sh"
die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }
# shellcheck source=tests/support/shell/held_port.sh
source "$project/tests/support/shell/held_port.sh"
need sqlite3 sqlite3

declare -A shell_of=()
clean_up() {
  local machine
  for machine in center front; do
    [[ ! -e $workshop/$machine/run/sluice/pid ]] || kill -KILL "$(<"$workshop/$machine/run/sluice/pid")" 2>/dev/null || true
    umount -q "$workshop/$machine/proc" 2>/dev/null || true
  done
  rm -rf --one-file-system "$workshop"
}
trap clean_up EXIT

new_machine() { # ROOT NAME
  cp -a --one-file-system "$1" "$workshop/$2"
  mkdir -p "$workshop/$2/proc"
  mount -t proc proc "$workshop/$2/proc"
  printf '127.0.0.1 localhost center\n' >"$workshop/$2/etc/hosts"
}
inside() { # MACHINE COMMAND…
  env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive chroot "$workshop/$1" "${@:2}"
}
as_service() { inside "$1" setpriv --reuid sluice --regid sluice --init-groups --no-new-privs --bounding-set=-all "${@:2}"; }
try() { # COMMAND…: sets status and said
  status=0
  said=$("$@" 2>&1) || status=$?
}
step() { # MACHINE COMMAND…: one that must go well
  try inside "$@"
  [[ $status -eq 0 ]] || die "on $1, \`${*:2}\` ends with $status: $said"
}
# start MACHINE, as the unit would.
start() {
  as_service "$1" sh -c 'echo $$ >/run/sluice/pid; exec sluiced' 2>"$workshop/$1.log" &
  shell_of[$1]=$!
}
until_true() {
  local tries
  for ((tries = 0; tries < 120; ++tries)); do
    ! "$@" || return 0
    sleep 0.5
  done
  return 1
}
is_well() { try as_service "$1" sluice status --check && [[ $status -eq 0 ]]; }

new_machine "$1" center
new_machine "$1" front
hold_port
step front apt-get install -y -q --no-install-recommends libsqliteodbc

step center sluice init center --bureau local-tax
step center sed -i "s/address: .*/address: 127.0.0.1/; s/port: 8443/port: $held_port/" /etc/sluice/node.yaml
step center sluice pki init
step center sh -c 'sluice pki request --host center >/root/center.csr'
step center sluice pki issue /root/center.csr --out /etc/sluice/tls/center.pem
start center
until_true is_well center || die "the center is not well: $said $(tail -n 3 "$workshop/center.log")"
try inside center sluice doctor
[[ $status -eq 0 ]] || complain "the center's doctor ends with $status: $said"

step front sluice init front-end --bureau local-tax --center "https://center:$held_port"
try inside front sluice doctor
[[ $status -eq 2 && $said = *'sluice pki request'* ]] || complain "the doctor does not ask for a certificate ($status): $said"
step front sh -c 'sluice pki request >/root/local-tax.csr'
cp "$workshop/front/root/local-tax.csr" "$workshop/center/root/"
step center sh -c 'sluice pki issue /root/local-tax.csr >/root/local-tax.pem'
cp "$workshop/center/root/local-tax.pem" "$workshop/front/etc/sluice/tls/local-tax-front-end.pem"
cp "$workshop/center/etc/sluice/authority/"{ca,crl}.pem "$workshop/front/etc/sluice/tls/"
sqlite3 "$workshop/front/srv/exchange.db" "CREATE TABLE taxpayer (number TEXT PRIMARY KEY, name TEXT NOT NULL,
    registered_on DATE, status TEXT, changed_at TIMESTAMP NOT NULL);
  INSERT INTO taxpayer VALUES ('A1', 'one', '2026-01-31', 'active', '2026-11-23 12:00:00')"
step front sed -i 's#connection: .*#connection: Driver=SQLite3;Database=/srv/exchange.db;NoCreat=1#; /password_file/d
  s/table: register .*/table: taxpayer/' /etc/sluice/bureaus/local-tax.yaml
try inside front sluice doctor
[[ $status -eq 0 ]] || complain "after the one edit the doctor ends with $status: $said"
start front
until_true is_well front || complain "the front-end is not well: $said $(tail -n 3 "$workshop/front.log")"
step front runuser -u sluice -- sluice collect local-tax
holds() { [[ $(as_service center sluice dataset read local-tax-register | tail -n +2 | cut -f 1) = A1 ]]; }
until_true holds || complain "the row is not in the central store: $(as_service center sluice dataset read local-tax-register 2>&1)"
try as_service center sluice audit verify
[[ $status -eq 0 ]] || complain "the center's proof fails: $said"
for machine in front center; do
  kill -TERM "$(<"$workshop/$machine/run/sluice/pid")"
  wait "${shell_of[$machine]}" || complain "sluiced of $machine did not end well: $(tail -n 3 "$workshop/$machine.log")"
  rm "$workshop/$machine/run/sluice/pid"
done
finish
