# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # run.sh reads these, and has set the rest
# One node takes a file and posted records at once, and stores them itself. What dies in the middle of
# migrating the register leaves it as it was.
nodes=(center)
victims=(center import import+center)
[[ $store = sqlite ]] || victims+=(database)
checks=(check_exactly_once check_chains) last_checks=()
latest_pass=6
use traffic/file_and_calls

make_nodes() {
  # Small batches: many commits, sends and applies to be killed at.
  new_node center "$store_yaml" 'batch: {rows: 500, age: 100ms}'
  add_sender
  forget_sent
}

# As an operator who has changed the schema in a configuration of its own would begin it.
strike_migration_at() { # POINT
  send
  await_sent
  until_true 120 ledger_has "$file_rows" || die "round $round: there is nothing to migrate"
  rm -rf "$node/changed"
  cp -r "$node/config" "$node/changed"
  jq '.fields[1].name = "title"' "$node/config/schemas/register.json" >"$node/changed/schemas/register.json"
  echo 'fields: [{field: title, from: name}]' >"$node/mapping.yaml"
  env "SLUICE_KILL_AT=$1" "$bin/sluice" --config "$node/changed" dataset migrate register \
    --mapping "$node/mapping.yaml" >"$node/migration.out" 2>&1 &
  sender_pid=$!
  await_death "$sender_pid" "migration $1"
  sender_pid=
}
