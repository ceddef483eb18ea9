# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034,SC2119  # node.sh and cases.sh set, and their functions read, the rest
# A center and an edge that brings it the bureau park's batches, on loopback. Sourced after node.sh.

# shellcheck source=tests/support/shell/held_port.sh
source "$project/tests/support/shell/held_port.sh"

# The function that adds to a node the bureau and its schemas; and the center's host.
publish=add_park
center_host=localhost

# A center's certificate is `node`, an edge's its own name.
certify_node() { sh "$project/config/dev-ca.sh" "$pki" "$1"; }
subject_of() { printf 'CN=%s,O=Sluice development' "$1"; }

add_park() {
  add_park_bureau
  local dataset
  for dataset in register approval; do
    add_schema "$dataset" <<'END'
{"sluice:dataset": {"owner": "park", "title": "Register"},
 "fields": [{"name": "number", "type": "string", "constraints": {"required": true}},
            {"name": "name", "type": "string"}],
 "primaryKey": "number"}
END
  done
}

# new_center [STORE-YAML] [NODES-YAML]: runs, on a port that stays its own while it is down.
new_center() {
  hold_port
  new_node center "${1:-{kind: sqlite\}}" \
    "nodes: ${2:-[{name: edge, certificate_subject: \"$(subject_of edge)\", bureaus: [park]\}]}"
  "$publish"
  add_bureau tax </dev/null # of which nothing comes
  sed -i "s/port: 0}/port: $held_port}/" "$node/config/node.yaml"
  at center start_daemon
}

# new_edge [NAME] [MORE-YAML] [MORE-OF-UPLINK]: does not run yet.
new_edge() {
  local name=${1:-edge}
  certify_node "$name"
  destination=uplink identity=$name new_node "$name" \
    "{addresses: ['https://$center_host:${port_of[center]}'], center_subject: '$(subject_of node)'${3:-}}" \
    "${2:-batch: {age: 50ms\}}"
  "$publish"
}
