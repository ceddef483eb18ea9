#!/usr/bin/env bash
# Compares the kill points in the code with tests/faults/kill_points.txt, and says if no plan passes
# one, or if CTest runs no such plan.
set -euo pipefail
cd "$(dirname "$0")/../.."
list=tests/faults/kill_points.txt
in_code() { grep -rhoE 'SLUICE_KILL_POINT\("[^"]+"' daemon adapters | cut -d '"' -f 2 | sort -u; }
listed() { awk '!/^#/ && NF { print $1 }' "$list" | sort; }
status=0
diff <(in_code) <(listed) ||
  { printf '%s: < is in the code only, > in the list only\n' "$list"; status=1; }
read -ra plans < <(sed -n 's/^# point//p' "$list")
for plan in "${plans[@]}"; do
  [[ -e tests/faults/plans/$plan.sh ]] || { echo "$list: there is no plan $plan"; status=1; }
  grep -q -- "--plan $plan " tests/faults/CMakeLists.txt ||
    { echo "$list: CTest does not run the plan $plan"; status=1; }
done
awk '/^# point/ { fields = NF - 1 } /^#/ || !NF { next }
  NF != fields { print FILENAME ": " $1 " does not have a column for each plan"; found = 1 }
  { for (i = 2; i <= NF && $i == "-"; ++i); }
  i > NF { print FILENAME ": nobody passes " $1; found = 1 }
  END { exit found }' "$list" || status=1
exit "$status"
