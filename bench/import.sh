# shellcheck shell=bash
# shellcheck disable=SC2154  # run.sh sets the rest
# One large file into PostgreSQL.

measure_import() {
  start_cluster
  make_registers
  local run name
  for ((run = 1; run <= runs; ++run)); do
    for name in "${contestants[@]}"; do "import_with_$name" "$run"; done
  done
  if takes_part pgloader && [[ $pgloader_bad_rows -gt 0 ]]; then import_bad_with_pgloader; fi
  show_import
  save_figures
}

make_registers() {
  say "making the register of $rows rows …"
  local make=("$generate_register" --shape wide --rows "$rows")
  "${make[@]}" >"$work/wide-register.csv" 2>/dev/null
  if takes_part sluice; then
    # The same rows in another file: the first value gets quotes that it does not need.
    sed '2s/^\([^,]*\)/"\1"/' "$work/wide-register.csv" >"$work/wide-register-again.csv"
    "${make[@]}" --change 0.01 >"$work/wide-register-changed.csv" 2>"$work/changed.count"
    "${make[@]}" --bad-share 0.01 >"$work/wide-register-bad.csv" 2>"$work/bad.count"
    changed_rows=$(counted changed "$work/changed.count")
    bad_rows=$(counted bad "$work/bad.count")
  fi
}

# What generate_register counted: counted bad|changed FILE
counted() { sed -n "s/.* $1=\\([0-9]*\\).*/\\1/p" "$2"; }

# record_import CONTESTANT LEG RUN FILE ROWS WAL-BYTES [DAEMON-PEAK-KIB], after measure
record_import() {
  record "$1" "$2" "$3" "$(jq -nc --argjson seconds "$seconds_taken" --argjson rows "$5" \
    --argjson bytes "$(stat -c %s "$4")" --argjson wal_bytes "$6" --argjson peak_kib "$peak_kib" \
    --argjson daemon_peak_kib "${7:-null}" \
    '{$seconds, $rows, $bytes, rows_per_second: ($rows / $seconds), mb_per_second: ($bytes / 1e6 / $seconds),
      $wal_bytes, $peak_kib, $daemon_peak_kib}')"
}

import_with_copy() {
  fresh_database copied
  create_wide_table copied
  local wal file=$work/wide-register.csv
  wal=$(wal_position)
  measure psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --dbname=copied \
    --command="\\copy wide_register FROM '$file' WITH (FORMAT csv, HEADER true)"
  [[ $exit_status -eq 0 ]] || die "\\copy: $(tail -n 3 "$work/command.log")"
  expect_rows copied wide_register "$rows"
  record_import copy first "$1" "$file" "$rows" "$(wal_bytes_since "$wal")"
  sql postgres 'DROP DATABASE copied'
}

# pgloader's own defaults but for what the file's form asks for.
write_pgloader_commands() {
  local columns
  columns=$(head -n 1 "$1" | sed 's/,/ [null if blanks], /g; s/$/ [null if blanks]/')
  cat >"$work/register.load" <<TEXT
LOAD CSV
  FROM '$1' ($columns)
  INTO postgresql://postgres@unix:$PGHOST:$PGPORT/pgloaded
  TARGET TABLE public.wide_register (${columns// \[null if blanks\]/})
  WITH skip header = 1, fields optionally enclosed by '"', fields escaped by double-quote,
       fields terminated by ','
  SET client_encoding TO 'utf8';
TEXT
}

# load_with_pgloader LEG RUN FILE ROWS EXPECTED-ROWS
load_with_pgloader() {
  fresh_database pgloaded
  create_wide_table pgloaded
  write_pgloader_commands "$3"
  local wal
  wal=$(wal_position)
  measure pgloader --quiet --root-dir "$work/pgloader" "$work/register.load"
  [[ $exit_status -eq 0 || $4 -ne $5 ]] || die "pgloader: $(tail -n 3 "$work/command.log")"
  expect_rows pgloaded wide_register "$5"
  record_import pgloader "$1" "$2" "$3" "$4" "$(wal_bytes_since "$wal")"
  sql postgres 'DROP DATABASE pgloaded'
}

import_with_pgloader() {
  load_with_pgloader first "$1" "$work/wide-register.csv" "$rows" "$rows"
}

import_bad_with_pgloader() {
  local file=$work/pgloader-bad.csv bad
  "$generate_register" --shape wide --rows "$pgloader_bad_rows" --bad-share 0.01 >"$file" 2>"$work/bad.count"
  bad=$(counted bad "$work/bad.count")
  load_with_pgloader "1%bad" 1 "$file" "$pgloader_bad_rows" "$((pgloader_bad_rows - bad))"
}

# import_leg_with_sluice LEG RUN FILE EXPECTED-STATUS EXPECTED-ROWS
import_leg_with_sluice() {
  sql postgres CHECKPOINT
  forget_node_peak
  local wal
  wal=$(wal_position)
  measure "$sluice" --config "$node_dir/config" import bench "$3"
  [[ $exit_status -eq $4 ]] ||
    die "sluice import ended with $exit_status, expected $4: $(tail -n 5 "$work/command.log")"
  record_import sluice "$1" "$2" "$3" "$rows" "$(wal_bytes_since "$wal")" "$(node_peak_kib)"
  expect_rows sluiced "$node_table" "$5"
}

import_with_sluice() {
  start_fresh_node
  import_leg_with_sluice first "$1" "$work/wide-register.csv" 0 "$rows"
  import_leg_with_sluice again "$1" "$work/wide-register-again.csv" 0 "$rows"
  import_leg_with_sluice "1%changed" "$1" "$work/wide-register-changed.csv" 0 "$rows"
  expect_rows sluiced "$node_table WHERE status = '变更'" "$changed_rows" # no other row has this status
  stop_node
  start_fresh_node
  import_leg_with_sluice "1%bad" "$1" "$work/wide-register-bad.csv" 3 "$((rows - bad_rows))"
  stop_node
}
