# shellcheck shell=bash
# shellcheck disable=SC2154  # run.sh sets the rest
# Single records, alone and beside a stream of calls as large as the node takes them: of another
# bureau, and of the same one.

# Of the wide register, about 1 KB each in JSON; the limit is 16 MiB.
rows_of_large_call=15000

measure_beside() {
  node_store=sqlite
  start_cluster # start_fresh_node makes a database, whatever the store is
  make_certificates
  (cd "$work/certificates" && issue bulk /CN=bulk 'extendedKeyUsage=clientAuth') >"$work/openssl.log" 2>&1 ||
    die "certificates: $(tail -n 3 "$work/openssl.log")"
  local run name
  for ((run = 1; run <= runs; ++run)); do
    for name in "${contestants[@]}"; do post_beside "$name" "$run"; done
  done
  show_beside
  save_figures
}

write_two_bureaus() {
  write_node_configuration
  local config=$node_dir/config
  sed 's/"owner": "bench"/"owner": "bulk"/' "$config/schemas/wide-register.json" >"$config/schemas/bulk-register.json"
  sed -e 's/bench/bulk/; s/wide-register/bulk-register/' -e '/^name:/s/.*/name: Bulk/' \
    -e '/certificate_subject/s/.*/certificate_subject: "CN=bulk"/' \
    "$config/bureaus/bench.yaml" >"$config/bureaus/bulk.yaml"
}

# start_large_calls BUREAU'S-CERTIFICATE DATASET: one after the other, until they are stopped.
start_large_calls() {
  local tls=$work/certificates
  "$post_load" --connect "127.0.0.1:$node_port" --cert "$tls/$1.pem" --key "$tls/$1.key" --ca "$tls/ca.pem" \
    --dataset "$2" --connections 1 --rows "$rows_of_large_call" --first-row 5000000 \
    --seconds "$((seconds + 2))" --json >"$work/large.json" 2>"$work/large.log" &
  large_calls_pid=$!
}

stop_large_calls() {
  [[ -n ${large_calls_pid:-} ]] || return 0
  kill -TERM "$large_calls_pid" 2>/dev/null || true
  wait "$large_calls_pid" 2>/dev/null || true
  large_calls_pid=''
}

post_beside() { # LEG RUN
  local large='{}'
  start_fresh_node write_two_bureaus
  forget_node_peak
  case $1 in
    other) start_large_calls bulk bulk-register ;;
    same) start_large_calls bureau wide-register ;;
  esac
  post_to sluice "$2" "$node_port"
  if [[ -n ${large_calls_pid:-} ]]; then
    wait "$large_calls_pid" || die "large calls: $(cat "$work/large.json" "$work/large.log")"
    large_calls_pid=''
    large=$(jq -c '{large_per_second: .per_second}' "$work/large.json")
  fi
  record "$1" post "$2" "$(jq -c --argjson daemon_peak_kib "$(node_peak_kib)" --argjson large "$large" \
    '. + $large + {$daemon_peak_kib}' "$work/post.json")"
  stop_node
}
