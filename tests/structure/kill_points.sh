#!/usr/bin/env bash
# Compares the kill points in the code with tests/faults/kill_points.txt, and says if nobody passes one.
set -euo pipefail
cd "$(dirname "$0")/../.."
list=tests/faults/kill_points.txt
in_code() { grep -rhoE 'SLUICE_KILL_POINT\("[^"]+"' daemon adapters | cut -d '"' -f 2 | sort -u; }
listed() { awk '!/^#/ && NF { print $1 }' "$list" | sort; }
status=0
diff <(in_code) <(listed) || { printf '%s: < is in the code only, > in the list only\n' "$list"; status=1; }
awk '!/^#/ && NF && ($2 $3 $4) == "---" { print FILENAME ": nobody passes " $1; found = 1 } END { exit found }' "$list" || status=1
exit "$status"
