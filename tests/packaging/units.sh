#!/usr/bin/env bash
# The units as they are installed: systemd reads them without a word, their sandbox is as closed as is
# promised, and what it leaves open is named in the file.
# usage: units.sh DIR (of the packages)
set -euo pipefail
# shellcheck source=tests/packaging/package.sh
source "$(dirname "$0")/package.sh"
need systemd-analyze systemd
unpack "$1"
units=$root/lib/systemd/system

# Units of the system that ours name, and the program that a reload runs, are not in the package.
verify() {
  local unit=$1
  mkdir -p "$root/bin" && touch "$root/bin/kill" && chmod +x "$root/bin/kill"
  local target
  for target in network-online time-sync multi-user timers sysinit basic shutdown; do
    [[ -e $units/$target.target ]] || printf '[Unit]\n' >"$units/$target.target"
  done
  systemd-analyze verify --man=no --root="$root" "$unit" >"$workshop/said" 2>&1 || complain "$unit can not be read"
  grep -F "${unit%.*}" "$workshop/said" >"$workshop/ours" && complain "$unit: $(cat "$workshop/ours")"
  return 0
}
for unit in sluiced.service sluice-backup.service sluice-backup.timer; do verify "$unit"; done

# exposure UNIT TENTHS
exposure() {
  systemd-analyze security --offline=true --threshold="$2" "$units/$1" >"$workshop/security" 2>/dev/null ||
    complain "$1 is more open than allowed: $(tail -n 1 "$workshop/security")"
  tail -n 1 "$workshop/security"
  local setting
  while read -r setting; do
    grep -qE "^(#.*|)\b$setting=?" "$units/$1" || complain "$1: $setting is open, and nothing says why"
  done < <(grep '✗' "$workshop/security" | sed 's/^✗ //' | grep -oP '^[A-Za-z]+(?==)' | sort -u)
}
exposure sluiced.service 15
exposure sluice-backup.service 5

# The group of the control socket is that of its directory: no other than operators' comes to it.
grep -qE '^g sluice-operators ' "$root/usr/lib/sysusers.d/sluice.conf" || complain "there is no group sluice-operators"
grep -qE '^d +/run/sluice +2750 +sluice +sluice-operators ' "$root/usr/lib/tmpfiles.d/sluice.conf" || complain "/run/sluice is not made for sluice-operators"
! grep -q '^RuntimeDirectory' "$units/sluiced.service" || complain "a runtime directory is given to the service's own group at each start"
grep -qx 'ReadWritePaths=/run/sluice' "$units/sluiced.service" || complain "sluiced can not make its socket"

# What they stand on.
grep -qx 'Type=notify' "$units/sluiced.service" || complain "sluiced does not tell systemd that it is ready"
status=$(sed -n 's/.*usage = \([0-9]*\),/\1/p' "$project/daemon/runs/exit_status.h")
grep -qx "RestartPreventExitStatus=$status" "$units/sluiced.service" ||
  complain "a wrong configuration ends sluiced with $status, and the unit starts it again"
finish
