#!/usr/bin/env bash
# Compares the pages that are made from declarations with what the code would make of them now.
# usage: reference_pages.sh REFERENCE_PAGES (the program that makes them)
set -euo pipefail
make_pages=$(realpath "$1")
cd "$(dirname "$0")/../.."

made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
"$make_pages" docs "$made"
differs=0
for page in "$made"/*.md; do
  name=docs/$(basename "$page")
  diff -u --label "$name" --label "$name, as the code declares it" "$name" "$page" || differs=1
done
[[ $differs = 0 ]] && exit 0
echo 'Write them anew: cmake --build --preset dev --target update_pages'
exit 1
