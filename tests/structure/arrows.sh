#!/usr/bin/env bash
# Compares what each folder includes with what its CMakeLists.txt names, and holds the sentences that
# README.md and CONTRIBUTING.md say about the structure.
# usage: arrows.sh ARROWS (what CMake wrote: "TARGET FOLDER TARGET…", in the order of the folders)
set -euo pipefail
arrows=$1
cd "$(dirname "$0")/../.."

complaints=$(mktemp)
trap 'rm -f "$complaints"' EXIT
complain() { printf '%s\n' "$*" >>"$complaints"; }

declare -A folder_of target_of named place
order=0
while read -r target folder depends; do
  folder_of[$target]=$folder
  target_of[$folder]=$target
  named[$target]=$depends
  place[$target]=$((order += 1))
done <"$arrows"

# includes FOLDER: "TARGET FILE" of each header of another folder of ours.
includes() {
  local file header folder # without a process for each: there are thousands
  grep -HoP '^\s*#include "\K[^"]+' "$1"/*.h "$1"/*.cpp 2>/dev/null | while IFS=: read -r file header; do
    folder=.
    [[ $header != */* ]] || folder=${header%/*}
    [[ -e daemon/$header ]] && folder=daemon/$folder
    [[ $folder != "$1" && -n ${target_of[$folder]:-} ]] && printf '%s %s\n' "${target_of[$folder]}" "$file"
  done | sort -u
}

for target in "${!folder_of[@]}"; do
  folder=${folder_of[$target]}
  found=$(includes "$folder" || true)
  while read -r other file; do
    [[ -z $other || " ${named[$target]} " == *" $other "* ]] ||
      complain "$file includes from ${folder_of[$other]}, which $folder/CMakeLists.txt does not name: add $other, or take the include out"
  done <<<"$found"
  for other in ${named[$target]}; do
    [[ -n ${folder_of[$other]:-} ]] || continue
    grep -q "^$other " <<<"$found" ||
      complain "$folder/CMakeLists.txt names $other, and nothing there includes from ${folder_of[$other]}: take it out"
    # The adapters' targets are made after those of daemon/: their own rule is below.
    if [[ $folder == daemon/* && ${folder_of[$other]} == daemon/* && ${place[$other]} -ge ${place[$target]} ]]; then
      complain "$folder may include from what daemon/CMakeLists.txt lists above it, and ${folder_of[$other]} is below"
    fi
    if [[ $folder == adapters* && ! ${folder_of[$other]} =~ ^(adapters.*|daemon/(boost|fault|files|intake|record|sqlite))$ ]]; then
      complain "$folder includes from ${folder_of[$other]}: an adapter parses and speaks, and knows no journal, link, store or route"
    fi
  done
done

# Every route for machines is in daemon/api, and asks trust/policy who may use it; what is for nodes does
# so through api/carriers.h, what is for bureaus that call about their own through api/publishers.h.
for file in $(grep -rl --include='*.h' --include='*.cpp' '"server/router.h"' daemon adapters); do
  [[ $file =~ ^daemon/(api|pages|server|node)/ ]] || complain "$file has routes; they belong in daemon/api or daemon/pages"
done
for file in daemon/api/*_endpoint.h daemon/api/carriers.h daemon/api/publishers.h; do
  grep -qE '"(trust/policy|api/carriers|api/publishers)\.h"' "$file" || complain "$file does not ask trust/policy.h who may do what it offers"
done
if grep -rn --include='*.h' --include='*.cpp' '#include' daemon/record | grep -E '"[^"]+"' | grep -vE '"record/'; then
  complain "daemon/record depends on nothing of ours"
fi

[[ ! -s $complaints ]] && exit 0
sort "$complaints"
exit 1
