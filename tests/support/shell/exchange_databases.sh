# shellcheck shell=bash
# Private database servers that play a bureau's exchange database: PostgreSQL and MariaDB, on Unix sockets
# in a folder of the caller's, never as root. Sourced by quickstart.sh and by tests.

postgresql_pid=
mariadb_pid=

# as_account NAME COMMAND…: as that account where root runs this.
as_account() {
  local account=$1
  shift
  if [[ $(id -u) -eq 0 ]]; then
    exec setpriv "--reuid=$account" "--regid=$account" --init-groups -- "$@"
  fi
  exec "$@"
}

# own_folder FOLDER ACCOUNT
own_folder() {
  mkdir -m 711 "$1"
  [[ $(id -u) -ne 0 ]] || chown "$2" "$1"
}

await_server() { # PID LOG COMMAND…
  local pid=$1 log=$2 attempt
  shift 2
  for attempt in {1..300}; do
    if "$@" >/dev/null 2>&1; then return 0; fi
    if ! kill -0 "$pid" 2>/dev/null; then break; fi
    sleep 0.1
  done
  echo "the server did not start (attempt $attempt): $(tail -n 3 "$log")" >&2
  return 1
}

# start_postgresql FOLDER: the user `sluice` comes by the socket in FOLDER.
start_postgresql() {
  local folder=$1 programs
  programs=$(find /usr/lib/postgresql -name bin -type d | sort -V | tail -n 1)
  own_folder "$folder" postgres
  (cd "$folder" && as_account postgres "$programs/initdb" --pgdata="$folder/data" --username=sluice \
    --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-instructions --no-sync) >"$folder.initdb" 2>&1 ||
    { tail -n 3 "$folder.initdb" >&2; return 1; }
  (cd "$folder" && as_account postgres "$programs/postgres" -D "$folder/data" -k "$folder" \
    -c listen_addresses= -c client_min_messages=warning) >"$folder.log" 2>&1 &
  postgresql_pid=$!
  await_server "$postgresql_pid" "$folder.log" "$programs/pg_isready" --host="$folder" --quiet
  on_postgresql "$folder" postgres <<<'CREATE DATABASE exchange' >/dev/null
}

# on_postgresql FOLDER [DATABASE]: statements on standard input.
on_postgresql() {
  psql --no-psqlrc --quiet --no-align --tuples-only --set=ON_ERROR_STOP=1 --host="$1" --username=sluice \
    --dbname="${2:-exchange}" --field-separator=$'\t'
}

# start_mariadb FOLDER: root comes by the socket FOLDER/socket, without a password.
# Temporary tables in a folder of its own: another server that starts removes those in /tmp.
start_mariadb() {
  local folder=$1
  own_folder "$folder" mysql
  (cd "$folder" && as_account mysql mariadb-install-db --no-defaults --datadir="$folder/data" --tmpdir="$folder/data" --skip-test-db \
    --auth-root-authentication-method=normal) >"$folder.install" 2>&1 ||
    { tail -n 3 "$folder.install" >&2; return 1; }
  (cd "$folder" && as_account mysql mariadbd --no-defaults --datadir="$folder/data" --socket="$folder/socket" \
    --skip-networking --pid-file="$folder/pid" --tmpdir="$folder/data" --innodb-buffer-pool-size=32M) >"$folder.log" 2>&1 &
  mariadb_pid=$!
  await_server "$mariadb_pid" "$folder.log" on_mariadb "$folder" mysql </dev/null
  on_mariadb "$folder" mysql <<'SQL'
CREATE DATABASE exchange CHARACTER SET utf8mb4;
CREATE USER sluice@localhost IDENTIFIED BY 'exchange';
GRANT ALL ON exchange.* TO sluice@localhost;
SQL
}

# on_mariadb FOLDER [DATABASE]: statements on standard input.
on_mariadb() {
  mariadb --no-defaults --default-character-set=utf8mb4 --socket="$1/socket" --user=root \
    --batch --skip-column-names "${2:-exchange}"
}

stop_exchange_databases() {
  local pid
  for pid in $postgresql_pid $mariadb_pid; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  postgresql_pid='' mariadb_pid=''
}
