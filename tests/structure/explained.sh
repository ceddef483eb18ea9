#!/usr/bin/env bash
# `sluice explain` knows every name that the pages have from a declaration, says what it means as they do,
# and finds what was mistyped.
# usage: explained.sh SLUICE (the operator's command)
# shellcheck disable=SC2016  # Markdown, in patterns
set -euo pipefail
sluice=$(realpath "$1")
cd "$(dirname "$0")/../.."
told=$(mktemp)
trap 'rm -f "$told"' EXIT

complaints=0
complain() {
  printf '%s\n' "$*"
  complaints=$((complaints + 1))
}

# made FILE PAGE: the names that the page has from the declarations in FILE.
made() { sed -n "\|^<!-- made from $1 -->|,/^<!-- end -->/p" "$2" | grep -oP '^\| \K(`[^|]+|[0-9]+)' | grep -oP '[A-Za-z0-9_-]+' | sort -u; }

"$sluice" explain --json >"$told"
jq -e 'select(.meaning | length < 5) | .name' "$told" && complain "these have no meaning"
compare() { # KIND FILE PAGE
  local found
  found=$(diff <(made "$2" "$3") <(jq -r "select(.kind == \"$1\") | .name" "$told" | sort -u)) ||
    complain "${1}s of $3 (<) and of sluice explain (>): $found"
}
compare 'log event' daemon/observe/events.h docs/log-events.md
compare 'audit event' daemon/trust/audit_events.h docs/log-events.md
compare 'rule of refused rows' daemon/record/rules.h docs/reasons.md
compare 'exit status' daemon/runs/exit_status.h docs/operations.md
compare 'metric' daemon/observe/metrics.h docs/metrics.md

says() { # WORDS REGULAR-EXPRESSION
  # shellcheck disable=SC2086  # several words
  "$sluice" explain $1 >"$told" || complain "sluice explain $1 fails"
  grep -qE -- "$2" "$told" || complain "sluice explain $1 does not say $2: $(cat "$told")"
}
says stream-stopped '^stream-stopped  \(log event; error: somebody must act\)$'
says event=stream-stopped '^  What to do: Repair what `reason` names, then restart `sluiced`\.$'
says certificate-refused '^certificate-refused  \(audit event\)$'
says certificate-refused '^certificate-refused  \(log event; warning: somebody should look\)$'
says ragged '^  The row has more or fewer fields than the header\.$'
says 4 '^4  \(exit status\)$'
says 'exit status 4' '^4  \(exit status\)$'
says urn:sluice:problem:host-missing '^host-missing  \(problem of a request; HTTP status 400\)$'
says sluice_disk_short '^sluice_disk_short  \(metric; gauge\)$'

fails() { # WORDS REGULAR-EXPRESSION
  local status=0
  "$sluice" explain "$1" >"$told" 2>&1 || status=$?
  [[ $status -eq 2 ]] || complain "sluice explain $1 ends with $status, expected 2"
  grep -qE -- "$2" "$told" || complain "sluice explain $1 does not say $2: $(cat "$told")"
}
fails steam-stopped 'did you mean stream-stopped\?$'
fails quarantine 'did you mean .*quarantine-filling, .*quarantine-replayed.*\?$'
fails qqqqqqqq 'nothing is declared by this name; `sluice explain` lists what is$'
exit $((complaints > 0))
