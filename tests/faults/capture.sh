#!/usr/bin/env bash
# A bureau's system writes to its exchange database all the time, in transactions that commit out of the order of
# their timestamps and numbers. An edge collects by all ways of capture at once and brings it to the center; edge,
# collection and center are killed, at named points and at random times. After each death, and in the end when nobody writes any more,
# a reconciliation must find both sides the same, and the center's chains must verify.
#
#   tests/faults/capture.sh [--seconds S] [--times N] [--store sqlite|postgresql] [--seed S] [--bin DIR] [--only POINT]
#
# --seconds: how long the writers write before the first death (default 5). --times: how many random deaths after
# every named point was hit once (default 4). --seed: which ones, and when (default 1).
# Needs programs with kill points compiled in (preset dev), jq, PostgreSQL with pgbench, its ODBC driver.
# shellcheck disable=SC2034,SC2119,SC2154  # what is sourced reads and sets the rest
set -euo pipefail
here=$(dirname "$0")
seconds=5 times=4 store=sqlite seed=1 only=''
bin=$here/../../build/dev/bin
usage() { sed -n '7s/^# *//p' "$0" >&2; exit 2; }
while [[ $# -gt 0 ]]; do
  case $1 in
    --seconds) seconds=${2:-} ;;
    --times) times=${2:-} ;;
    --store) store=${2:-} ;;
    --seed) seed=${2:-} ;;
    --bin) bin=${2:-} ;;
    --only) only=${2:-} ;;
    *) usage ;;
  esac
  [[ $# -ge 2 ]] || usage
  shift 2
done
[[ $times =~ ^[0-9]+$ && $seconds =~ ^[0-9]+$ && $seed =~ ^[0-9]+$ && $store =~ ^(sqlite|postgresql)$ ]] || usage
for each in support/shell/node.sh support/shell/two_nodes.sh support/shell/cluster.sh faults/kill_steps.sh; do
  # shellcheck disable=SC1090
  source "$here/../$each"
done

driver=$(find /usr/lib -name psqlodbcw.so -print -quit)
ways=(watermark moment flag log snapshot)
writers_pid=
round=0

# A table for each way; of the log's, the records are in a table beside it.
create_exchange_database() {
  sql postgres 'CREATE DATABASE exchange'
  sql exchange "
    CREATE TABLE by_watermark (id int PRIMARY KEY, v int, changed bigint NOT NULL);
    CREATE TABLE by_moment (id int PRIMARY KEY, v int, changed timestamptz NOT NULL);
    CREATE TABLE by_flag (id int PRIMARY KEY, v int, status char(1) NOT NULL, op char(1) NOT NULL, reason text);
    CREATE TABLE by_log (id int PRIMARY KEY, v int);
    CREATE TABLE changes (seq bigint PRIMARY KEY, op char(1), id int);
    CREATE TABLE by_snapshot (id int PRIMARY KEY, v int);
    CREATE SEQUENCE version; CREATE SEQUENCE seq;
    -- What the bureau's own system does with one record: sets it, or where the way can tell, removes it.
    CREATE FUNCTION put(i int, n int) RETURNS void LANGUAGE plpgsql AS \$\$
    BEGIN
      INSERT INTO by_watermark VALUES (i, n, nextval('version'))
        ON CONFLICT (id) DO UPDATE SET v = n, changed = excluded.changed;
      INSERT INTO by_moment VALUES (i, n, clock_timestamp())
        ON CONFLICT (id) DO UPDATE SET v = n, changed = excluded.changed;
      INSERT INTO by_flag VALUES (i, n, '0', CASE WHEN n % 5 = 0 THEN 'D' ELSE 'U' END, NULL)
        ON CONFLICT (id) DO UPDATE SET v = n, status = '0', op = excluded.op;
      INSERT INTO changes VALUES (nextval('seq'), CASE WHEN n % 5 = 0 THEN 'D' ELSE 'U' END, i);
      IF n % 5 = 0 THEN
        DELETE FROM by_log WHERE id = i;
        DELETE FROM by_snapshot WHERE id = i;
      ELSE
        INSERT INTO by_log VALUES (i, n) ON CONFLICT (id) DO UPDATE SET v = n;
        INSERT INTO by_snapshot VALUES (i, n) ON CONFLICT (id) DO UPDATE SET v = n;
      END IF;
    END \$\$;
    SELECT count(put(i, i)) FROM generate_series(1, 1000) i" >/dev/null
  # Open for up to 0.4 s after the row got its time: later ones commit before it.
  cat >"$workshop/work.sql" <<'END'
\set first random(1, 1500)
\set second :first + random(1, 500)
\set n random(1, 1000000)
\set pause random(0, 400)
BEGIN;
SELECT put(:first, :n);
SELECT put(:second, :n + 1);
\sleep :pause ms
COMMIT;
END
}

add_levy() {
  {
    echo "channels:
  front-end:
    connection: 'Driver=$driver;Server=$PGHOST;Port=5432;Database=exchange;UID=postgres'
    write_back: true
    schedule: {run: '@every 1s', retry: {first: 1s, longest: 1s}}
publishes:"
    local way
    for way in "${ways[@]}"; do
      echo "  - {dataset: by-$way, channels: [front-end], front-end: $(source_by "$way")}"
    done
  } | add_bureau levy
  for way in "${ways[@]}"; do
    add_schema "by-$way" <<'END'
{"sluice:dataset": {"owner": "levy", "title": "Records"}, "fieldsMatch": "subset",
 "fields": [{"name": "id", "type": "integer", "constraints": {"required": true}}, {"name": "v", "type": "integer"}],
 "primaryKey": "id"}
END
  done
}

source_by() {
  case $1 in
    watermark) echo '{table: by_watermark, capture: {kind: watermark, column: changed, look_back_numbers: 5000}}' ;;
    moment) echo '{table: by_moment, capture: {kind: watermark, column: changed, look_back: 30s}}' ;;
    flag) echo '{table: by_flag, capture: {kind: flag, column: status, operation_column: op, reason_column: reason}}' ;;
    log) echo '{table: by_log, capture: {kind: change-log, log: changes, sequence: seq, operation: op, look_back_numbers: 5000}}' ;;
    # What is held back has tests of its own.
    snapshot) echo '{table: by_snapshot, capture: {kind: snapshot, delete_at_most: {share: 100%}}}' ;;
  esac
}

