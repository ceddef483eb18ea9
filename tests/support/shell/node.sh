# shellcheck shell=bash
# A whole node for one test: its folder, development certificates, configuration, and the real programs
# on loopback. Sourced. The test sets `bin` (the folder of sluiced and sluice) and calls open_workshop;
# everything it starts is ended, and its folder removed, when the test ends.

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
daemon=
at_node=node
# By a node's name. A program runs inside what is said there, such as `ip netns exec NETWORK`.
declare -A daemon_of=() port_of=() inside_of=()

die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# open_workshop NAME BUREAU…: a folder, and certificates of a node and these bureaus.
open_workshop() {
  bin=$(cd "${bin:?the folder of the programs}" && pwd)
  [[ -x $bin/sluiced && -x $bin/sluice ]] || die "$bin has no sluiced and sluice: name their folder by --bin"
  workshop=$(mktemp -d "${TMPDIR:-/tmp}/sluice-$1.XXXXXX")
  chmod 711 "$workshop" # PostgreSQL, where root runs the tests, is another user
  pki=$workshop/pki
  shift
  sh "$project/config/dev-ca.sh" "$pki" node "$@"
}

# close_workshop STATUS: the folder is kept after a failure, so that one can look.
close_workshop() {
  local status=$1
  kill_daemon
  if [[ $status -eq 0 ]]; then
    rm -rf "$workshop"
  else
    [[ -z ${node:-} || ! -s $node/sluiced.log ]] || tail -n 5 "$node/sluiced.log" >&2
    echo "${0##*/}: failed; left for a look: $workshop" >&2
  fi
}

# new_node NAME STORE-YAML [MORE-YAML]: an empty node; the test adds bureaus and schemas. It is the node
# that `identity` names a certificate of (default: node); with destination=uplink it is an edge, and
# STORE-YAML says where to.
new_node() {
  node=$workshop/$1
  mkdir -p "$node/config/bureaus" "$node/config/schemas"
  cat >"$node/config/node.yaml" <<END
node: {name: ${1//_/-}, state_directory: $node/state, control_socket: $node/control.socket}
identity:
  certificate: $pki/${identity:-node}.pem
  key: $pki/${identity:-node}.key
  authorities: $pki/ca.pem
  revocations: $pki/crl.pem
listen: ${listen:-{address: 127.0.0.1, port: 0\}}
${destination:-store}: $2
${3:-}
END
}

# add_bureau NAME: the rest of its YAML comes on standard input.
add_bureau() {
  {
    printf 'bureau: %s\nname: %s\ncertificate_subject: "CN=%s,O=Sluice development"\n' "$1" "$1" "$1"
    cat
  } >"$node/config/bureaus/$1.yaml"
}

add_schema() { cat >"$node/config/schemas/$1.json"; }

# What park publishes: a register by disk, approvals by calls. Their schemas are the test's.
add_park_bureau() {
  add_bureau park <<'END'
channels: {direct: {}, disk: {}}
publishes:
  - {dataset: register, channels: [disk]}
  - {dataset: approval, channels: [direct]}
END
}

sluice() { "$bin/sluice" --config "$node/config" "$@"; }

# at NAME COMMAND…: what the command finds as `node`, `daemon` and `port` is that node's, where a
# test has several: at center start_daemon; at edge sluice status
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

# launch_daemon [VAR=VALUE…]: does not wait until it serves.
launch_daemon() {
  : >"$node/sluiced.log"
  # shellcheck disable=SC2086  # words of a command
  env "$@" ${inside_of[$at_node]:-} "$bin/sluiced" --config "$node/config" 2>"$node/sluiced.log" &
  daemon=$!
}

# Sets `port`. Fails if the daemon ends before it serves.
await_ready() {
  local attempt
  for attempt in {1..2400}; do
    port=$(sed -n 's/.*event=ready.* port=\([0-9]*\).*/\1/p' "$node/sluiced.log")
    [[ -z $port ]] || return 0
    kill -0 "$daemon" 2>/dev/null || return 1
    sleep 0.05
  done
  die "sluiced does not serve after $((attempt / 20)) s"
}

start_daemon() {
  launch_daemon "$@"
  await_ready || die "sluiced ended at once: $(tail -n 3 "$node/sluiced.log")"
}

kill_daemon() {
  [[ -n $daemon ]] || return 0
  kill -KILL "$daemon" 2>/dev/null || true
  wait "$daemon" 2>/dev/null || true
  daemon=
}

# Ends it as an operator would, and fails if it does not end well.
stop_daemon() {
  kill -TERM "$daemon"
  wait "$daemon" || die "sluiced ended with status $?"
  daemon=
}

# until_true SECONDS COMMAND…: a deadline, not a delay.
until_true() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < end)) || return 1
    sleep 0.05
  done
}

# call BUREAU METHOD PATH [CURL-ARGUMENT…]: prints the status (000: no answer); the body is in
# $answer, or $node/answer, and what curl says of a failure in the same name with .err.
call() {
  local bureau=$1 method=$2 path=$3
  shift 3
  # shellcheck disable=SC2086  # words of a command
  ${inside_of[$at_node]:-} curl --silent --show-error --max-time 60 --cacert "$pki/ca.pem" \
    --cert "$pki/$bureau.pem" --key "$pki/$bureau.key" --request "$method" \
    --output "${answer:-$node/answer}" --write-out '%{http_code}' "$@" \
    "https://localhost:$port$path" 2>"${answer:-$node/answer}.err" || true
}

# post BUREAU DATASET BODY [CURL-ARGUMENT…]: BODY as curl's --data-binary takes it.
post() {
  local bureau=$1 dataset=$2 body=$3
  shift 3
  call "$bureau" POST "/v1/datasets/$dataset/records" --header 'Content-Type: application/x-ndjson' \
    --data-binary "$body" "$@"
}

# The records that the central store holds, sorted, without the header.
held() { sluice dataset read "$@" | tail -n +2 | LC_ALL=C sort; }

# await_held DATASET ROWS: until the central store holds as many.
await_held() {
  local attempt found=0
  for attempt in {1..600}; do
    found=$(held "$1" | wc -l)
    [[ $found -lt $2 ]] || return 0
    sleep 0.1
  done
  die "$1 holds $found records after $((attempt / 10)) s, expected $2"
}
