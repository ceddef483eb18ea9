# shellcheck shell=bash
# shellcheck disable=SC2154  # kill.sh and node.sh set the rest
# What must hold after each round of the kill test: nothing lost, nothing doubled, nothing invented.

total_rows=0
total_rounds=0

begin_checks() {
  : >"$node/sent-register"
  : >"$node/sent-approval"
  file_changes=0
  call_changes=0
}

verify_chains() { sluice audit verify; }

# ask SQLITE-TABLE POSTGRESQL-TABLE SELECT-WITH-%: one query on either store.
ask() {
  if [[ $store = sqlite ]]; then
    sqlite3 "$node/state/central.sqlite" "${3//%/$1}"
  else
    sql center "${3//%/$2}"
  fi
}

check_round() {
  tail -n +2 "$node/register.csv" | tr , '\t' >>"$node/sent-register"
  # Of the two calls for each record, the second's version must stand.
  cat "$node"/calls/*.ndjson | jq -r 'select(.decision == "approved") | [.number, .decision] | @tsv' \
    >>"$node/sent-approval"
  file_changes=$((file_changes + file_rows))
  call_changes=$((call_changes + clients * calls_a_client * rows_a_call))
  await_ledger
  check_held register
  check_held approval
  check_ledger register "$file_changes" 0
  check_ledger approval "$((call_changes / 2))" "$((call_changes / 2))"
  check_history register 0
  check_history approval "$((call_changes / 2))"
  verify_chains >"$node/verify" 2>&1 || die "round $round: sluice audit verify: $(cat "$node/verify")"
  total_rows=$((total_rows + file_rows + clients * calls_a_client * rows_a_call))
  total_rounds=$((total_rounds + 1))
}

await_ledger() {
  local attempt applied=0
  for attempt in {1..1200}; do
    applied=$(ask ledger sluice.ledger 'SELECT coalesce(sum(inserted + updated + unchanged + deleted + rejected), 0) FROM %')
    [[ $applied -lt $((file_changes + call_changes)) ]] || return 0
    sleep 0.1
  done
  die "round $round: $applied changes of $((file_changes + call_changes)) were applied after $((attempt / 10)) s"
}

check_held() {
  LC_ALL=C sort "$node/sent-$1" >"$node/expected"
  held "$1" >"$node/found"
  cmp -s "$node/expected" "$node/found" || {
    LC_ALL=C comm -3 "$node/expected" "$node/found" >"$node/difference"
    die "round $round: $1: the central store does not hold what was sent: $(wc -l <"$node/difference")" \
      "lines in $node/difference (first column: lost; second: invented, or an old version)"
  }
}

# A batch or call that was applied twice would have found its rows unchanged.
check_ledger() {
  local found
  found=$(ask ledger sluice.ledger "SELECT sum(inserted) || '|' || sum(updated) || '|' || sum(unchanged + deleted + rejected)
    FROM % WHERE dataset = '$1'")
  [[ $found = "$2|$3|0" ]] || die "round $round: $1: inserted|updated|other is $found, expected $2|$3|0"
}

check_history() {
  local found
  found=$(ask "\"history.$1\"" "history.\"$1\"" 'SELECT count(*) FROM %')
  [[ $found -eq $2 ]] || die "round $round: $1: $found versions in the history, expected $2"
}
