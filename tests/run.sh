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
# What was compiled in another checkout is not compiled again.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=true
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
  local folder
  for folder in tests/openapi tests/browser; do
    npm ci --prefix "$folder" --no-audit --no-fund --loglevel=error
  done
}

check_layout() {
  find adapters bench daemon tests -name node_modules -prune -o -name '*.h' -print0 -o -name '*.cpp' -print0 |
    xargs -0 clang-format --dry-run --Werror
}

build() { # PRESET [OPTION…]
  cmake --preset "$1"
  cmake --build --preset "$1" -j "$jobs" "${@:2}"
}

# Whole nodes run in two rows, beside the other tests (RESOURCE_LOCK). One that fails is tried once
# more, so that a submission is not lost to it; its name is told all the same, for it is a defect.
run_tests() {
  local failed=build/dev/Testing/Temporary/LastTestsFailed.log
  rm -f "$failed"
  # One more than there are processors: whole nodes wait most of their time.
  ctest --preset dev -j $((jobs + 1)) -LE fuzz && return
  mapfile -t tried_again < <(cut -d : -f 2 "$failed")
  local whole_nodes name
  whole_nodes=$(ctest --preset dev -N -L 'faults|scenario' | awk '$2 ~ /^#/ { print $3 }')
  for name in "${tried_again[@]}"; do
    grep -qx "$name" <<<"$whole_nodes" || return 1
  done
  ctest --preset dev --rerun-failed
}

# Another compiler's build, and one processor's work: it takes what the tests of whole nodes leave.
begin_fuzzing() {
  mkdir -p build
  set -m # a process group of its own, so that all of it can be ended
  (
    renice -n 10 -p "$BASHPID" >/dev/null
    build fuzz --target fuzz_targets && ctest --preset fuzz -j "$jobs" -L fuzz
  ) >build/fuzz.log 2>&1 &
  fuzzing=$!
  set +m
}
end_fuzzing() {
  local status=0
  wait "$fuzzing" || status=$?
  fuzzing=
  cat build/fuzz.log
  return "$status"
}

tried_again=()
fuzzing=
finish() {
  [[ -z $fuzzing ]] || kill -- "-$fuzzing" 2>/dev/null || true
  printf '\n'
  printf '%s\n' "${durations[@]}"
  printf '%-26s %2d min %02d s\n' "all of it" $((SECONDS / 60)) $((SECONDS % 60))
  for name in "${tried_again[@]}"; do
    printf 'failed at the first try, which is a defect: %s\n' "$name"
  done
}
trap finish EXIT
timed "packages" install
timed "layout" check_layout
timed "build" build dev
begin_fuzzing
timed "tests" run_tests
timed "fuzz targets, what is left" end_fuzzing
