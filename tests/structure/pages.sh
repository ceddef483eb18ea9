#!/usr/bin/env bash
# Holds what the pages say against what there is: each link leads to a file and a heading of it, each
# `event=NAME` is an event that is declared, each `sluice COMMAND` a command of the program.
# usage: pages.sh SLUICE (the operator's command)
set -euo pipefail
sluice=$(realpath "$1")
cd "$(dirname "$0")/../.."

complaints=0
complain() {
  printf '%s\n' "$*"
  complaints=$((complaints + 1))
}
mapfile -t pages < <(find . \( -name build -o -name node_modules -o -name .git \) -prune -o -name '*.md' -print | sort)

# A heading's name in a link, as GitHub makes it: lower case, spaces as hyphens, no punctuation.
anchors() {
  perl -CSD -ne '
    if (/^```/) { $within = !$within; next }
    next if $within || !/^#+\s+(.*?)\s*$/;
    my $name = lc $1;
    $name =~ s/[^\p{L}\p{N}\p{M} _-]//g;
    $name =~ tr/ /-/;
    my $again = $seen{$name}++;
    print $again ? "$name-$again\n" : "$name\n"' "$1"
}
links() { perl -ne 'if (/^```/) { $within = !$within; next } next if $within; s/`[^`]*`//g; print "$1\n" while /\]\(([^)\s]+)\)/g' "$1"; }
for page in "${pages[@]}"; do
  while read -r link; do
    [[ $link =~ ^[a-z]+: ]] && continue
    file=${link%%#*}
    at=$page
    [[ -z $file ]] || at=$(dirname "$page")/$file
    if [[ ! -e $at ]]; then
      complain "$page: there is no $link"
    elif [[ $link = *'#'* ]] && ! anchors "$at" | grep -qxF -- "${link#*#}"; then
      complain "$page: $link: there is no such heading"
    fi
  done < <(links "$page")
done

declared=$(sed -n '/^<!-- made from daemon\/observe\/events.h -->/,/^<!-- end -->/p' docs/log-events.md |
  grep -oP '^\| `\K[a-z-]+(?=`)')
for name in $(grep -ohP '\bevent=\K[a-z][a-z-]+' "${pages[@]}" | sort -u); do
  grep -qxF -- "$name" <<<"$declared" || complain "event=$name is on a page, and is not declared"
done

hidden='look-at-database manual read-csv read-file' # the programs call them, no person does
commands="$("$sluice" --help | sed -n '/^Subcommands:/,$p' | awk 'NR > 1 && /^  [a-z]/ { print $1 }') $hidden"
for name in $(grep -ohP '(^|`|-- )sluice \K[a-z][a-z-]+' "${pages[@]}" | sort -u); do
  grep -qxF -- "$name" <<<"${commands// /$'\n'}" || complain "sluice $name is on a page, and is no command"
done

exit $((complaints > 0))
