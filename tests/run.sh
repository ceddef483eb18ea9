#!/usr/bin/env bash
# Installs what the tests need, builds, and runs all of them through CTest: unit, conformance,
# scenario and fault tests, then every fuzz target for a short while.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=.ci/packages.sh
source .ci/packages.sh

install_packages "${sluice_packages[@]}" "${test_packages[@]}"
npm ci --prefix tests/openapi --no-audit --no-fund --loglevel=error

find adapters bench daemon tests -path tests/openapi -prune -o -name '*.h' -print0 -o -name '*.cpp' -print0 |
  xargs -0 clang-format --dry-run --Werror

jobs=$(nproc)
cmake --preset dev
cmake --build --preset dev -j "$jobs"
ctest --preset dev -j "$jobs" -LE fuzz

cmake --preset fuzz
cmake --build --preset fuzz -j "$jobs" --target fuzz_targets
ctest --preset fuzz -j "$jobs" -L fuzz
