# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # run.sh sets the rest; jq reads what is set here
# A table of an exchange database in PostgreSQL, to a central PostgreSQL that is another server: all of it
# once, the same again unchanged, and then a stream of single updates.

update_rate=1000 # updates a second
updates=10000
look_back=10 # seconds

# shellcheck source=../tests/support/shell/exchange_databases.sh
. "$project_dir/tests/support/shell/exchange_databases.sh"

measure_front_end() {
  start_cluster -c track_commit_timestamp=on
  source_host=$work/source
  start_server "$source_host" -c wal_level=logical -c track_commit_timestamp=on
  source_pid=$server_pid
  fill_source
  local run name
  for ((run = 1; run <= runs; ++run)); do
    for name in "${contestants[@]}"; do "replicate_with_$name" "$run"; done
  done
  show_front_end
  save_figures
}

stop_source() {
  [[ -n ${source_pid:-} ]] || return 0
  kill -INT "$source_pid" 2>/dev/null || true
  wait "$source_pid" 2>/dev/null || true
  source_pid=''
}

source_sql() { PGHOST=$source_host sql exchange "$1"; }

# The register, with a column that says when a row was changed, and the keys that are going to be updated.
fill_source() {
  say "making the source's register of $rows rows …"
  PGHOST=$source_host sql postgres 'CREATE DATABASE exchange'
  create_changing_table "$source_host" exchange
  "$generate_register" --shape wide --rows "$rows" 2>/dev/null |
    PGHOST=$source_host psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --dbname=exchange \
      --command="\\copy wide_register ($register_columns) FROM STDIN WITH (FORMAT csv, HEADER true)"
  source_sql "CREATE TABLE picked AS SELECT row_number() OVER () AS n, credit_code
                FROM (SELECT credit_code FROM wide_register ORDER BY md5(credit_code) LIMIT $updates) AS any_of_them;
              ALTER TABLE picked ADD PRIMARY KEY (n);
              CREATE SEQUENCE next_update;
              CREATE INDEX ON wide_register (changed, credit_code);
              CREATE PUBLICATION bench FOR TABLE wide_register"
  source_sql "VACUUM ANALYZE"
  # psql expands neither: the dollars quote for PostgreSQL.
  # shellcheck disable=SC2016
  printf '%s\n' 'SELECT nextval($$next_update$$) AS n \gset' \
    'UPDATE wide_register SET remark = clock_timestamp()::text, changed = clock_timestamp()
      WHERE credit_code = (SELECT credit_code FROM picked WHERE n = :n);' >"$work/update.sql"
}

register_columns='credit_code, enterprise_name, registered_on, enterprise_type, legal_representative, registered_capital,
  capital_currency, business_scope, province, district, address, region_code, employees, approved_at, status, remark'

create_changing_table() { # HOST DATABASE
  PGHOST=$1 create_wide_table "$2"
  PGHOST=$1 sql "$2" "ALTER TABLE wide_register ADD changed timestamptz NOT NULL DEFAULT '2026-01-01 00:00+00'"
}

# record_rows CONTESTANT LEG RUN SECONDS [EDGE-KIB [COLLECT-KIB]]
record_rows() {
  record "$1" "$2" "$3" "$(jq -nc --argjson seconds "$4" --argjson rows "$rows" --argjson edge_kib "${5:-null}" \
    --argjson collect_kib "${6:-null}" \
    '{$seconds, $rows, rows_per_second: ($rows / $seconds), $edge_kib, $collect_kib}')"
}

# Jiffies that all processors have worked since the machine started.
busy_jiffies() { awk '/^cpu / { print $2 + $3 + $4 + $7 + $8 }' /proc/stat; }

