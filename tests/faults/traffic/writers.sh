# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # run.sh, node.sh and cluster.sh set, and run.sh reads, the rest
# The bureau levy's own system writes to its exchange database all the time, in transactions that
# commit out of the order of their timestamps and numbers. The edge collects by all ways of capture
# at once. Its victims: `collection` is a run that collects, `exchange` the database. Needs pgbench
# and PostgreSQL's ODBC driver.

driver=$(find /usr/lib -name psqlodbcw.so -print -quit)
ways=(watermark moment flag log snapshot)

# A table for each way; of the log's, the records are in a table beside it.
create_exchange_database() {
  [[ -n $cluster_pid ]] || start_cluster
  sql postgres 'CREATE DATABASE exchange'
  sql exchange "
    CREATE TABLE by_watermark (id int PRIMARY KEY, v int, changed bigint NOT NULL);
    CREATE TABLE by_moment (id int PRIMARY KEY, v int, changed timestamptz NOT NULL);
    CREATE TABLE by_flag (id int PRIMARY KEY, v int, status char(1) NOT NULL, op char(1) NOT NULL, reason text);
    CREATE TABLE by_log (id int PRIMARY KEY, v int);
    CREATE TABLE changes (seq bigint PRIMARY KEY, op char(1), id int);
    CREATE TABLE by_snapshot (id int PRIMARY KEY, v int);
    CREATE SEQUENCE version; CREATE SEQUENCE seq;
    -- What the bureau's own system does with one record: sets it, or where the way can tell,
    -- removes it.
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

add_levy() {
  local way
  {
    echo "channels:
  front-end:
    connection: 'Driver=$driver;Server=$PGHOST;Port=5432;Database=exchange;UID=postgres'
    write_back: true
    schedule: {run: '@every 1s', retry: {first: 1s, longest: 1s}}
publishes:"
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

begin_traffic() {
  "$pg_bin/pgbench" --no-vacuum --client=8 --jobs=1 --time=100000 --max-tries=10 \
    --file="$workshop/work.sql" exchange >"$workshop/pgbench.log" 2>&1 &
  sender_pid=$!
}

end_traffic() {
  kill -TERM "$sender_pid" 2>/dev/null || true
  wait "$sender_pid" 2>/dev/null || true
  sender_pid=
  # What was open when they went is rolled back.
  until [[ $(sql postgres "SELECT count(*) FROM pg_stat_activity WHERE datname = 'exchange' AND
    state <> 'idle' AND application_name = 'pgbench'") -eq 0 ]]; do
    sleep 0.1
  done
  until_true 120 compare_sides || true # a run that begins now takes the last transactions
}

strike_exchange() {
  halt_cluster QUIT
  resume_cluster
  begin_traffic # the writers went with it
}

strike_collection() { pkill -KILL -f "$workshop/edge/config collect" || true; }

# Whoever reaches the point dies: a collection, or the edge's daemon that runs it; the journal is
# written by collections, and by the daemon as its batches are acknowledged.
strike_collection_at() { # POINT
  local died=
  at edge kill_daemon
  start_nodes edge "$1" || true
  { # The shell would say "Killed"
    until_true 120 edge_died_somewhere && died=yes
  } 2>/dev/null
  [[ -n $died ]] || die "round $round: $1 was not reached"
  at edge kill_daemon
}
edge_died_somewhere() {
  grep -q 'event=run-failed.*outcome=killed' "$workshop/edge/sluiced.log" || is_gone "${daemon_of[edge]}"
}

compare_sides() {
  at edge sluice reconcile levy --json >"$workshop/report" 2>"$workshop/report.log"
}

# Both sides are the same, whatever is being written meanwhile.
check_same_sides() {
  local status=0 when="while the writers write"
  [[ $round -gt 0 ]] || when="before any death"
  [[ -n $sender_pid ]] || when="when nobody writes any more"
  compare_sides || status=$?
  [[ $status -eq 0 ]] || die "round $round, $when: the reconciliation ended with $status:" \
    "$(cat "$workshop/report" "$workshop/report.log")"
  [[ $(wc -l <"$workshop/report") -eq ${#ways[@]} ]] ||
    die "round $round, $when: $(cat "$workshop/report")"
  [[ -n $sender_pid ]] || verdict="both sides are the same by ${ways[*]};\
 $(($(sql exchange 'SELECT count(*) FROM changes') * ${#ways[@]})) changes"
}

conclude() {
  jq -c '[.dataset, .source_records, .central_records]' "$workshop/report"
}
