# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # shared with the other parts
# Keeps every single figure as a line of JSON, and shows medians and ratios.

now() { printf '%s\n' "$EPOCHREALTIME"; }
seconds_since() { awk -v from="$1" -v to="$EPOCHREALTIME" 'BEGIN { printf "%.3f", to - from }'; }

# record CONTESTANT LEG RUN JSON-OBJECT
record() {
  jq -nc --arg contestant "$1" --arg leg "$2" --argjson run "$3" --argjson figures "$4" \
    '{$contestant, $leg, $run} + $figures' >>"$work/figures.jsonl"
  say "$1 $2 run $3: $4"
}

# Runs a command; sets `seconds_taken`, `peak_kib` (its own peak memory) and `exit_status`.
measure() {
  local from
  from=$(now)
  exit_status=0
  /usr/bin/time --quiet --format=%M --output="$work/peak" "$@" >"$work/command.log" 2>&1 || exit_status=$?
  seconds_taken=$(seconds_since "$from")
  peak_kib=$(tail -n 1 "$work/peak")
}

save_figures() {
  [[ -n $json ]] || return 0
  jq -s --arg machine "$(uname -srm), $(nproc) CPUs, $(awk '/MemTotal/ {print int($2/1024)}' /proc/meminfo) MiB" \
    --arg postgresql "$("$pg_bin/postgres" --version)" --arg at "$(date -u +%FT%TZ)" \
    --arg settings "${cluster_settings[*]}" \
    '{$at, $machine, $postgresql, $settings, figures: .}' "$work/figures.jsonl" >"$json"
  say "every single figure: $json"
}

jq_medians='
def median: sort | if length == 0 then null
  elif length % 2 == 1 then .[length / 2 | floor]
  else (.[length / 2 - 1] + .[length / 2]) / 2 end;
def shown(digits): if . == null then "-" else
  (. * pow(10; digits) | round) / pow(10; digits) | tostring end;
def of(key): map(.[key] | values);
'

show_import() {
  jq -rs "$jq_medians"'
    (map(select(.contestant == "copy" and .leg == "first")) | of("rows_per_second") | median) as $copy
    | (map(select(.contestant == "pgloader" and .leg == "first")) | of("rows_per_second") | median) as $pgloader
    | (reduce (map(select(.leg == "first")) | group_by(.contestant)[]) as $own
        ({}; .[$own[0].contestant] = ($own | of("rows_per_second") | median))) as $first
    | ["contestant", "leg", "runs", "seconds", "rows/s", "MB/s", "x_copy", "x_pgloader", "x_first", "peak_MiB",
       "sluiced_MiB", "WAL_MB"],
      (reduce .[] as $f ([]; (map(.[0] | .contestant + .leg) | index($f.contestant + $f.leg)) as $at
        | if $at == null then . + [[$f]] else .[$at] += [$f] end)
      | .[]
      | (of("rows_per_second") | median) as $rate
      | [.[0].contestant, .[0].leg, length,
         (of("seconds") | median | shown(2)), ($rate | shown(0)),
         (of("mb_per_second") | median | shown(1)),
         (if $copy then $rate / $copy else null end | shown(2)),
         (if $pgloader then $rate / $pgloader else null end | shown(2)),
         ($first[.[0].contestant] as $own | if $own then $rate / $own else null end | shown(2)),
         (of("peak_kib") | max | if . then . / 1024 else null end | shown(0)),
         (of("daemon_peak_kib") | max | if . then . / 1024 else null end | shown(0)),
         (of("wal_bytes") | median | if . then . / 1e6 else null end | shown(1))])
    | @tsv' "$work/figures.jsonl" | column -t -s $'\t'
}

show_direct() {
  jq -rs "$jq_medians"'
    (map(select(.contestant == "pgbench")) | of("per_second") | median) as $pgbench
    | ["contestant", "runs", "requests/s", "x_pgbench", "p50_ms", "p99_ms", "max_ms", "sluiced_MiB"],
      (group_by(.contestant)[]
      | (of("per_second") | median) as $rate
      | [.[0].contestant, length, ($rate | shown(0)),
         (if $pgbench then $rate / $pgbench else null end | shown(2)),
         (of("p50_ms") | median | shown(3)), (of("p99_ms") | median | shown(3)),
         (of("max_ms") | max | shown(1)),
         (of("daemon_peak_kib") | max | if . then . / 1024 else null end | shown(0))])
    | @tsv' "$work/figures.jsonl" | column -t -s $'\t'
}

show_beside() {
  jq -rs "$jq_medians"'
    ["beside", "runs", "small/s", "p50_ms", "p99_ms", "max_ms", "large/s", "sluiced_MiB"],
      (group_by(.contestant)[]
      | [.[0].contestant, length, (of("per_second") | median | shown(0)),
         (of("p50_ms") | median | shown(3)), (of("p99_ms") | median | shown(3)), (of("max_ms") | max | shown(1)),
         (of("large_per_second") | median | shown(2)),
         (of("daemon_peak_kib") | max | if . then . / 1024 else null end | shown(0))])
    | @tsv' "$work/figures.jsonl" | column -t -s $'\t'
}

