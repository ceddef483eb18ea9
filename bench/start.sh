# shellcheck shell=bash
# shellcheck disable=SC2154  # run.sh sets the rest
# A daemon from its start to the moment at which it serves, and what it takes at rest, by the number of
# bureaus that it has streams of.

# How long it is left alone before its memory is read, seconds.
at_rest_after=5

measure_start() {
  node_store=sqlite
  make_certificates
  local run count
  for ((run = 1; run <= runs; ++run)); do
    for count in "${contestants[@]}"; do start_with "$count" "$run"; done
  done
  show_start
  save_figures
}

write_bureaus() { # COUNT
  write_node_configuration
  local config=$node_dir/config number
  rm "$config/bureaus/bench.yaml"
  for ((number = 1; number <= $1; ++number)); do
    sed "s/\"owner\": \"bench\"/\"owner\": \"bureau-$number\"/" "$bench_dir/wide-register.schema.json" \
      >"$config/schemas/register-$number.json"
    cat >"$config/bureaus/bureau-$number.yaml" <<TEXT
bureau: bureau-$number
name: Bureau $number
certificate_subject: "CN=bureau-$number"
channels:
  direct: {}
  disk: {}
publishes:
  - dataset: register-$number
    channels: [direct, disk]
TEXT
  done
  rm "$config/schemas/wide-register.json"
}

# Twice: the first start makes journals and tables, the second is that of each day.
start_with() { # COUNT RUN
  node_dir=$work/node
  rm -rf "$node_dir"
  mkdir -m 700 "$node_dir"
  hold_port
  node_port=$held_port
  write_bureaus "$1"
  local leg
  for leg in first again; do
    local ready=$work/ready from
    rm -f "$ready"
    mkfifo "$ready"
    exec {lines}<>"$ready" # a pipe that is full makes lines drop, no daemon wait
    from=$(now)
    "$sluiced" --config "$node_dir/config" 2>&"$lines" &
    node_pid=$!
    await_line event=ready
    local seconds
    seconds=$(seconds_since "$from")
    sleep "$at_rest_after"
    record "$1" "$leg" "$2" "$(jq -nc --argjson seconds "$seconds" \
      --argjson kib "$(awk '/^VmRSS:/ { print $2 }' "/proc/$node_pid/status")" \
      --argjson threads "$(awk '/^Threads:/ { print $2 }' "/proc/$node_pid/status")" \
      --argjson files "$(find "/proc/$node_pid/fd" -mindepth 1 | wc -l)" '{$seconds, $kib, $threads, $files}')"
    stop_node
    exec {lines}<&-
  done
}

await_line() { # TEXT
  local line
  while IFS= read -r -t 60 -u "$lines" line; do
    [[ $line != *"$1"* ]] || return 0
  done
  die "sluiced does not serve: ${line:-nothing said for a minute}"
}

show_start() {
  jq -rs "$jq_medians"'
    ["bureaus", "start", "runs", "seconds", "resident_MiB", "threads", "files"],
      (group_by([(.contestant | tonumber), .leg])[]
      | [.[0].contestant, .[0].leg, length, (of("seconds") | median | shown(3)),
         (of("kib") | median / 1024 | shown(1)), (of("threads") | median | shown(0)), (of("files") | median | shown(0))])
    | @tsv' "$work/figures.jsonl" | column -t -s $'\t'
}
