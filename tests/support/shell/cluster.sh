# shellcheck shell=bash
# shellcheck disable=SC2154  # node.sh sets the rest
# A private PostgreSQL for one test: a Unix socket in the test's folder, no TCP, never as root. Sourced
# after node.sh.

cluster_pid=

as_cluster_user() {
  if [[ $(id -u) -eq 0 ]]; then # PostgreSQL refuses to run as root
    exec setpriv --reuid=postgres --regid=postgres --init-groups -- "$@"
  fi
  exec "$@"
}

start_cluster() {
  pg_bin=$(pg_config --bindir)
  [[ -x $pg_bin/postgres ]] || pg_bin=$(find /usr/lib/postgresql -name bin -type d | sort -V | tail -n 1)
  [[ -x $pg_bin/postgres ]] || die "PostgreSQL's server is not installed"
  export PGHOST=$workshop/cluster PGPORT=5432 PGUSER=postgres
  unset PGDATABASE PGOPTIONS PGSERVICE
  mkdir -m 700 "$PGHOST"
  [[ $(id -u) -ne 0 ]] || chown postgres "$PGHOST"
  (cd "$PGHOST" && as_cluster_user "$pg_bin/initdb" --pgdata="$PGHOST/data" --username=postgres \
    --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-instructions) >"$workshop/initdb.log" 2>&1 ||
    die "initdb failed: $(tail -n 3 "$workshop/initdb.log")"
  resume_cluster
}

# Without fsync: its processes die here, and no machine does; what the kernel was given it keeps.
resume_cluster() {
  (cd "$PGHOST" && as_cluster_user "$pg_bin/postgres" -D "$PGHOST/data" -k "$PGHOST" -c listen_addresses= \
    -c unix_socket_permissions=0700 -c client_min_messages=warning -c fsync=off) >>"$workshop/postgres.log" 2>&1 &
  cluster_pid=$!
  local attempt
  for attempt in {1..1200}; do
    if "$pg_bin/pg_isready" --quiet; then return; fi
    kill -0 "$cluster_pid" 2>/dev/null || die "PostgreSQL ended: $(tail -n 3 "$workshop/postgres.log")"
    sleep 0.1
  done
  die "PostgreSQL is not ready after $((attempt / 10)) s"
}

# halt_cluster QUIT: all its processes at once, in the middle of what they do. halt_cluster INT: in good order.
halt_cluster() {
  [[ -n $cluster_pid ]] || return 0
  kill "-$1" "$cluster_pid" 2>/dev/null || true
  wait "$cluster_pid" 2>/dev/null || true
  cluster_pid=
}

sql() { psql --no-psqlrc --quiet --no-align --tuples-only --set=ON_ERROR_STOP=1 --dbname="$1" --command="$2"; }
