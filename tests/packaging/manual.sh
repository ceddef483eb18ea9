#!/usr/bin/env bash
# The manual pages: groff shows them without a word, and each command and option that the programs have
# is in them.
# usage: manual.sh DIR (of the packages)
set -euo pipefail
# shellcheck source=tests/packaging/package.sh
source "$(dirname "$0")/package.sh"
need man man-db
need groff groff
unpack "$1"

# page SECTION NAME: as a reader sees it, in $workshop/NAME.
page() {
  local file=$root/usr/share/man/man$1/$2.$1.gz
  LC_ALL=C.UTF-8 MANROFFSEQ='' man --warnings=w -E UTF-8 -l -Tutf8 -Z "$file" 2>"$workshop/said" >"$workshop/formatted"
  [[ -s $workshop/formatted && ! -s $workshop/said ]] || complain "$2($1): $(cat "$workshop/said")"
  LC_ALL=C.UTF-8 MANWIDTH=400 man -E UTF-8 -l -Tutf8 "$file" 2>/dev/null | col -b >"$workshop/$2"
}
page 1 sluice
page 8 sluiced

commands() { "$@" --help | sed -n '/^Subcommands:/,$p' | awk 'NR > 1 && /^  [a-z]/ { print $1 }'; }
options() { "$@" --help | grep -oP '^  .*?\K--[a-z-]+(?=[ =,]|$)' | sort -u; }

# told COMMAND…: it and all below it.
told() {
  local section name="sluice${*:2}" below option
  name="sluice ${*:2}"
  section=$(awk -v name="   ${name% }" '
    /^   [^ ]/ { inside = index($0, name " ") == 1 || $0 == name }
    inside' "$workshop/sluice")
  [[ -n $section ]] || { complain "sluice(1) has no ${name% }"; return 0; }
  for option in $(options "$@" | grep -vx -e --help); do
    grep -qF -e "$option" <<<"$section" || complain "sluice(1): ${name% } has $option, which is not told"
  done
  for below in $(commands "$@"); do told "$@" "$below"; done
}
sluice=$root/usr/bin/sluice
for command in $(commands "$sluice"); do told "$sluice" "$command"; done
for option in $(options "$root/usr/bin/sluiced"); do
  grep -qF -e "$option" "$workshop/sluiced" || complain "sluiced(8) does not tell $option"
done
grep -q 对账 "$workshop/sluice" || complain "sluice(1) has no Chinese words: it was not read as UTF-8"
finish