start_nodes() {
  local store_yaml='{kind: sqlite}'
  if [[ $store = postgresql ]]; then
    sql postgres 'CREATE DATABASE center'
    store_yaml="{kind: postgresql, connection: \"host=$PGHOST port=$PGPORT user=$PGUSER dbname=center\"}"
  fi
  new_center "$store_yaml"
  at center stop_daemon
  sed -i 's/bureaus: \[park\]/bureaus: [park, levy]/' "$workshop/center/config/node.yaml"
  at center add_levy
  at center start_daemon
  new_edge edge 'batch: {rows: 200, age: 100ms}'
  at edge add_levy
  at edge start_daemon
}

start_writers() {
  "$pg_bin/pgbench" --no-vacuum --client=8 --jobs=1 --time=100000 --max-tries=10 --file="$workshop/work.sql" exchange \
    >"$workshop/pgbench.log" 2>&1 &
  writers_pid=$!
}

stop_writers() {
  [[ -n $writers_pid ]] || return 0
  kill -TERM "$writers_pid" 2>/dev/null || true
  wait "$writers_pid" 2>/dev/null || true
  writers_pid=
  # What was open when they went is rolled back.
  [[ -z $cluster_pid ]] || until [[ $(sql postgres "SELECT count(*) FROM pg_stat_activity WHERE datname = 'exchange' AND state <> 'idle' AND application_name = 'pgbench'") -eq 0 ]]; do
    sleep 0.1
  done
}

revive() {
  local name
  for name in center edge; do
    [[ -n ${daemon_of[$name]:-} ]] || at "$name" start_daemon
  done
}

compare() {
  "$bin/sluice" --config "$workshop/edge/config" reconcile levy --json >"$workshop/report" 2>"$workshop/report.log"
}

