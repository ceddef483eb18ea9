#!/usr/bin/env bash
# Compares what is API with the page that says so: log and audit events, commands with their options, exit
# statuses, keys of the configuration.
# usage: documented.sh SLUICE (the operator's command)
set -euo pipefail
sluice=$(realpath "$1")
cd "$(dirname "$0")/../.."

complaints=0
complain() {
  printf '%s\n' "$*"
  complaints=$((complaints + 1))
}

sources() { find daemon adapters -name '*.cpp' -o -name '*.h'; }
# first_column PAGE: what stands in backticks there, in all of its tables.
first_column() { grep -oP '^\| `\K[^`]+(?=`)' "$1"; }

# Events: those that are logged or audited under a name of their own, and those that the page names.
# Some are chosen by the outcome, so their names may stand anywhere.
told() {
  sources | xargs cat | tr '\n' ' ' |
    grep -oP '(log_?(->|\.)(debug|info|warning|error)\(|AuditEvent\{|\.note\(\{)\s*"\K[a-z-]+' | sort -u
}
for event in $(told); do
  first_column docs/log-events.md | grep -qx -- "$event" || complain "docs/log-events.md has no event $event, which is told"
done
for event in $(first_column docs/log-events.md | sort -u); do
  sources | xargs grep -qF -- "\"$event\"" || complain "docs/log-events.md has the event $event, which nobody tells"
done

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
for command in $(grep -oP '^\| `sluice \K[a-z]+' docs/operations.md | sort -u); do
  commands "$sluice" | grep -qx "$command" || complain "docs/operations.md has sluice $command, which there is not"
done

# Exit statuses, by number.
in_code=$(grep -oP '^\s+[a-z_]+ = \K[0-9]+(?=,)' daemon/runs/exit_status.h | sort -u)
on_page=$(sed -n '/^| exit status/,/^$/p' docs/operations.md | grep -oP '^\| `?\K[0-9]+' | sort -u)
[[ $in_code = "$on_page" ]] || complain "exit statuses: daemon/runs/exit_status.h has ${in_code//$'\n'/ }, docs/operations.md ${on_page//$'\n'/ }"

# Keys that the settings' readers ask for.
pages=(docs/configuration.md docs/front-end.md docs/mapping.md docs/csv.md docs/table-schema.md docs/operations.md)
for key in $(sed 's/\/\/.*//' daemon/settings/*.cpp | grep -oP 'section\.\w+\(\s*"\K[A-Za-z_]+(?=")' | sort -u); do
  grep -qE "[\`.\"{ ,]$key[\`:.\"]" "${pages[@]}" || complain "no page says what the key $key of the configuration is"
done

exit $((complaints > 0))