# update_source: all the updates, at an even rate; sets `update_cpu`, the seconds of CPU that the machine spent
# until the last one had arrived, by the command that is given, which waits for it.
update_source() {
  local before
  source_sql "ALTER SEQUENCE next_update RESTART"
  before=$(busy_jiffies)
  PGHOST=$source_host "$pg_bin/pgbench" --no-vacuum --client=4 --transactions="$((updates / 4))" \
    --rate="$update_rate" --file="$work/update.sql" exchange >"$work/pgbench.log" 2>&1 ||
    die "pgbench: $(tail -n 3 "$work/pgbench.log")"
  "$@"
  update_cpu=$(awk -v from="$before" -v to="$(busy_jiffies)" -v hertz="$(getconf CLK_TCK)" 'BEGIN { print (to - from) / hertz }')
}

# What the updates cost where nobody replicates them.
record_updates_alone() {
  update_source true
  record updates alone "$1" "$(jq -nc --argjson cpu "$update_cpu" '{cpu_seconds: $cpu}')"
}

# record_lag CONTESTANT RUN DATABASE TABLE ARRIVED: from each update, whose own time is in its remark, to the moment
# of that SQL expression.
record_lag() {
  local figures
  figures=$(sql "$3" "SELECT json_build_object('p50_ms', 1000 * percentile_cont(0.5) WITHIN GROUP (ORDER BY lag),
      'p99_ms', 1000 * percentile_cont(0.99) WITHIN GROUP (ORDER BY lag), 'max_ms', 1000 * max(lag), 'updates', count(*))
    FROM (SELECT extract(epoch FROM $5 - remark::timestamptz) AS lag
            FROM $4 WHERE remark LIKE '2%+00') AS lags")
  [[ $(jq .updates <<<"$figures") -eq $updates ]] || die "$1: $figures: expected $updates updates to have arrived"
  record "$1" steady "$2" "$(jq -c --argjson cpu "$update_cpu" '. + {cpu_seconds: $cpu}' <<<"$figures")"
}

await_updates() { # DATABASE TABLE
  local attempt
  for attempt in {1..600}; do
    [[ $(sql "$1" "SELECT count(*) FROM $2 WHERE remark LIKE '2%+00'") -lt $updates ]] || return 0
    sleep 0.1
  done
  die "not all updates had arrived after $((attempt / 10)) s"
}

# The columns as text that MariaDB and SQLite take; moments as their own types have them.
readable_columns="credit_code, enterprise_name, registered_on, enterprise_type, legal_representative, registered_capital,
  capital_currency, business_scope, province, district, address, region_code, employees,
  to_char(approved_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS'), status, remark"
copy_source() { # OPTIONS-OF-COPY
  PGHOST=$source_host psql --no-psqlrc --quiet --dbname=exchange \
    --command="COPY (SELECT $readable_columns FROM wide_register) TO STDOUT $1"
}

# The same rows where another product keeps them: for the memory of drivers that buffer a whole result.
fill_mariadb() {
  [[ -z $mariadb_pid ]] || return 0
  say "making the same register in MariaDB …"
  start_mariadb "$work/mariadb"
  on_mariadb "$work/mariadb" <<'SQL'
CREATE TABLE wide_register (
  credit_code VARCHAR(18) CHARACTER SET ascii PRIMARY KEY, enterprise_name VARCHAR(255) NOT NULL, registered_on DATE NOT NULL,
  enterprise_type VARCHAR(255), legal_representative VARCHAR(255), registered_capital DECIMAL(20, 2),
  capital_currency VARCHAR(3), business_scope TEXT, province VARCHAR(255), district VARCHAR(255), address VARCHAR(255),
  region_code VARCHAR(12), employees BIGINT, approved_at DATETIME, status VARCHAR(255), remark VARCHAR(255));
SQL
  copy_source '' | mariadb --no-defaults --local-infile=1 --default-character-set=utf8mb4 \
    --socket="$work/mariadb/socket" --user=root exchange \
    --execute="LOAD DATA LOCAL INFILE '/dev/stdin' INTO TABLE wide_register" || die "MariaDB took not the register"
}

fill_sqlite() {
  [[ ! -e $work/exchange.db ]] || return 0
  say "making the same register in SQLite …"
  copy_source '(FORMAT csv)' >"$work/register.csv"
  sqlite3 "$work/exchange.db" 'CREATE TABLE wide_register (
    credit_code TEXT PRIMARY KEY, enterprise_name TEXT NOT NULL, registered_on TEXT NOT NULL, enterprise_type TEXT,
    legal_representative TEXT, registered_capital TEXT, capital_currency TEXT, business_scope TEXT, province TEXT,
    district TEXT, address TEXT, region_code TEXT, employees INTEGER, approved_at DATETIME, status TEXT, remark TEXT)' \
    '.mode csv' ".import $work/register.csv wide_register"
  rm "$work/register.csv"
}

