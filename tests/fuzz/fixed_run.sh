#!/usr/bin/env bash
# Runs a fuzz target over its seeds and then a fixed number of times from a fixed start, so that the
# same tree gets the same verdict each time. New inputs are looked for by tests/fuzz.sh.
#   tests/fuzz/fixed_run.sh TARGET SEEDS RUNS
set -euo pipefail
target=$1 seeds=$2 runs=$3
# What the fuzzer finds worth keeping goes into its first folder: an empty one, each time.
corpus=$(mktemp -d "${TMPDIR:-/tmp}/sluice-fuzz.XXXXXX")
trap 'rm -rf "$corpus"' EXIT
"$target" -seed=1 -runs="$runs" -reload=0 -rss_limit_mb=2048 -timeout=300 \
  -artifact_prefix="${TMPDIR:-/tmp}/${target##*/}-" "$corpus" "$seeds"
