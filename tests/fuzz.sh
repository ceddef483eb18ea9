#!/usr/bin/env bash
# Looks for new inputs that break a parser: each fuzz target runs a share of MINUTES with a random
# start, from its seeds and from what earlier searches found worth keeping (build/fuzz). What breaks
# one becomes a seed, in tests/fuzz/seeds/TARGET, where every test run replays it.
#   tests/fuzz.sh MINUTES [PART-OF-A-TARGET'S-NAME]
# Exit status: 0 if nothing was found, 1 if something was.
set -euo pipefail
cd "$(dirname "$0")/.."

[[ $# -ge 1 && $1 =~ ^[1-9][0-9]*$ ]] || { echo "usage: $0 MINUTES [PART-OF-A-TARGET'S-NAME]" >&2; exit 2; }
minutes=$1 part=${2:-}
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz -j "$(nproc)" --target fuzz_targets

targets=()
for seeds in tests/fuzz/seeds/*"$part"*; do
  [[ -d $seeds ]] && targets+=("$(basename "$seeds")")
done
[[ ${#targets[@]} -gt 0 ]] || { echo "$0: no target has '$part' in its name" >&2; exit 2; }

seconds=$((minutes * 60 * $(nproc) / ${#targets[@]}))
((seconds > 0)) || seconds=1
export seconds
search() { # TARGET
  local seeds=tests/fuzz/seeds/$1 corpus=build/fuzz/corpus/$1 log=build/fuzz/corpus/$1.log
  mkdir -p "$corpus"
  "build/fuzz/tests/fuzz/$1" -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=10 -print_final_stats=1 \
    -artifact_prefix="$seeds/found-" "$corpus" "$seeds" >"$log" 2>&1 && return
  echo "$1: found something; see $log, and git status for the new seed"
  return 1
}
export -f search
printf '%s\0' "${targets[@]}" | xargs -0 -P "$(nproc)" -I {} bash -c 'search "$1"' search {} || exit 1
echo "${#targets[@]} targets, $seconds s each: nothing was found"
