# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # run.sh, node.sh and the traffic set and read the rest
# What must hold after a fault. Each check fails with `die`, and may set `verdict`.

# The records that the traffic has sent in this life stand in $sent/DATASET, as `held` would print
# them, and here how many changes of each dataset make a record, and how many change one.
declare -gA inserted=() updated=()
total_rows=0 # in all lives

forget_sent() {
  sent=$workshop/sent
  rm -rf "$sent"
  mkdir "$sent"
  local dataset
  for dataset in register approval; do
    : >"$sent/$dataset"
    inserted[$dataset]=0 updated[$dataset]=0
  done
}

note_sent() { # DATASET INSERTED UPDATED
  inserted[$1]=$((inserted[$1] + $2)) updated[$1]=$((updated[$1] + $3))
  total_rows=$((total_rows + $2 + $3))
}

# ask SQLITE-TABLE POSTGRESQL-TABLE SELECT-WITH-%: one query on either store.
ask() {
  if [[ $store = sqlite ]]; then
    sqlite3 "$workshop/center/state/central.sqlite" "${3//%/$1}"
  else
    sql center "${3//%/$2}"
  fi
}

# Nothing lost, nothing doubled, nothing invented.
check_exactly_once() {
  local dataset sent_changes=0
  for dataset in "${!inserted[@]}"; do
    sent_changes=$((sent_changes + inserted[$dataset] + updated[$dataset]))
  done
  until_true 120 ledger_has "$sent_changes" ||
    die "round $round: $applied changes of $sent_changes were applied after 120 s:" \
      "$(cat "$sent/failure") $(at "${nodes[-1]}" sluice status)"
  for dataset in "${!inserted[@]}"; do
    check_held "$dataset"
    check_ledger "$dataset"
    check_history "$dataset"
  done
  verdict="every acknowledged row is in the center exactly once; $total_rows rows"
}

ledger_has() { # CHANGES
  # Before its first batch the center has no ledger.
  applied=$(ask ledger sluice.ledger \
    'SELECT coalesce(sum(inserted + updated + unchanged + deleted + rejected), 0) FROM %' \
    2>"$sent/failure") || applied=0
  [[ $applied -ge $1 ]]
}

check_held() {
  LC_ALL=C sort "$sent/$1" >"$sent/expected"
  at center held "$1" >"$sent/found"
  cmp -s "$sent/expected" "$sent/found" || {
    LC_ALL=C comm -3 "$sent/expected" "$sent/found" >"$sent/difference"
    die "round $round: $1: the central store does not hold what was sent:" \
      "$(wc -l <"$sent/difference") lines in $sent/difference (first column: lost; second: invented," \
      "or an old version)"
  }
}

# A batch or call that was applied twice would have found its rows unchanged.
check_ledger() {
  local found expected="${inserted[$1]}|${updated[$1]}|0"
  found=$(ask ledger sluice.ledger "SELECT sum(inserted) || '|' || sum(updated) || '|' ||
    sum(unchanged + deleted + rejected) FROM % WHERE dataset = '$1'")
  [[ $found = "$expected" ]] ||
    die "round $round: $1: inserted|updated|other is $found, expected $expected"
}

check_history() {
  local found
  found=$(ask "\"history.$1\"" "history.\"$1\"" 'SELECT count(*) FROM %')
  [[ $found -eq ${updated[$1]} ]] ||
    die "round $round: $1: $found versions in the history, expected ${updated[$1]}"
}

check_chains() {
  at center sluice audit verify >"$workshop/verify" 2>&1 ||
    die "round $round: the center's chains do not verify: $(cat "$workshop/verify")"
}
