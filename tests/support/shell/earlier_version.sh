# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # node.sh and cases.sh set, and their functions read, the rest
# Nodes whose files an earlier version wrote (tests/fixtures): unpacked, and looked at. Who makes the
# fixtures looks at them by the same words. Sourced after node.sh.

# unpack_node FIXTURE NAME [PLACEHOLDER=VALUE…]: the node as it was stopped; what its configuration names
# differently from test to test stands as @PLACEHOLDER@ in it.
unpack_node() {
  tar --extract --file "$1/$2.tar.zst" --zstd --directory "$workshop"
  mkdir -p "$workshop/$2/config/bureaus"
  turn_to "$2"
  local each
  for each in "WORKSHOP=$workshop" "${@:3}"; do
    find "$node/config" -type f -exec sed -i "s|@${each%%=*}@|${each#*=}|g" {} +
  done
}

# What is in a node's files, by commands alone, in words that depend neither on where they lie nor on
# when one asks.
tell_people() { sluice user list --json | jq -c '[.name, .display_name, .roles, .bureau, .state]'; }
tell_tasks() { sluice task list industry --json | jq -c '[.id, .title, .state]'; }
tell_quarantine() { sluice quarantine export "$1" | jq -c '[.dataset, .rule, .original]'; }
tell_records() { # DATASET [OPTION…]
  echo "$* $(sluice dataset read "$@" | LC_ALL=C sort | sha256sum | cut -d ' ' -f 1)"
}
tell_batches() { sluice batch list --bureau "$1" --json | jq -c '[.epoch, .sequence, .dataset, .upserts, .manifest]'; }
tell_events() { sluice audit log | jq -r .event | LC_ALL=C sort | uniq -c | sed 's/^ *//'; }
tell_industry() {
  tell_people
  tell_tasks
  tell_records licence
  tell_records notice
  tell_records notice --version 1
  tell_batches industry
  tell_events
}
tell_on_postgresql() { tell_industry; }
tell_center() {
  tell_industry
  tell_records register
  tell_records approval
  tell_records payment
  tell_batches park
  tell_batches levy
  sluice quarantine counts park --json | jq -c '[.dataset, .rule, .waiting]'
}
tell_edge() {
  tell_quarantine park
  tell_quarantine levy
  tell_events
  sqlite3 -readonly "$node/state/jobs.sqlite" 'SELECT bureau, task, reason, outcome FROM run'
  sqlite3 -readonly "$node/state/reconciliation.sqlite" 'SELECT dataset, source_records, central_records FROM report'
  sluice journal list --json 2>/dev/null | jq -c . || true
}
