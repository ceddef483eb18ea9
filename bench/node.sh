# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # shared with the other parts
# A node all in one: one bureau that publishes the wide register by file and by API. Its central store is
# PostgreSQL, if `node_store` is not another kind.

node_table='data."wide-register"'
node_store=postgresql

store_section() {
  case $node_store in
    sqlite) echo 'store: {kind: sqlite}' ;;
    postgresql)
      printf 'store:\n  kind: postgresql\n  connection: "%s"\n' \
        "host=$PGHOST port=$PGPORT user=$PGUSER dbname=sluiced"
      ;;
  esac
}

write_node_configuration() {
  local config=$node_dir/config tls=$work/certificates
  mkdir -p "$config/bureaus" "$config/schemas" "$node_dir/state"
  cp "$bench_dir/wide-register.schema.json" "$config/schemas/wide-register.json"
  cat >"$config/node.yaml" <<TEXT
node:
  name: bench
  state_directory: $node_dir/state
  control_socket: $node_dir/control.socket
identity:
  certificate: $tls/server.pem
  key: $tls/server.key
  authorities: $tls/ca.pem
listen:
  address: 127.0.0.1
  port: $node_port
$(store_section)
TEXT
  cat >"$config/bureaus/bench.yaml" <<TEXT
bureau: bench
name: Benchmark
certificate_subject: "$bureau_subject"
channels:
  direct: {}
  disk: {}
publishes:
  - dataset: wide-register
    channels: [direct, disk]
TEXT
}

# start_fresh_node [COMMAND]: a node that has seen nothing yet, with an empty central store; the command
# writes its configuration.
start_fresh_node() {
  make_certificates
  node_dir=$work/node
  rm -rf "$node_dir"
  mkdir -m 700 "$node_dir"
  hold_port
  node_port=$held_port
  fresh_database sluiced
  "${1:-write_node_configuration}"
  run_node
}

run_node() {
  "$sluiced" --config "$node_dir/config" >"$work/sluiced.log" 2>&1 &
  node_pid=$!
  await_node "$node_dir/config" "$node_pid" "$work/sluiced.log"
}

await_node() { # CONFIGURATION PID LOG
  local attempt
  for attempt in {1..150}; do
    if "$sluice" --config "$1" status --json >/dev/null 2>&1; then return; fi
    kill -0 "$2" 2>/dev/null || die "sluiced ended: $(tail -n 5 "$3")"
    sleep 0.2
  done
  die "sluiced is not ready after $((attempt / 5)) s: $(tail -n 5 "$3")"
}

stop_node() {
  [[ -n ${node_pid:-} ]] || return 0
  kill -TERM "$node_pid" 2>/dev/null || true
  wait "$node_pid" 2>/dev/null || true
  node_pid=''
}

# The kernel's high-water mark of a process's resident memory, and its reset before a measurement.
peak_kib_of() { awk '/^VmHWM:/ { print $2 }' "/proc/$1/status"; }
forget_peak() { echo 5 >"/proc/$1/clear_refs"; }
node_peak_kib() { peak_kib_of "$node_pid"; }
forget_node_peak() { forget_peak "$node_pid"; }
