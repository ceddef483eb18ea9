#!/usr/bin/env bash
# Runs the tests with a label N times while every core is busy with something else, and counts: what
# depends on luck shows.
#   tests/again.sh LABEL N [PART-OF-A-TEST'S-NAME]
# Exit status: 0 only if every test passed every time.
set -euo pipefail
cd "$(dirname "$0")/.."

[[ $# -ge 2 && $2 =~ ^[1-9][0-9]*$ ]] || { echo "usage: $0 LABEL N [PART-OF-A-TEST'S-NAME]" >&2; exit 2; }
label=$1 times=$2 name=${3:-.}
log=build/dev/Testing/Temporary/LastTestsFailed.log

busy=()
stop_busy() { kill "${busy[@]}" 2>/dev/null || true; }
trap stop_busy EXIT
for ((core = 0; core < $(nproc); ++core)); do
  (while :; do :; done) &
  busy+=($!)
done

declare -A failures=()
passed=0
for ((round = 1; round <= times; ++round)); do
  rm -f "$log"
  echo "== round $round of $times"
  if ctest --preset dev -L "$label" -R "$name" --no-tests=error; then
    passed=$((passed + 1))
    continue
  fi
  [[ -s $log ]] || { echo "$0: no test was run" >&2; exit 2; }
  while IFS=: read -r _ failed; do
    failures[$failed]=$((${failures[$failed]:-0} + 1))
  done <"$log"
done

echo
echo "$passed of $times rounds without a failure"
for failed in "${!failures[@]}"; do
  echo "$failed failed ${failures[$failed]} times"
done
((passed == times))
