#!/usr/bin/env bash
# Packs the same programs twice, as two persons would in two places: the same bytes come out. Leaves the
# first packages for the other tests.
# usage: packed_twice.sh BUILD DIR (a build folder; where the packages go)
set -euo pipefail
# shellcheck source=tests/packaging/package.sh
source "$(dirname "$0")/package.sh"
need dh debhelper

pack() { "$project/packaging/build.sh" --programs "$1" --to "$2" >"$workshop/said" 2>&1 || { cat "$workshop/said"; exit 1; }; }

# Whoever commits meanwhile does not change what is packed.
SOURCE_DATE_EPOCH=$(git -C "$project" log -1 --format=%ct)
export SOURCE_DATE_EPOCH

rm -rf "$2"
(umask 022 && cd / && TZ=Asia/Shanghai LC_ALL=C pack "$1" "$2")
# Another umask, time zone, home and folder; and a second later, at the least.
(umask 077 && mkdir "$workshop/elsewhere" && cd "$workshop/elsewhere" &&
  TZ=America/New_York HOME=$workshop/elsewhere TMPDIR=$workshop/elsewhere pack "$1" "$workshop/again")

found=("$2"/*.deb)
[[ ${#found[@]} -eq 2 ]] || complain "expected the package and its debug symbols, found ${found[*]}"
for package in "${found[@]}"; do
  cmp "$package" "$workshop/again/$(basename "$package")" || complain "$(basename "$package") is not the same when it is packed again"
done
finish
