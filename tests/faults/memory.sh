#!/usr/bin/env bash
# Promise 7: the peak memory of sluice and of sluiced is bounded, and does not grow with the file. Imports
# one register, and one ten times as long, each into a new node, and compares the kernel's high-water
# marks (VmHWM).
#
#   tests/faults/memory.sh [--rows N] [--shape wide|registry] [--limit MIB] [--tolerance PERCENT] [--bin DIR] [--generator FILE]
#
# --rows: of the shorter register (default 1000000). Exit status 1 if a program took more than the limit
# (default 256), or one peak differs from the other by more than the tolerance (default 20 percent; a
# short register does not fill the way from file to journal, and needs more). Needs space on disk for about
# five times the longer file ($TMPDIR says where).
# shellcheck disable=SC2119  # start_daemon takes arguments only where it gets some
set -euo pipefail
here=$(dirname "$0")
rows=1000000 shape=wide limit_mib=256 tolerance=20
bin=$here/../../build/dev/bin generator=
usage() { sed -n '6s/^# *//p' "$0" >&2; exit 2; }
while [[ $# -gt 0 ]]; do
  [[ $# -ge 2 ]] || usage
  case $1 in
    --rows) rows=$2 ;;
    --shape) shape=$2 ;;
    --limit) limit_mib=$2 ;;
    --tolerance) tolerance=$2 ;;
    --bin) bin=$2 ;;
    --generator) generator=$2 ;;
    *) usage ;;
  esac
  shift 2
done
[[ $rows =~ ^[1-9][0-9]*$ && $limit_mib =~ ^[1-9][0-9]*$ && $tolerance =~ ^[1-9][0-9]*$ && $shape =~ ^(wide|registry)$ ]] || usage
generator=${generator:-$bin/../bench/generate_register}
# shellcheck source=tests/support/shell/node.sh
source "$here/../support/shell/node.sh"

make_node() {
  new_node "$1" '{kind: sqlite}'
  if [[ $shape = wide ]]; then
    sed 's/"owner": "bench"/"owner": "national-tax"/' "$project/bench/wide-register.schema.json" |
      add_schema register
    add_bureau national-tax <<'END'
channels: {disk: {}}
publishes:
  - {dataset: register, channels: [disk]}
END
  else
    add_schema register <"$project/schemas/enterprise-register.json"
    {
      echo 'channels: {disk: {}}'
      sed -n '/^publishes:/,$p' "$project/config/bureaus/national-tax.yaml" | sed 's/enterprise-register/register/; /reject_limit/d'
    } | add_bureau national-tax
  fi
}

peak_kib() { awk '/^VmHWM:/ { print $2 }' "/proc/$1/status" 2>/dev/null || true; }

# import ROWS: sets import_kib and daemon_kib.
import() {
  make_node "rows-$1"
  "$generator" --shape "$shape" --rows "$1" --seed 1 >"$node/register.csv" 2>/dev/null ||
    die "$generator could not write the register"
  start_daemon
  "$bin/sluice" --config "$node/config" import national-tax "$node/register.csv" --json >"$node/report" &
  local import=$! now status=0
  import_kib=0
  # The mark only grows, and goes with the process: the last one seen is the peak, since the end of an
  # import is waiting for receipts.
  while kill -0 "$import" 2>/dev/null; do
    now=$(peak_kib "$import")
    [[ -z $now ]] || import_kib=$now
    sleep 0.05
  done
  wait "$import" || status=$?
  [[ $status -eq 0 || $status -eq 3 ]] || die "the import of $1 rows ended with $status"
  jq -e --argjson rows "$1" '.collected == $rows and .applied' "$node/report" >/dev/null ||
    die "not every row was applied: $(cat "$node/report")"
  daemon_kib=$(peak_kib "$daemon")
  stop_daemon
  printf '%-12s %12s MiB %12s MiB %10s s\n' "$1" $((import_kib / 1024)) $((daemon_kib / 1024)) "$(jq '.seconds | round' "$node/report")"
  rm -rf "$node"
}

within() { # PROGRAM SHORT LONG
  local more=$(($3 > $2 ? $3 - $2 : $2 - $3))
  (($2 <= limit_mib * 1024 && $3 <= limit_mib * 1024)) || die "$1 took more than $limit_mib MiB"
  ((more * 100 <= $2 * tolerance)) || die "$1: the two peaks differ by more than $tolerance %"
}

open_workshop memory national-tax
trap 'close_workshop $?' EXIT
printf '%-12s %16s %16s %12s\n' rows sluice sluiced import
import "$rows"
short_import=$import_kib short_daemon=$daemon_kib
import $((rows * 10))
within sluice "$short_import" "$import_kib"
within sluiced "$short_daemon" "$daemon_kib"
