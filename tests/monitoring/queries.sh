# shellcheck shell=bash
# What is true of every query that is shipped. Sourced.

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=tests/support/shell/metrics.sh
source "$project/tests/support/shell/metrics.sh"
command -v promtool >/dev/null || { echo "promtool is missing: apt-get install prometheus" >&2; exit 1; }
workshop=$(mktemp -d "${TMPDIR:-/tmp}/sluice-monitoring.XXXXXX")
trap 'rm -rf "$workshop"' EXIT

complaints=0
complain() {
  echo "${0##*/}: $*" >&2
  complaints=$((complaints + 1))
}
finish() { [[ $complaints -eq 0 ]]; }

# check_queries FILE: queries, one a line. A name that begins as ours do is one that is declared, or what
# Prometheus makes of a histogram; an event is one that is declared too.
check_queries() {
  local name event
  while read -r name; do
    grep -qxF "$name" "$workshop/names" || complain "$name is no metric of ours"
  done < <(grep -oE '\bsluice_[a-z_]+' "$1" | sort -u)
  while read -r event; do
    grep -qF "| \`$event\` |" "$project/docs/log-events.md" || complain "$event is no event of ours"
  done < <(grep -oE 'event=~?"[^"]*"' "$1" | sed -E 's/.*"(.*)"/\1/' | tr '|' '\n' | sort -u)
}
declared_metrics | while read -r name type; do
  echo "$name"
  [[ $type != histogram ]] || printf '%s\n' "${name}_bucket" "${name}_sum" "${name}_count"
done >"$workshop/names"
[[ $(wc -l <"$workshop/names") -gt 30 ]] || complain "the table of docs/metrics.md can not be read"