# As it was before the updates.
restore_source() {
  source_sql "UPDATE wide_register SET remark = NULL, changed = '2026-01-01 00:00+00' WHERE remark LIKE '2%+00'"
  source_sql "VACUUM wide_register"
}

replicate_with_copy() {
  fresh_database copied
  create_changing_table "$PGHOST" copied
  local from
  from=$(now)
  PGHOST=$source_host psql --no-psqlrc --quiet --dbname=exchange --command='COPY wide_register TO STDOUT' |
    psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --dbname=copied --command='COPY wide_register FROM STDIN'
  record_rows copy first "$1" "$(seconds_since "$from")"
  expect_rows copied wide_register "$rows"
  sql postgres 'DROP DATABASE copied'
  record_updates_alone "$1"
  restore_source
}

replicate_with_native() {
  fresh_database replicated
  create_changing_table "$PGHOST" replicated
  local from attempt
  from=$(now)
  sql replicated "CREATE SUBSCRIPTION bench CONNECTION 'host=$source_host dbname=exchange user=postgres' PUBLICATION bench"
  until [[ $(sql replicated "SELECT srsubstate FROM pg_subscription_rel") = r ]]; do sleep 0.05; done
  record_rows native first "$1" "$(seconds_since "$from")"
  expect_rows replicated wide_register "$rows"
  # A commit's time is the source's there, so the row has to say itself when it arrived.
  sql replicated "ALTER TABLE wide_register ADD arrived timestamptz;
    CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.arrived := clock_timestamp(); RETURN NEW; END';
    CREATE TRIGGER stamp BEFORE UPDATE ON wide_register FOR EACH ROW EXECUTE FUNCTION stamp();
    ALTER TABLE wide_register ENABLE ALWAYS TRIGGER stamp"
  update_source await_updates replicated wide_register
  record_lag native "$1" replicated wide_register arrived
  sql replicated 'DROP SUBSCRIPTION bench'
  sql postgres 'DROP DATABASE replicated'
  restore_source
}

replicate_with_sluice() {
  exchange_connection="Driver=$odbc_driver;Server=$source_host;Port=5432;Database=exchange;UID=postgres"
  start_center_and_edge
  collect sluice first "$1"
  expect_rows sluiced "$node_table" "$rows"
  collect sluice unchanged "$1"
  reconcile sluice compare "$1"
  reconcile sluice again "$1"
  # From now on as in production: by watermark, every second.
  edge_by "kind: watermark, column: changed, look_back: ${look_back}s"
  update_source await_updates sluiced "$node_table"
  record_lag sluice "$1" sluiced "$node_table" "pg_xact_commit_timestamp(xmin)"
  stop_edge
  stop_node
  restore_source
}

replicate_with_mariadb() {
  fill_mariadb
  exchange_connection="Driver=${odbc_driver%/*}/libmaodbc.so;SOCKET=$work/mariadb/socket;UID=sluice;DB=exchange"
  echo exchange >"$work/mariadb.password"
  more_of_channel=", password_file: $work/mariadb.password" replicate_from mariadb "$1"
}

replicate_with_sqlite() {
  fill_sqlite
  exchange_connection="Driver=${odbc_driver%/*}/libsqlite3odbc.so;Database=$work/exchange.db"
  replicate_from sqlite "$1"
}

replicate_from() { # CONTESTANT RUN
  start_center_and_edge
  collect "$1" first "$2"
  expect_rows sluiced "$node_table" "$rows"
  collect "$1" unchanged "$2"
  reconcile "$1" compare "$2"
  stop_edge
  stop_node
}

