#!/usr/bin/env bash
# The alarm rules that are shipped: Prometheus takes them, each is shown firing and not firing, names
# only what there is, and leads to a page that there is.
set -euo pipefail
# shellcheck source=tests/monitoring/queries.sh
source "$(dirname "$0")/queries.sh"
rules=$project/packaging/monitoring/alarms.yaml
shown=$project/tests/monitoring/alarms_test.yaml

cp "$rules" "$shown" "$workshop"
promtool check rules "$workshop/alarms.yaml" >"$workshop/said" 2>&1 || complain "$(cat "$workshop/said")"
promtool test rules "$workshop/alarms_test.yaml" >"$workshop/said" 2>&1 || complain "$(cat "$workshop/said")"

sed -n 's/^ *expr: //p' "$rules" >"$workshop/queries"
check_queries "$workshop/queries"

alarms=$(sed -n 's/^ *- alert: //p' "$rules")
[[ $(wc -l <"$workshop/queries") -eq $(wc -l <<<"$alarms") ]] || complain "an alarm's query is not in one line"
for alarm in $alarms; do
  grep -q "alertname: $alarm, .*exp_alerts: \[\]" "$shown" || complain "$alarm is not shown quiet"
  grep -A 3 "^ *- alertname: $alarm\$" "$shown" | grep -q 'exp_labels:' || complain "$alarm is not shown firing"
done

# slugs PAGE: of its headings, as they are led to.
slugs() { sed -nE 's/^#+ +//p' "$1" | tr '[:upper:]' '[:lower:]' | sed -E "s/[^a-z0-9 _-]//g; s/ /-/g"; }
while read -r runbook; do
  page=${runbook%%#*}
  if [[ ! -e $project/$page ]]; then
    # Written for people by itself, and held to here as soon as it is there.
    [[ $page = docs/troubleshooting.md ]] || complain "there is no $page"
  elif [[ $runbook = *#* ]]; then
    slugs "$project/$page" | grep -qxF "${runbook#*#}" || complain "$page has no section #${runbook#*#}"
  fi
done < <(sed -n 's/^ *runbook: //p' "$rules" | sort -u)
finish
