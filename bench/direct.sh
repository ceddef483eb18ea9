# shellcheck shell=bash
# shellcheck disable=SC2154  # run.sh sets the rest
# Single records from many connections at once, each durable before it is answered.

measure_direct() {
  start_cluster
  make_certificates
  local run name
  for ((run = 1; run <= runs; ++run)); do
    for name in "${contestants[@]}"; do "post_with_$name" "$run"; done
  done
  show_direct
  save_figures
}

post_with_pgbench() {
  fresh_database pgbenched
  create_wide_table pgbenched
  pgbench_inserts pgbenched "$connections" --time="$seconds" >"$work/pgbench.json"
  record pgbench insert "$1" "$(cat "$work/pgbench.json")"
  sql postgres 'DROP DATABASE pgbenched'
}

# pgbench_inserts DATABASE CLIENTS OPTION: one insert of a row a transaction; prints the figures.
pgbench_inserts() {
  local log=$work/pgbench.log
  "$pg_bin/pgbench" --no-vacuum --protocol=prepared --client="$2" --jobs="$(($2 > 1 ? 2 : 1))" "$3" \
    --define=n=0 --file="$bench_dir/pgbench_insert.sql" --log --log-prefix="$work/pgbench-latency" \
    "$1" >"$log" 2>&1 || die "pgbench: $(tail -n 3 "$log")"
  # Third column of the log: microseconds of each transaction.
  sort --numeric-sort --key=3,3 "$work"/pgbench-latency.* |
    awk -v clients="$2" -v rate="$(sed -n 's/^tps = \([0-9.]*\).*/\1/p' "$log")" '
    { latency[NR] = $3 }
    END { printf "{\"clients\":%s,\"per_second\":%s,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f}\n",
          clients, rate, latency[int(NR * 0.5) + 1] / 1000, latency[int(NR * 0.99) + 1] / 1000, latency[NR] / 1000 }'
  rm -f "$work"/pgbench-latency.*
}

# post_to CONTESTANT RUN PORT
post_to() {
  local tls=$work/certificates
  "$post_load" --connect "127.0.0.1:$3" --cert "$tls/bureau.pem" --key "$tls/bureau.key" --ca "$tls/ca.pem" \
    --dataset wide-register --connections "$connections" --seconds "$seconds" --json \
    >"$work/post.json" 2>"$work/post.log" || die "post_load to $1: $(cat "$work/post.json" "$work/post.log")"
}

# How much of post_load's own cost and of TLS is in the figures: a server that stores nothing.
post_with_nginx() {
  start_nginx
  post_to nginx "$1" "$nginx_port"
  record nginx post "$1" "$(cat "$work/post.json")"
  stop_nginx
}

start_nginx() {
  local tls=$work/certificates attempt
  hold_port
  nginx_port=$held_port
  mkdir -p "$work/nginx"
  cat >"$work/nginx.conf" <<TEXT
daemon off;
worker_processes 2;
pid $work/nginx.pid;
error_log $work/nginx.log;
events { worker_connections 1024; }
http {
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path $work/nginx/body;
  proxy_temp_path $work/nginx/proxy;
  fastcgi_temp_path $work/nginx/fastcgi;
  uwsgi_temp_path $work/nginx/uwsgi;
  scgi_temp_path $work/nginx/scgi;
  server {
    listen 127.0.0.1:$nginx_port ssl;
    ssl_certificate $tls/server.pem;
    ssl_certificate_key $tls/server.key;
    ssl_client_certificate $tls/ca.pem;
    ssl_verify_client on;
    location / { return 204; }
  }
}
TEXT
  PATH=$PATH:/usr/sbin nginx -c "$work/nginx.conf" -p "$work" 2>"$work/nginx.err" &
  nginx_pid=$!
  for attempt in {1..50}; do
    if (exec 3<>"/dev/tcp/127.0.0.1/$nginx_port") 2>/dev/null; then return; fi
    kill -0 "$nginx_pid" 2>/dev/null || break
    sleep 0.1
  done
  die "nginx does not listen (attempt $attempt): $(tail -n 3 "$work/nginx.err")"
}

stop_nginx() {
  [[ -n ${nginx_pid:-} ]] || return 0
  kill -TERM "$nginx_pid" 2>/dev/null || true
  wait "$nginx_pid" 2>/dev/null || true
  nginx_pid=''
}

post_with_sluice() {
  start_fresh_node
  forget_node_peak
  post_to sluice "$1" "$node_port"
  record sluice post "$1" "$(jq -c --argjson daemon_peak_kib "$(node_peak_kib)" '. + {$daemon_peak_kib}' "$work/post.json")"
  stop_node
}
