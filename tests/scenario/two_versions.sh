#!/usr/bin/env bash
# Two nodes of which one is of the version before, as programs: an edge that is not upgraded yet and a
# center that is, and the other way round; and each is upgraded under the eyes of the other.
#   SLUICE_BEFORE=/opt/sluice-before/bin tests/scenario/two_versions.sh [--bin DIR] [--only PART-OF-A-CASE'S-NAME]
# Without the programs of the version before (SLUICE_BEFORE) there is nothing to try here: what that
# version said is held by earlier_versions.sh.
# shellcheck disable=SC2119,SC2120,SC2154  # cases.sh sets the rest
set -euo pipefail
if [[ -z ${SLUICE_BEFORE:-} ]]; then
  echo "skipped: SLUICE_BEFORE names no folder with the programs of the version before"
  exit 77
fi
# shellcheck source=tests/support/shell/cases.sh
source "$(dirname "$0")/../support/shell/cases.sh" "$@"
# shellcheck source=tests/support/shell/two_nodes.sh
source "$support/two_nodes.sh"

# The folder of the programs, by a node's name: what starts or asks a node uses that node's.
declare -A programs=()
by() { # NODE COMMAND…
  local bin=${programs[$1]}
  at "$@"
}
begin() { # CASE CENTER'S-PROGRAMS EDGE'S-PROGRAMS
  workshop=$workshop/$1
  mkdir "$workshop"
  trap kill_all EXIT
  programs=([center]=$2 [edge]=$3)
  local bin=${programs[center]}
  new_center
  new_edge
  by edge start_daemon
}
register() { # FIRST LAST
  { echo number,name && seq -f 'A%.0f,name' "$1" "$2"; } >"$workshop/register-$1.csv"
  echo "$workshop/register-$1.csv"
}
center_holds() { [[ $(by center held "$1" | wc -l) -eq $2 ]]; }
await_center() { until_true 60 center_holds "$@" || fail "the center holds $(by center held "$1" | wc -l) of $1, expected $2"; }
nothing_waits() { [[ $(by edge sluice status --json | jq '.streams[0].backlog_batches') -eq 0 ]]; }

# A file, a call, a row that the center refuses, and what the quarantine holds; then both are proved.
they_exchange() { # FIRST LAST: rows of the register
  by edge sluice import park "$(register "$1" "$2")" --dataset register >/dev/null
  expect "a call" "$(by edge post park approval "{\"number\":\"B$1\",\"name\":\"one\"}")" 200
  await_center register "$2"
  until_true 60 nothing_waits || fail "$(by edge sluice status)"
  by center sluice audit verify >"$workshop/proof" || fail "the center's proof: $(<"$workshop/proof")"
  by edge sluice audit verify >"$workshop/proof" || fail "the edge's proof: $(<"$workshop/proof")"
}
upgrade() { # NODE PROGRAMS
  by "$1" stop_daemon
  programs[$1]=$2
  by "$1" start_daemon
}

case_an_edge_of_the_version_before_and_a_center_of_this_one() {
  begin old_edge "$bin" "$SLUICE_BEFORE"
  they_exchange 1 100
  upgrade edge "$bin"
  they_exchange 101 200
}

case_an_edge_of_this_version_and_a_center_of_the_one_before() {
  begin old_center "$SLUICE_BEFORE" "$bin"
  they_exchange 1 100
  upgrade center "$bin"
  they_exchange 101 200
}

open_workshop two-versions park
trap 'close_workshop $?' EXIT
run_cases
