# shellcheck shell=bash
# shellcheck disable=SC2154  # run.sh and packages.sh set the rest
# A private PostgreSQL cluster: no TCP, a Unix socket that only its user (and root) can reach.

# The settings, besides PostgreSQL's defaults, that all contestants share: checkpoints are kept out of
# the measured time, since they fall into one or another contestant's by chance.
cluster_settings=(
  -c listen_addresses=
  -c unix_socket_permissions=0700
  -c max_wal_size=16GB
  -c checkpoint_timeout=1h
  -c client_min_messages=warning
)

start_cluster() {
  export PGHOST=$work/cluster PGPORT=5432 PGUSER=postgres
  unset PGDATABASE PGOPTIONS PGSERVICE
  start_server "$PGHOST" "$@"
  cluster_pid=$server_pid
}

# start_server DIRECTORY [SETTING…]: sets `server_pid`.
start_server() {
  local directory=$1 as_cluster_user=()
  shift
  mkdir -m 700 "$directory"
  if [[ $(id -u) -eq 0 ]]; then # PostgreSQL refuses to run as root
    as_cluster_user=(setpriv --reuid=postgres --regid=postgres --init-groups --)
    chown postgres "$directory"
  fi
  (cd "$directory" && "${as_cluster_user[@]}" "$pg_bin/initdb" --pgdata="$directory/data" --username=postgres \
    --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-instructions) >"$directory.initdb.log" 2>&1 ||
    die "initdb failed: $(tail -n 3 "$directory.initdb.log")"
  "${as_cluster_user[@]}" "$pg_bin/postgres" -D "$directory/data" -k "$directory" "${cluster_settings[@]}" "$@" \
    >"$directory.log" 2>&1 &
  server_pid=$!
  local attempt
  for attempt in {1..150}; do
    if "$pg_bin/pg_isready" --quiet --host="$directory"; then return; fi
    kill -0 "$server_pid" 2>/dev/null || die "PostgreSQL ended: $(tail -n 3 "$directory.log")"
    sleep 0.2
  done
  die "PostgreSQL is not ready after $((attempt / 5)) s: $(tail -n 3 "$directory.log")"
}

stop_cluster() {
  [[ -n ${cluster_pid:-} ]] || return 0
  kill -INT "$cluster_pid" 2>/dev/null || true # "fast" shutdown
  wait "$cluster_pid" 2>/dev/null || true
  cluster_pid=''
}

sql() { psql --no-psqlrc --quiet --no-align --tuples-only --set=ON_ERROR_STOP=1 --dbname="$1" --command="$2"; }

# An empty database, and nothing left to be written of what came before.
fresh_database() {
  sql postgres "DROP DATABASE IF EXISTS $1 WITH (FORCE)"
  sql postgres "CREATE DATABASE $1"
  sql postgres CHECKPOINT
}

create_wide_table() {
  psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --dbname="$1" --file="$bench_dir/wide_register.sql"
}

wal_position() { sql postgres 'SELECT pg_current_wal_insert_lsn()'; }
wal_bytes_since() { sql postgres "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '$1')::bigint"; }

expect_rows() {
  local found
  found=$(sql "$1" "SELECT count(*) FROM $2")
  [[ $found -eq $3 ]] || die "$1: $2 holds $found rows, expected $3: the measurement is worth nothing"
}
