#!/usr/bin/env bash
# Compares what is API with the page that says so: commands with their options, keys of the configuration.
# Events and rules stand on their pages because they are declared (the test reference_pages), and can not be
# given without that: here, that each is given.
# usage: documented.sh SLUICE (the operator's command)
set -euo pipefail
sluice=$(realpath "$1")
cd "$(dirname "$0")/../.."

complaints=0
complain() {
  printf '%s\n' "$*"
  complaints=$((complaints + 1))
}

sources() {
  find daemon adapters \( -name '*.cpp' -o -name '*.h' \) ! -path daemon/observe/events.h \
    ! -path daemon/record/rules.h ! -path daemon/trust/audit_events.h
}
# declared FILE PAGE: the names that the page has from the declarations in FILE.
declared() {
  sed -n "\|^<!-- made from $1 -->|,/^<!-- end -->/p" "$2" | grep -oP '^\| \K`[^|]+' | grep -oP '`\K[^`]+(?=`)' | sort -u
}
# nobody_gives FILE PAGE BEFORE BEHIND: the names that stand nowhere in the code between BEFORE and BEHIND.
nobody_gives() {
  local name
  for name in $(declared "$1" "$2"); do
    sources | xargs grep -qF -- "$3$name$4" || complain "$1 declares $name, which nobody gives: take it out"
  done
}
nobody_gives daemon/observe/events.h docs/log-events.md '<"' '">'
nobody_gives daemon/trust/audit_events.h docs/log-events.md '{"' '",'
nobody_gives daemon/record/rules.h docs/reasons.md '"' '"'

# Commands: each has a row, which names each option.
commands() { "$@" --help | sed -n '/^Subcommands:/,$p' | awk 'NR > 1 && /^  [a-z]/ { print $1 }'; }
options() { "$@" --help | grep -oP '^ .*?\K--[a-z-]+' | grep -vx -e --help -e --config -e --version || true; }
for command in $(commands "$sluice"); do
  row=$(grep "^| \`sluice $command\b" docs/operations.md || true)
  [[ -n $row ]] || { complain "docs/operations.md has no row for sluice $command"; continue; }
  for option in $(options "$sluice" "$command"); do
    [[ $row = *"$option"* ]] || complain "docs/operations.md: sluice $command has $option, which its row does not name"
  done
  for below in $(commands "$sluice" "$command"); do
    [[ $row = *"$below"* ]] || complain "docs/operations.md: sluice $command $below is not in its row"
  done
done
for command in $(grep -oP '^\| `sluice \K[a-z-]+' docs/operations.md | sort -u); do
  commands "$sluice" | grep -qx "$command" || complain "docs/operations.md has sluice $command, which there is not"
done

# Keys that the settings' readers ask for.
pages=(docs/configuration.md docs/front-end.md docs/mapping.md docs/csv.md docs/table-schema.md docs/operations.md)
for key in $(sed 's/\/\/.*//' daemon/settings/*.cpp | grep -oP 'section\.\w+\(\s*"\K[A-Za-z_]+(?=")' | sort -u); do
  grep -qE "[\`.\"{ ,]$key[\`:.\"]" "${pages[@]}" || complain "no page says what the key $key of the configuration is"
done

exit $((complaints > 0))
