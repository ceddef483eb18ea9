#!/usr/bin/env bash
# Installs what the tests need, builds, and runs all of them through CTest: unit, conformance,
# scenario and fault tests, then every fuzz target over its seeds and a fixed number of runs. The same
# tree gets the same verdict each time. Says at its end how long each part took, and which tests
# needed a second try.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=.ci/packages.sh
source .ci/packages.sh
jobs=$(nproc)
durations=()

# timed NAME COMMAND…
timed() {
  local name=$1 begun=$SECONDS
  shift
  "$@"
  durations+=("$(printf '%-26s %2d min %02d s' "$name" $(((SECONDS - begun) / 60)) $(((SECONDS - begun) % 60)))")
}

install() {
  install_packages "${sluice_packages[@]}" "${quickstart_packages[@]}" "${test_packages[@]}"
  npm ci --prefix tests/openapi --no-audit --no-fund --loglevel=error
}

check_layout() {
  find adapters bench daemon tests -path tests/openapi -prune -o -name '*.h' -print0 -o -name '*.cpp' -print0 |
    xargs -0 clang-format --dry-run --Werror
}

build() { # PRESET [OPTION…]
  cmake --preset "$1"
  cmake --build --preset "$1" -j "$jobs" "${@:2}"
}

# Whole nodes load both cores, so they run one after the other. One that fails is tried once more, so
# that a submission is not lost to it; its name is told all the same, for it is a defect.
run_whole_nodes() {
  local failed=build/dev/Testing/Temporary/LastTestsFailed.log
  rm -f "$failed"
  ctest --preset dev -L 'faults|scenario' && return
  mapfile -t tried_again < <(cut -d : -f 2 "$failed")
  ctest --preset dev -L 'faults|scenario' --rerun-failed
}

tried_again=()
tell_durations() {
  printf '\n'
  printf '%s\n' "${durations[@]}"
  printf '%-26s %2d min %02d s\n' "all of it" $((SECONDS / 60)) $((SECONDS % 60))
  for name in "${tried_again[@]}"; do
    printf 'failed at the first try, which is a defect: %s\n' "$name"
  done
}
trap tell_durations EXIT
timed "packages" install
timed "layout" check_layout
timed "build" build dev
timed "tests" ctest --preset dev -j "$jobs" -LE 'fuzz|faults|scenario'
timed "whole nodes, faults" run_whole_nodes
timed "build of fuzz targets" build fuzz --target fuzz_targets
timed "fuzz targets" ctest --preset fuzz -j "$jobs" -L fuzz
