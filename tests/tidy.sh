#!/usr/bin/env bash
# clang-tidy over the programs, the adapters and the benchmarks, by the rules of .clang-tidy.
#   tests/tidy.sh             all, as they are compiled together, without the static analyzer (it looks
#                             at no included file): most of an hour on two cores
#   tests/tidy.sh --each      all, one by one, with the analyzer: a night
#   tests/tidy.sh FILE…       these, one by one, with the analyzer
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=.ci/packages.sh
source .ci/packages.sh
install_packages "${sluice_packages[@]}" "${test_packages[@]}" clang-tidy-19

files=("$@")
together=ON
if [[ ${1:-} == --each ]]; then
  together=OFF
  mapfile -t files < <(find daemon adapters bench -name '*.cpp' | sort)
elif [[ ${#files[@]} -gt 0 ]]; then
  together=OFF
fi

# A build that is never made: it tells how each file is compiled.
cmake --preset dev -B build/tidy -DCMAKE_UNITY_BUILD=$together >/dev/null
options=(-p build/tidy --quiet)
if [[ $together == ON ]]; then
  mapfile -t files < <(jq -r '.[].file' build/tidy/compile_commands.json |
    grep -E "^$PWD/(build/tidy/)?(daemon|adapters|bench)/" | grep -v /precompiled_ | sort -u)
  options+=('--checks=-clang-analyzer-*,-bugprone-suspicious-include'
    '--header-filter=/(daemon|adapters|bench)/.*\.(h|cpp)$')
fi
# The build is GCC's: clang does not know all of its warnings, and reads none of its precompiled headers.
printf '%s\0' "${files[@]}" | xargs -0 -P "$(nproc)" -n 1 \
  clang-tidy-19 "${options[@]}" --extra-arg=-Wno-unknown-warning-option --extra-arg=-Wno-ignored-gch
echo "clang-tidy: ${#files[@]} files are clean"
