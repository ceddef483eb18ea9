#!/usr/bin/env bash
# Installs the package in a Debian root that has nothing of ours, as an operator would, sees whom what
# belongs to, has the installed programs run as the user of the unit, removes it, and purges it. Skipped
# where only root may do so and who runs it is not, and where no mirror answers.
# usage: fresh_root.sh DIR (of the packages)
set -euo pipefail
# shellcheck source=tests/packaging/package.sh
source "$(dirname "$0")/package.sh"
[[ $(id -u) -eq 0 ]] || skip "only root makes a root; run it by sudo"
need debootstrap debootstrap
mirror=${SLUICE_DEBIAN_MIRROR:-http://deb.debian.org/debian}
curl --silent --fail --max-time 20 --output /dev/null "$mirror/dists/bookworm/Release" || skip "no Debian mirror answers at $mirror (SLUICE_DEBIAN_MIRROR names another)"

root=$workshop/root
daemon= shell=
clean_up() {
  [[ -z $daemon ]] || kill -KILL "$daemon" 2>/dev/null || true
  [[ -z $shell ]] || kill -KILL "$shell" 2>/dev/null || true
  umount -q "$root/proc" 2>/dev/null || true
  rm -rf --one-file-system "$workshop"
}
trap clean_up EXIT
debootstrap --variant=minbase bookworm "$root" "$mirror" >"$workshop/debootstrap" 2>&1 || {
  tail -n 5 "$workshop/debootstrap" >&2
  skip "debootstrap did not come through; see above"
}
mount -t proc proc "$root/proc"
inside() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"; }
as_service() { inside setpriv --reuid sluice --regid sluice --init-groups --no-new-privs --bounding-set=-all "$@"; }
try() { # COMMAND…: sets status and said
  status=0
  said=$("$@" 2>&1) || status=$?
}

cp "$(package_in "$1")" "$root/sluice.deb"
# What it needs is fetched first: a mirror that stops answering is no fault of the package.
try inside apt-get install -y -q --no-install-recommends --download-only ./sluice.deb openssl
[[ $status -eq 0 || $said != *'Failed to fetch'* ]] || skip "the mirror does not give what the package depends on: $(grep -m 1 'Failed to fetch' <<<"$said")"
try inside apt-get install -y -q --no-install-recommends ./sluice.deb
[[ $status -eq 0 ]] || { printf '%s\n' "$said" | tail -n 20 >&2; complain "apt can not install it"; finish; }
[[ $said = *'sluice: not configured yet. Begin with /usr/share/doc/sluice/docs/install.md'* ]] || complain "an installation does not say where to begin"

owned() { # MODE OWNER PATH
  local found
  found=$(inside stat -c '%a %U:%G' "$3") || { complain "$3 is not there"; return 0; }
  [[ $found = "$1 $2" ]] || complain "$3 is $found, expected $1 $2"
}
owned 755 root:root /etc/sluice
owned 750 root:sluice /etc/sluice/tls
owned 750 sluice:sluice /var/lib/sluice
owned 700 sluice:sluice /var/backups/sluice
owned 2750 sluice:sluice-operators /run/sluice
[[ $(inside getent passwd sluice | cut -d : -f 6-7) = /var/lib/sluice:/usr/sbin/nologin ]] || complain "the user: $(inside getent passwd sluice)"

umount "$root/proc" # is not to be copied
"$(dirname "$0")/two_machines.sh" "$root" || complain "two machines do not begin as docs/pki.md says; see above"
mount -t proc proc "$root/proc"

# The worked example of an all-in-one node, with development certificates, laid down as it should lie.
configure() {
  inside apt-get install -y -q --no-install-recommends openssl >/dev/null
  inside sh -ec '
    cd /usr/share/doc/sluice/examples/config
    install -m 0640 -g sluice node.yaml /etc/sluice/
    install -m 0644 bureaus/*.yaml /etc/sluice/bureaus/
    cp -R ../schemas/codes ../schemas/*-*.json /etc/sluice/schemas/
    sh ./dev-ca.sh /etc/sluice/tls center park
    chgrp sluice /etc/sluice/tls/* && chmod 0640 /etc/sluice/tls/*.key'
}
try as_service sluiced
[[ $status -eq 2 ]] || complain "without a configuration sluiced ends with $status: $said"
try configure
[[ $status -eq 0 ]] || complain "the example can not be laid down: $said"
try as_service sluiced --check-config
[[ $status -eq 0 ]] || complain "the example is not good as installed: $said"

# It serves, as the unit's user, in what the unit gives it.
as_service sh -c 'echo $$ >/run/sluice/pid; exec sluiced' &
shell=$!
answers() { as_service sluice status >/dev/null 2>&1; }
for _ in {1..600}; do ! answers || break; kill -0 "$shell" 2>/dev/null || break; sleep 0.1; done
daemon=$(cat "$root/run/sluice/pid" 2>/dev/null || true)
try as_service sluice status
[[ $status -eq 0 && $said = *'all is well'* ]] || complain "the installed node does not serve: $said"
owned 660 sluice:sluice-operators /run/sluice/control.socket
operator() { inside setpriv --reuid nobody --regid nogroup --groups "$1" sluice status; }
try operator sluice-operators
[[ $status -eq 0 && $said = *'all is well'* ]] || complain "an operator is not answered: $said"
try operator nogroup
[[ $status -eq 1 && $said = *'the group sluice-operators'* ]] || complain "who may not ask is not told who may: $said"
try as_service /usr/lib/sluice/scheduled-backup
[[ $status -eq 0 ]] || complain "the backup of every night fails: $said"
kill -TERM "$daemon"
wait "$shell" || complain "sluiced did not end well: $?"
daemon= shell=

# The next version over it: the same programs, and a file by which one sees that it is there. What would
# be asked of systemd is written down, with the version that lay there then.
make_next_version() {
  dpkg-deb -R "$root/sluice.deb" "$workshop/next"
  sed -i 's/^Version: .*/&+next/' "$workshop/next/DEBIAN/control"
  touch "$workshop/next/usr/share/sluice/next"
  dpkg-deb -Znone --root-owner-group -b "$workshop/next" "$root/next.deb"
}
state_of_node() { inside sh -c 'cd /var/lib/sluice && find . -type f ! -path "./scratch/*" | sort | xargs sha256sum'; }
cp "$root/usr/bin/deb-systemd-invoke" "$workshop/deb-systemd-invoke"
cat >"$root/usr/bin/deb-systemd-invoke" <<'END'
#!/bin/sh
echo "$* $([ -e /usr/share/sluice/next ] && echo next || echo before)" >>/asked-of-systemd
END
mkdir -p "$root/run/systemd/system"
echo '# mine' >>"$root/etc/default/sluice-backup"
before=$(state_of_node)
try make_next_version
[[ $status -eq 0 ]] || complain "the next version can not be packed: $said"
try inside apt-get install -y -q --no-install-recommends ./next.deb
[[ $status -eq 0 ]] || complain "the next version can not be installed over this one: $said"
[[ $said != *'not configured yet'* ]] || complain "an upgrade says that nothing is configured"
[[ $(inside dpkg-query -W -f '${Version}' sluice) = *+next ]] || complain "after the upgrade $(inside dpkg-query -W sluice) is installed"
[[ $(state_of_node) = "$before" ]] || complain "an upgrade changes the state: $(diff <(state_of_node) <(echo "$before"))"
tail -n 1 "$root/etc/default/sluice-backup" | grep -qx '# mine' || complain "an upgrade takes what an operator wrote"
for unit in sluiced.service sluice-backup.service sluice-backup.timer; do
  inside test -e "/lib/systemd/system/$unit" || complain "after the upgrade there is no $unit"
done
asked=$(grep -F sluiced.service "$root/asked-of-systemd" | paste -sd ';')
[[ $asked = 'stop sluiced.service before;start sluiced.service next' ]] || complain "of the daemon an upgrade asks: $asked"
cp "$workshop/deb-systemd-invoke" "$root/usr/bin/deb-systemd-invoke"
rm -r "$root/run/systemd"
as_service sh -c 'echo $$ >/run/sluice/pid; exec sluiced' &
shell=$!
for _ in {1..600}; do ! answers || break; kill -0 "$shell" 2>/dev/null || break; sleep 0.1; done
daemon=$(cat "$root/run/sluice/pid" 2>/dev/null || true)
try as_service sluice status
[[ $status -eq 0 && $said = *'all is well'* ]] || complain "the node does not serve after the upgrade: $said"
try as_service sluice audit verify
[[ $status -eq 0 ]] || complain "after the upgrade the proof fails: $said"
kill -TERM "$daemon"
wait "$shell" || complain "sluiced did not end well after the upgrade: $?"
daemon= shell=
rm "$root/asked-of-systemd" "$root/next.deb"

try inside apt-get remove -y -q sluice
[[ $status -eq 0 ]] || complain "it can not be removed: $said"
inside test -e /etc/sluice/node.yaml || complain "a removal took the configuration"
try inside apt-get purge -y -q sluice
[[ $status -eq 0 ]] || complain "it can not be purged: $said"
[[ $said = *'does not remove what can not be made again'* ]] || complain "a purge does not say what it keeps: $said"
left=$(inside find / -xdev -path /proc -prune -o -name '*sluice*' ! -path '/run/*' ! -path '/sluice.deb' -print -prune | sort | paste -sd ' ')
[[ $left = '/etc/sluice /var/backups/sluice /var/lib/sluice' ]] || complain "after a purge there are $left"
finish