# collect CONTESTANT LEG RUN
collect() {
  sql postgres CHECKPOINT
  forget_peak "$edge_pid"
  measure "$sluice" --config "$work/edge/config" collect bench
  [[ $exit_status -eq 0 ]] || die "sluice collect ended with $exit_status: $(tail -n 5 "$work/command.log")"
  record_rows "$1" "$2" "$3" "$seconds_taken" "$(peak_kib_of "$edge_pid")" "$peak_kib"
}

reconcile() { # CONTESTANT LEG RUN
  measure "$sluice" --config "$work/edge/config" reconcile bench
  [[ $exit_status -eq 0 ]] || die "sluice reconcile ended with $exit_status: $(tail -n 5 "$work/command.log")"
  record_rows "$1" "$2" "$3" "$seconds_taken" "$(peak_kib_of "$edge_pid")" "$peak_kib"
}

start_center_and_edge() {
  start_fresh_node
  local config=$node_dir/config
  issue_for_edge
  stop_node
  printf 'nodes: [{name: edge, certificate_subject: CN=edge, bureaus: [bench]}]\n' >>"$config/node.yaml"
  rm -rf "$node_dir/state"
  mkdir -m 700 "$node_dir/state"
  write_front_end_bureau "$config" 'kind: snapshot'
  run_node
  local edge=$work/edge
  rm -rf "$edge"
  mkdir -p "$edge/config/bureaus" "$edge/config/schemas" "$edge/state"
  cp "$config/schemas/"* "$edge/config/schemas/"
  write_front_end_bureau "$edge/config" 'kind: snapshot'
  cat >"$edge/config/node.yaml" <<TEXT
node: {name: edge, state_directory: $edge/state, control_socket: $edge/control.socket}
identity:
  certificate: $work/certificates/edge.pem
  key: $work/certificates/edge.key
  authorities: $work/certificates/ca.pem
uplink:
  addresses: ["https://localhost:$node_port"]
  center_subject: CN=localhost
TEXT
  run_edge
}

issue_for_edge() {
  [[ ! -e $work/certificates/edge.pem ]] || return 0
  (cd "$work/certificates" && issue edge /CN=edge 'extendedKeyUsage=clientAuth') >>"$work/openssl.log" 2>&1 ||
    die "certificates: $(tail -n 3 "$work/openssl.log")"
}

more_of_channel='' # what a bureau's channel has beside the connection

write_front_end_bureau() { # CONFIGURATION CAPTURE
  cat >"$1/bureaus/bench.yaml" <<TEXT
bureau: bench
name: Benchmark
certificate_subject: "$bureau_subject"
channels:
  front-end: {connection: '$exchange_connection'$more_of_channel}
publishes:
  - dataset: wide-register
    channels: [front-end]
    front-end: {table: wide_register, capture: {$2}}
    mapping: {ignore: [changed]}
TEXT
}

# edge_by CAPTURE: the edge with another way of capture, which has seen the table once, and a schedule.
edge_by() {
  stop_edge
  run_edge # to send what the first collection by it brings
  write_front_end_bureau "$work/edge/config" "$1"
  "$sluice" --config "$work/edge/config" collect bench >"$work/command.log" 2>&1 ||
    die "sluice collect by $1: $(tail -n 5 "$work/command.log")"
  stop_edge
  sed -i "/front-end: {connection/s|}\$|, schedule: {run: '@every 1s'}}|" "$work/edge/config/bureaus/bench.yaml"
  run_edge
}

run_edge() {
  "$sluiced" --config "$work/edge/config" >"$work/edge.log" 2>&1 &
  edge_pid=$!
  await_node "$work/edge/config" "$edge_pid" "$work/edge.log"
}

stop_edge() {
  [[ -n ${edge_pid:-} ]] || return 0
  kill -TERM "$edge_pid" 2>/dev/null || true
  wait "$edge_pid" 2>/dev/null || true
  edge_pid=''
}
