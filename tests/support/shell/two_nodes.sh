# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034,SC2119  # node.sh and cases.sh set, and their functions read, the rest
# A center and an edge that brings it the bureau park's batches, on loopback. Sourced after node.sh.
#   at center start_daemon; at edge sluice status

# shellcheck source=tests/support/shell/held_port.sh
source "$project/tests/support/shell/held_port.sh"

declare -A daemon_of=() port_of=()
at_node=

# at NAME COMMAND…: what the command finds as `node`, `daemon` and `port` is that node's.
at() {
  turn_to "$1"
  shift
  local ended=0 # not `status`: the command may set that for the caller
  "$@" || ended=$?
  daemon_of[$at_node]=$daemon
  port_of[$at_node]=${port:-}
  return "$ended"
}

turn_to() {
  at_node=$1
  node=$workshop/$1
  daemon=${daemon_of[$1]:-}
  port=${port_of[$1]:-}
}

kill_all() {
  local each
  for each in "${!daemon_of[@]}"; do at "$each" kill_daemon; done
}

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
  add_park
  add_bureau tax </dev/null # of which nothing comes
  sed -i "s/port: 0}/port: $held_port}/" "$node/config/node.yaml"
  at center start_daemon
}

# new_edge [NAME] [MORE-YAML] [MORE-OF-UPLINK]: does not run yet.
new_edge() {
  local name=${1:-edge}
  certify_node "$name"
  destination=uplink identity=$name new_node "$name" \
    "{addresses: ['https://localhost:${port_of[center]}'], center_subject: '$(subject_of node)'${3:-}}" \
    "${2:-batch: {age: 50ms\}}"
  add_park
}
