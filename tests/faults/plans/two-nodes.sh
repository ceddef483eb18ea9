# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # run.sh reads these, and has set the rest
# An edge takes a file and posted records at once, and brings them to the center.
nodes=(center edge)
victims=(edge center import edge+center)
checks=(check_exactly_once check_chains) last_checks=()
latest_pass=6
publish=add_sender
use traffic/file_and_calls

make_nodes() {
  new_center "$store_yaml"
  # Small batches: many are under way to be killed at.
  new_edge edge 'batch: {rows: 500, age: 100ms}'
  forget_sent
}
