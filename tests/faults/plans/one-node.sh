# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # run.sh reads these, and has set the rest
# One node takes a file and posted records at once, and stores them itself.
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
