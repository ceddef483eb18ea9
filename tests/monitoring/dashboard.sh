#!/usr/bin/env bash
# The dashboard that is shipped: JSON as Grafana imports it, whose queries Prometheus can read and which
# name only what there is; every metric is on it.
# shellcheck disable=SC2016  # variables of the dashboard
set -euo pipefail
# shellcheck source=tests/monitoring/queries.sh
source "$(dirname "$0")/queries.sh"
dashboard=$project/packaging/monitoring/dashboard.json

jq -e '.schemaVersion >= 36 and .uid == "sluice" and (.title | length > 0)' "$dashboard" >/dev/null || complain "it is no dashboard"
jq -e '[.panels[] | select(.type != "row") | .datasource.uid, .targets[].datasource.uid] | all(. == "${datasource}")' \
  "$dashboard" >/dev/null || complain "a panel does not ask the data source that is chosen"
jq -e '[.panels[].id] | length == (unique | length)' "$dashboard" >/dev/null || complain "two panels have one id"
jq -e '[.panels[].gridPos | select(.x + .w > 24)] == []' "$dashboard" >/dev/null || complain "a panel is too wide"

# As Grafana puts its variables in; of a variable's own query what is asked for labels.
jq -r '.panels[].targets[]?.expr, (.templating.list[] | select(.type == "query") | .query.query)' "$dashboard" |
  sed -E 's/\$__rate_interval/5m/g; s/\$(instance|bureau)/.*/g; s/^label_values\((.*), [a-z]+\)$/\1/' >"$workshop/queries"
! grep -n '\$' "$workshop/queries" || complain "a variable is not one of the dashboard's"
# sluice_(a|b), which a variable asks for, is no name.
grep -v '__name__' "$workshop/queries" >"$workshop/named"
check_queries "$workshop/named"
jq -R -s '{groups: [{name: "dashboard", rules: [split("\n")[] | select(length > 0)] | to_entries
  | map({record: "query_\(.key)", expr: .value})}]}' "$workshop/queries" >"$workshop/rules.yaml"
promtool check rules "$workshop/rules.yaml" >"$workshop/said" 2>&1 || complain "$(cat "$workshop/said")"

while read -r name _; do
  grep -qE "\b$name(_bucket|_sum|_count)?\b" "$workshop/queries" || complain "$name is not on it"
done < <(declared_metrics)
finish