show_front_end() {
  jq -rs "$jq_medians"'
    (map(select(.contestant == "native" and .leg == "first")) | of("rows_per_second") | median) as $native
    | (map(select(.contestant == "copy" and .leg == "first")) | of("rows_per_second") | median) as $copy
    | ["contestant", "leg", "runs", "seconds", "rows/s", "x_copy", "x_native", "collect_MiB", "edge_MiB"],
      (map(select(.rows)) | group_by([.contestant, .leg])[]
      | (of("rows_per_second") | median) as $rate
      | [.[0].contestant, .[0].leg, length, (of("seconds") | median | shown(2)), ($rate | shown(0)),
         (if $copy then $rate / $copy else null end | shown(2)),
         (if $native then $rate / $native else null end | shown(2)),
         (of("collect_kib") | max | if . then . / 1024 else null end | shown(0)),
         (of("edge_kib") | max | if . then . / 1024 else null end | shown(0))])
    | @tsv' "$work/figures.jsonl" | column -t -s $'\t'
  echo
  jq -rs "$jq_medians"'
    (map(select(.contestant == "updates")) | of("cpu_seconds") | median) as $alone
    | ["contestant", "runs", "updates", "p50_ms", "p99_ms", "max_ms", "CPU_s", "CPU_s_above_updates_alone"],
      (map(select(.cpu_seconds)) | group_by(.contestant)[]
      | (of("cpu_seconds") | median) as $cpu
      | [.[0].contestant, length, (of("updates") | median | shown(0)), (of("p50_ms") | median | shown(1)),
         (of("p99_ms") | median | shown(1)), (of("max_ms") | max | shown(1)), ($cpu | shown(2)),
         (if $alone then $cpu - $alone else null end | shown(2))])
    | @tsv' "$work/figures.jsonl" | column -t -s $'\t'
}

# The ratios are of medians. A save's p99 is compared with that of a commit of the journal that nobody else
# waits for; inserts have as many clients as clerks, where the store has several at once.
show_pages() {
  jq -rs "$jq_medians"'
    def p99(leg; clients): map(select(.leg == leg and .clients == clients)) | of("p99_ms") | median;
    def rate(leg; clients): map(select(.leg == leg and .clients == clients)) | of("per_second") | median;
    ["store", "leg", "clients", "runs", "per_second", "x_insert", "p50_ms", "p99_ms", "max_ms", "p99_x_commit",
     "form_p50_ms", "form_p99_ms"],
    (map(select(.clients)) | group_by(.contestant)[]
    | . as $store | p99("journal"; 1) as $commit
    | ("insert", "journal", "save", "first", "second") as $leg
    | map(select(.leg == $leg)) | group_by(.clients)[]
    | .[0].clients as $clients | (of("per_second") | median) as $rate | (of("p99_ms") | median) as $p99
    | ($store | rate("insert"; $clients) // rate("insert"; 1)) as $insert
    | [.[0].contestant, $leg, $clients, (map(.run) | unique | length), ($rate | shown(1)), ($rate / $insert | shown(2)),
       (of("p50_ms") | median | shown(3)), ($p99 | shown(3)), (of("max_ms") | max | shown(1)),
       ($p99 / $commit | shown(1)), (of("desk_p50_ms") | median | shown(3)), (of("desk_p99_ms") | median | shown(3))])
    | @tsv' "$work/figures.jsonl" | column -t -s $'\t'
  echo
  jq -rs "$jq_medians"'
    ["store", "page", "runs", "p50_ms", "p99_ms", "max_ms", "html_KB", "gzip_KB", "first_view_KB"],
    (map(select(.leg == "page")) | group_by([.contestant, .page])[]
    | [.[0].contestant, .[0].page, length, (of("p50_ms") | median | shown(3)), (of("p99_ms") | median | shown(3)),
       (of("max_ms") | max | shown(1)), (of("html_bytes") | median / 1000 | shown(1)),
       (of("compressed_bytes") | median / 1000 | shown(1)), (of("first_view_bytes") | median / 1000 | shown(1))])
    | @tsv' "$work/figures.jsonl" | column -t -s $'\t'
  echo
  jq -rs "$jq_medians"'
    def verdict(found; most): if found <= most then "reached" else "NOT reached" end;
    group_by(.contestant)[] | .[0].contestant as $store
    | (map(select(.leg == "journal" and .clients == 1)) | of("p99_ms") | median) as $commit
    | (map(select(.leg == "save")) | group_by(.clients)[] | ((of("p99_ms") | median) / $commit) as $ratio
       | "\($store): p99 of a save with \(.[0].clients) keying: \($ratio | shown(1)) x a commit of the journal; target 3: \(verdict($ratio; 3))"),
      (map(select(.page == "desk")) | ((of("first_view_bytes") | median) / 1000) as $size
       | "\($store): first view of a form: \($size | shown(1)) KB; target 100 KB: \(verdict($size; 100))")' \
    "$work/figures.jsonl"
}