expect_same() { # WHEN
  local status=0
  compare || status=$?
  [[ $status -eq 0 ]] || die "round $round, $1: the reconciliation ended with $status: $(cat "$workshop/report" "$workshop/report.log")"
  [[ $(wc -l <"$workshop/report") -eq ${#ways[@]} ]] || die "round $round, $1: $(cat "$workshop/report")"
}

verify_center() {
  local status=0
  "$bin/sluice" --config "$workshop/center/config" audit verify >"$workshop/audit" 2>&1 || status=$?
  [[ $status -eq 0 ]] || die "round $round: the center's chains do not verify: $(cat "$workshop/audit")"
}

# Whoever reaches the point dies: on the edge that may be the daemon, or a collection that it runs.
kill_at_point() { # VICTIM POINT
  local doomed died=''
  at "$1" kill_daemon
  at "$1" launch_daemon "SLUICE_KILL_AT=$2"
  doomed=${daemon_of[$1]}
  revive_others "$1"
  if [[ $2 = capture.* || $2 = intake.* || $2 = journal.* ]]; then
    { # The shell would say "Killed"
      until_true 120 edge_died_somewhere "$1" "$doomed" && died=yes
    } 2>/dev/null
    [[ -n $died ]] || die "round $round: $2 was not reached"
    at "$1" kill_daemon
  else
    await_death "$doomed" "$1 $2"
  fi
  daemon_of["$1"]=
  revive
}
# The journal is written by collections, and by the daemon as its batches are acknowledged.
edge_died_somewhere() { # NODE DAEMON
  grep -q 'event=run-failed.*outcome=killed' "$workshop/$1/sluiced.log" || ! kill -0 "$2" 2>/dev/null
}
revive_others() {
  local name
  for name in center edge; do
    [[ $name = "$1" || -n ${daemon_of[$name]:-} ]] || at "$name" start_daemon
  done
}

kill_at_random() { # VICTIM AFTER-MS
  sleep "$(($2 / 1000)).$(printf %03d $(($2 % 1000)))"
  case $1 in
    both)
      at edge kill_daemon
      at center kill_daemon
      ;;
    collection) pkill -KILL -f "$workshop/edge/config collect" || true ;;
    database)
      halt_cluster QUIT
      writers_pid=
      resume_cluster
      start_writers
      ;;
    *) at "$1" kill_daemon ;;
  esac
  revive
}

run_round() { # HOW VICTIM WHAT
  round=$((round + 1))
  if [[ $1 = point ]]; then kill_at_point "$2" "$3"; else kill_at_random "$2" "$3"; fi
  expect_same "while the writers write"
  printf '%-10s round %3d  %-10s %-30s ok\n' "$store" "$round" "$2" "$3"
}

run_all() {
  local victims=(edge center both collection) victim point random
  [[ $store = postgresql ]] || victims+=(database) # where the center's own is not in it
  while read -r victim point; do
    [[ -z $only || $only = "$point" ]] || continue
    run_round point "$victim" "$point:$((1 + RANDOM % 4))"
  done < <(points_of capture.sh)
  for ((random = 0; random < times; ++random)); do
    run_round random "${victims[RANDOM % ${#victims[@]}]}" $((RANDOM % 1500))
  done
}

finish() {
  local status=$?
  stop_writers || true
  kill_all
  halt_cluster INT
  close_workshop "$status"
}

RANDOM=$seed
echo "seed $seed"
open_workshop capture park levy
trap finish EXIT
start_cluster
create_exchange_database
start_nodes
start_writers
sleep "$seconds"
expect_same "before any death"
run_all
stop_writers
until_true 120 compare || true # a run that begins now takes the last transactions
expect_same "when nobody writes any more"
verify_center
changes=$(sql exchange 'SELECT count(*) FROM changes')
printf 'both sides are the same by %s; %s changes in %s rounds\n' "${ways[*]}" "$((changes * ${#ways[@]}))" "$round"
jq -c '[.dataset, .source_records, .central_records]' "$workshop/report"
