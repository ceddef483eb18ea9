#!/usr/bin/env bash
# Promise 7 for a node with many bureaus: what is kept in memory for a stream (store's and journals'
# caches, calls that wait for their commit) is a share of what the node may take. Makes a node with N
# bureaus, has each of them send rows at once, and reads the kernel's high-water mark of sluiced (VmHWM).
#
#   tests/faults/bureaus.sh [--bureaus N] [--rows N] [--limit MIB] [--bin DIR]
#
# --rows: of about 2 KB, that each bureau sends in one call (default 2500). Exit status 1 if sluiced took
# more than the limit (default 512). Needs about 2 GiB on disk ($TMPDIR says where) with the defaults.
# shellcheck disable=SC2119,SC2154  # node.sh sets the rest
set -euo pipefail
here=$(dirname "$0")
bureaus=100 rows=2500 limit_mib=512 bin=$here/../../build/dev/bin
usage() { sed -n '6s/^# *//p' "$0" >&2; exit 2; }
while [[ $# -gt 0 ]]; do
  [[ $# -ge 2 ]] || usage
  case $1 in
    --bureaus) bureaus=$2 ;;
    --rows) rows=$2 ;;
    --limit) limit_mib=$2 ;;
    --bin) bin=$2 ;;
    *) usage ;;
  esac
  shift 2
done
[[ $bureaus =~ ^[1-9][0-9]*$ && $rows =~ ^[1-9][0-9]*$ && $limit_mib =~ ^[1-9][0-9]*$ ]] || usage
# shellcheck source=tests/support/shell/node.sh
source "$here/../support/shell/node.sh"

make_node() {
  new_node many '{kind: sqlite}'
  local each
  for each in "$@"; do
    add_bureau "$each" <<END
channels: {direct: {}}
publishes:
  - {dataset: of-$each, channels: [direct]}
END
    add_schema "of-$each" <<END
{"sluice:dataset": {"owner": "$each", "title": "Of $each"},
 "fields": [{"name": "number", "type": "string", "constraints": {"required": true}},
            {"name": "text", "type": "string"}],
 "primaryKey": "number"}
END
  done
}

# Keys in no order, as they come in reality: each row meets another page.
write_call() {
  awk -v rows="$rows" 'BEGIN {
    text = sprintf("%1900s", ""); gsub(/ /, "x", text)
    for (row = 1; row <= rows; ++row)
      printf "{\"number\":\"%08d-%d\",\"text\":\"%s\"}\n", (row * 7919) % 99999989, row, text
  }' >"$node/call.ndjson"
}

send() { # BUREAU
  local status=000 answer=$node/answer-$1
  # Beyond the memory for bodies a call is told to come again: it does.
  until [[ $status = 200 ]]; do
    status=$(post "$1" "of-$1" "@$node/call.ndjson")
    [[ $status = 200 || $status = 503 || $status = 000 ]] || die "$1 got $status: $(cat "$answer")"
  done
}

every_row_is_applied() {
  [[ $(sluice status --json |
    jq '[.streams[] | select(.last_batch > 0 and .last_batch == .acknowledged)] | length') -eq $bureaus ]]
}

peak_mib() { awk '/^VmHWM:/ { print int($2 / 1024) }' "/proc/$daemon/status"; }

mapfile -t names < <(seq -f 'bureau-%03.0f' 1 "$bureaus")
open_workshop bureaus "${names[@]}"
trap 'close_workshop $?' EXIT
make_node "${names[@]}"
start_daemon
write_call
at_rest=$(peak_mib)
senders=()
for name in "${names[@]}"; do
  send "$name" &
  senders+=($!)
  # As many at once as there is something to do for.
  [[ ${#senders[@]} -lt 8 ]] || {
    wait "${senders[0]}" || die "a call was not taken"
    senders=("${senders[@]:1}")
  }
done
for sender in "${senders[@]}"; do wait "$sender" || die "a call was not taken"; done
until_true 900 every_row_is_applied || die "not every batch was applied: $(sluice status)"
peak=$(peak_mib)
printf '%s bureaus, %s rows each: sluiced took %s MiB, %s MiB before the first call\n' \
  "$bureaus" "$rows" "$peak" "$at_rest"
((peak <= limit_mib)) || die "that is more than $limit_mib MiB"
