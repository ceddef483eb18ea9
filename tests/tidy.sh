#!/usr/bin/env bash
# clang-tidy over the programs, the adapters and the benchmarks, by the rules of .clang-tidy.
#   tests/tidy.sh [FILE…]      (default: all)
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=.ci/packages.sh
source .ci/packages.sh
install_packages "${sluice_packages[@]}" "${test_packages[@]}" clang-tidy-19

# A build that is never made: it tells how each file is compiled by itself.
cmake --preset dev -B build/tidy -DCMAKE_UNITY_BUILD=OFF >/dev/null
files=("$@")
[[ ${#files[@]} -gt 0 ]] || mapfile -t files < <(find daemon adapters bench -name '*.cpp' | sort)
# The build is GCC's: clang does not know all of its warnings, and reads none of its precompiled headers.
printf '%s\0' "${files[@]}" | xargs -0 -P "$(nproc)" -n 1 \
  clang-tidy-19 -p build/tidy --quiet --extra-arg=-Wno-unknown-warning-option --extra-arg=-Wno-ignored-gch
echo "clang-tidy: ${#files[@]} files are clean"
