#!/usr/bin/env bash
# Makes sluice_VERSION_ARCHITECTURE.deb, and its debug symbols apart: of programs that are built
# already, or of a clean release build.
#   packaging/build.sh [--programs BUILD] [--to DIR] [--suffix TEXT]
#     --programs BUILD  a build folder, such as build/dev; else build/package is made anew
#     --to DIR          where the packages go (default: build)
#     --suffix TEXT     behind the version, such as ~rc1 or +site2
# What is packed twice of the same programs is the same, byte by byte: all times in it are the last
# commit's, or SOURCE_DATE_EPOCH.
set -euo pipefail
project=$(cd "$(dirname "$0")/.." && pwd)

die() {
  printf 'packaging/build.sh: %s\n' "$*" >&2
  exit 1
}

programs='' to=$project/build suffix=''
while [[ $# -gt 0 ]]; do
  case $1 in
    --programs) programs=$(realpath -e "${2:?a build folder}") && shift 2 ;;
    --to) to=$(realpath -m "${2:?a folder}") && shift 2 ;;
    --suffix) suffix=${2:?a text} && shift 2 ;;
    *) die "unknown argument $1; expected --programs BUILD, --to DIR or --suffix TEXT" ;;
  esac
done

# shellcheck source=.ci/packages.sh
source "$project/.ci/packages.sh"
install_packages "${packaging_packages[@]}"

export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$project" log -1 --format=%ct)}
export TZ=UTC LC_ALL=C.UTF-8
umask 022

build_programs() {
  install_packages "${sluice_packages[@]}"
  rm -rf "$project/build/package"
  (cd "$project" && cmake --preset package && cmake --build --preset package --target sluice sluiced)
  programs=$project/build/package
}

# A build for tests dies where it is told to: not for a node that keeps anybody's data.
warn_of_test_build() {
  grep -qs '^SLUICE_FAULT_POINTS:BOOL=ON' "$programs/CMakeCache.txt" || return 0
  echo "packaging/build.sh: $programs is a build for tests, with kill points: pack it to try the package, not to run a node" >&2
}

version() { sed -n 's/^project(sluice VERSION \([0-9.]*\).*/\1/p' "$project/CMakeLists.txt"; }

# Only what says so on its first line: everybody reads the rest in CHANGELOG.md.
write_changelog() {
  printf 'sluice (%s%s) stable; urgency=medium\n\n' "$(version)" "$suffix"
  printf '  * /usr/share/doc/sluice/CHANGELOG.md tells what changed for users.\n\n'
  printf ' -- %s  %s\n' "$(sed -n 's/^Maintainer: //p' "$project/packaging/debian/control")" \
    "$(date -u -R -d "@$SOURCE_DATE_EPOCH")"
}

[[ -n $programs ]] || build_programs
for program in sluice sluiced; do
  [[ -x $programs/bin/$program ]] || die "$programs/bin has no $program; name a folder in which it was built"
done
warn_of_test_build

# debhelper writes into the tree that it packs, and beside it.
workshop=$(mktemp -d)
trap 'rm -rf "$workshop"' EXIT
mkdir "$workshop/sluice"
cp -R "$project/packaging/debian" "$workshop/sluice/debian"
write_changelog >"$workshop/sluice/debian/changelog"
(
  cd "$workshop/sluice"
  # Nothing of who packs, and where, comes into it.
  env -i PATH="$PATH" HOME="$workshop" TZ="$TZ" LC_ALL="$LC_ALL" SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH" \
    SLUICE_SOURCE="$project" SLUICE_PROGRAMS="$programs/bin" DEB_RULES_REQUIRES_ROOT=no \
    debian/rules binary >"$workshop/log" 2>&1
) || {
  cat "$workshop/log" >&2
  die "debhelper failed; what it said is above"
}
mkdir -p "$to"
mv "$workshop"/*.deb "$to"
(cd "$workshop/sluice" && sed "s|^\([^ ]*\) .*|$to/\1|" debian/files | grep '\.deb$')
