#!/usr/bin/env bash
# What the daemon, its runs and the readers of files call of the system, seen by strace while files are
# dropped, calls come and a database is read, is what the unit's SystemCallFilter lets through: without systemd as the first
# process nobody else would say so.
# usage: system_calls.sh BIN (the folder of the programs)
set -euo pipefail
# shellcheck source=tests/packaging/package.sh
source "$(dirname "$0")/package.sh"
need strace strace
need systemd-analyze systemd
bin=$(realpath "$1")

# members SET: of a set of systemd's and those in it, a line each; or the name itself.
systemd-analyze syscall-filter 2>/dev/null >"$workshop/sets"
members() {
  local each
  if [[ $1 != @* ]]; then
    echo "$1"
    return 0
  fi
  while read -r each; do
    [[ $each = \#* || -z $each ]] || members "$each"
  done < <(awk -v set="$1" '/^[@#]/ { inside = $1 == set; next } inside' "$workshop/sets")
}
# What the filter of a unit lets through.
allowed() {
  local line each
  : >"$workshop/allowed"
  while read -r line; do
    for each in ${line#\~}; do members "$each"; done | sort -u >"$workshop/line"
    if [[ $line = \~* ]]; then
      comm -23 "$workshop/allowed" "$workshop/line" >"$workshop/left"
    else
      sort -u "$workshop/allowed" "$workshop/line" >"$workshop/left"
    fi
    mv "$workshop/left" "$workshop/allowed"
  done < <(sed -n 's/^SystemCallFilter=//p' "$project/systemd/sluiced.service")
}

# The daemon under strace; its children are followed. The program itself keeps the process id.
mkdir "$workshop/traced" "$workshop/tmp"
printf '#!/bin/sh\nexec strace -D -f -qq -o "%s/trace.$$" "%s/sluiced" "$@"\n' "$workshop" "$bin" >"$workshop/traced/sluiced"
printf '#!/bin/sh\nexec "%s/sluice" "$@"\n' "$bin" >"$workshop/traced/sluice"
chmod 755 "$workshop" "$workshop/traced" "$workshop/traced/"*
# Not as root, for whom SQLite calls more.
as_nobody=()
if [[ $(id -u) -eq 0 ]]; then
  chown nobody "$workshop" "$workshop/tmp"
  as_nobody=(setpriv --reuid nobody --clear-groups)
fi
# traced SCENARIO CASE
traced() {
  TMPDIR=$workshop/tmp "${as_nobody[@]}" "$project/tests/support/shell/empty_environment.sh" \
    "$project/tests/scenario/$1.sh" --bin "$workshop/traced" --only "$2" >"$workshop/said" 2>&1 ||
    complain "the scenario $1 failed under strace: $(cat "$workshop/said")"
}
traced files dropped_files_end_in_done_or_failed
traced files a_quarantined_row_is_taken_when_it_was_corrected
traced calls the_examples_of_the_page
traced schedule a_schedule_pauses_while_the_center_is_down

cat "$workshop"/trace.* 2>/dev/null | grep -oP '^[0-9]+ +\K[a-z_0-9]+(?=\()' | sort -u >"$workshop/called"
[[ -s $workshop/called ]] || skip "strace saw nothing: it may not trace here"
grep -qx landlock_restrict_self "$workshop/called" || complain "no reader of files was seen: the test sees too little"
allowed
refused=$(comm -23 "$workshop/called" "$workshop/allowed" | paste -sd ' ')
[[ -z $refused ]] || complain "sluiced.service refuses what its programs call: $refused"
printf '%s calls seen, %s allowed\n' "$(wc -l <"$workshop/called")" "$(wc -l <"$workshop/allowed")"
finish
