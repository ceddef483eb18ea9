#!/usr/bin/env bash
# What a purge leaves: rows, keys and backups, and nothing else.
set -euo pipefail
# shellcheck source=tests/packaging/package.sh
source "$(dirname "$0")/package.sh"

begin() { # a machine of which the package itself is gone already
  export DPKG_ROOT=$workshop/machine
  rm -rf "$DPKG_ROOT"
  mkdir -p "$DPKG_ROOT"/var/lib/sluice/{journals,scratch} "$DPKG_ROOT"/var/backups/sluice \
    "$DPKG_ROOT"/etc/sluice/{bureaus,tls}
  touch "$DPKG_ROOT/etc/sluice/node.yaml" "$DPKG_ROOT/var/lib/sluice/sluiced.lock"
  echo 17 >"$DPKG_ROOT/var/lib/sluice/scratch/park.import.lock"
}
purge() { said=$(sh "$project/packaging/debian/sluice.postrm" purge); }
is_left() { [[ -e $DPKG_ROOT/$1 ]] || complain "$2: $1 is gone"; }
is_gone() { [[ ! -e $DPKG_ROOT/$1 ]] || complain "$2: $1 is left"; }

begin
purge
for path in var/lib/sluice etc/sluice var/backups/sluice; do is_gone "$path" "nothing was taken"; done
[[ -z $said ]] || complain "nothing is kept, and it says: $said"

begin
echo rows >"$DPKG_ROOT/var/lib/sluice/journals/park.journal"
purge
is_left var/lib/sluice/journals/park.journal "a journal"
is_left etc/sluice/node.yaml "a journal"
is_gone var/backups/sluice "a journal"
[[ $said = *"/var/lib/sluice: rows that were acknowledged"* ]] || complain "it does not say that rows are kept: $said"

begin
mkdir -p "$DPKG_ROOT/data" && mv "$DPKG_ROOT/var/lib/sluice" "$DPKG_ROOT/data/"
ln -s "$DPKG_ROOT/data/sluice" "$DPKG_ROOT/var/lib/sluice"
echo rows >"$DPKG_ROOT/data/sluice/journals/park.journal"
purge
is_left data/sluice/journals/park.journal "a journal behind a link"
is_left etc/sluice/node.yaml "a journal behind a link"

begin
echo '  state_directory: /data/sluice  # journals' >"$DPKG_ROOT/etc/sluice/node.yaml"
purge
is_left etc/sluice/node.yaml "a state elsewhere"
[[ $said = *"names a state directory of its own"* ]] || complain "it does not say why it is kept: $said"

begin
touch "$DPKG_ROOT/var/lib/sluice/central-store.sqlite"
purge
is_left var/lib/sluice/central-store.sqlite "a store"

begin
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$DPKG_ROOT/etc/sluice/tls/node.key" 2>/dev/null
purge
is_left etc/sluice/tls/node.key "a key"
is_gone var/lib/sluice "a key"
[[ $said = *"it has private keys"* ]] || complain "it does not say that keys are kept: $said"

begin
mkdir "$DPKG_ROOT/var/backups/sluice/2026-12-01T020000Z"
purge
is_left var/backups/sluice/2026-12-01T020000Z "a backup"
is_gone etc/sluice "a backup"

begin
sh "$project/packaging/debian/sluice.postrm" remove
is_left etc/sluice/node.yaml "removed, not purged"
is_left var/backups/sluice "removed, not purged"
finish
