#!/usr/bin/env bash
# An edge and a center on two networks with one cable between them, which is pulled and put back while rows
# flow. Nothing is lost, nothing is doubled, and calls at the edge are answered all the while.
#
#   tests/faults/namespaces.sh [--times N] [--seed S] [--bin DIR]
#
# --times: how often the cable is pulled (default 20). --seed: when, and how (default 1). Needs iproute2 and the right to make network
# namespaces (root); ends with 77 where that is not given.
# shellcheck disable=SC2034,SC2119,SC2154  # what is sourced reads and sets the rest
set -euo pipefail
here=$(dirname "$0")
times=20 seed=1
bin=$here/../../build/dev/bin
usage() { sed -n '5s/^# *//p' "$0" >&2; exit 2; }
while [[ $# -gt 0 ]]; do
  case $1 in
    --times) times=${2:-} ;;
    --seed) seed=${2:-} ;;
    --bin) bin=${2:-} ;;
    *) usage ;;
  esac
  [[ $# -ge 2 ]] || usage
  shift 2
done
[[ $times =~ ^[0-9]+$ && $seed =~ ^[0-9]+$ ]] || usage
# shellcheck source=tests/support/shell/node.sh
source "$here/../support/shell/node.sh"
# shellcheck source=tests/support/shell/two_nodes.sh
source "$here/../support/shell/two_nodes.sh"

network=sluice-$$
cable_edge=10.231.77.2 cable_center=10.231.77.1
flow_pid=
workshop=

skip() {
  echo "${0##*/}: skipped: $*" >&2
  exit 77
}

remove_networks() {
  local each
  for each in center edge; do ip netns del "$network-$each" 2>/dev/null || true; done
}

make_networks() {
  command -v ip >/dev/null || skip "there is no ip command (package iproute2)"
  local each
  for each in center edge; do
    ip netns add "$network-$each" 2>/dev/null || skip "network namespaces may not be made here"
    # That mounts a /sys of its own, which a plain chroot does not allow.
    ip netns exec "$network-$each" true 2>/dev/null || skip "no program can be run on a network of its own here"
    ip -n "$network-$each" link set lo up
  done
  ip link add cable netns "$network-edge" type veth peer name cable netns "$network-center" 2>/dev/null ||
    skip "virtual cables (veth) may not be made here"
  ip -n "$network-edge" address add "$cable_edge/24" dev cable
  ip -n "$network-center" address add "$cable_center/24" dev cable
  for each in center edge; do ip -n "$network-$each" link set cable up; done
}

# As node.sh's, on the node's own network.
launch_daemon() {
  : >"$node/sluiced.log"
  ip netns exec "$network-$at_node" "$bin/sluiced" --config "$node/config" 2>"$node/sluiced.log" &
  daemon=$!
}

# In one way both ends notice, in the other the center's answers just do not come any more.
pull() {
  if ((RANDOM % 2)); then
    ip -n "$network-edge" link set cable down
  else
    ip -n "$network-center" address del "$cable_center/24" dev cable
  fi
}
put_back() {
  ip -n "$network-edge" link set cable up
  ip -n "$network-center" address replace "$cable_center/24" dev cable
}
pause() { sleep "$((RANDOM % $1 / 10)).$((RANDOM % 10))"; } # at most so many tenths of a second and one more

# Call after call, each with rows of its own, until it is told to stop.
flow() {
  local number=0 row status
  while [[ ! -e $workshop/enough ]]; do
    number=$((number + 1))
    for row in 1 2 3 4 5; do printf '{"number":"P%d-%d","name":"call"}\n' "$number" "$row"; done >"$workshop/call.ndjson"
    status=$(answer=$workshop/call.answer ip_call "@$workshop/call.ndjson")
    [[ $status = 200 ]] || {
      echo "call $number was answered $status: $(cat "$workshop/call.answer.err")" >"$workshop/flow.failure"
      return 1
    }
    cat "$workshop/call.ndjson" >>"$workshop/sent.ndjson"
    ((number % 20)) || import_some "$number"
  done
}
ip_call() {
  ip netns exec "$network-edge" curl --silent --show-error --max-time 60 --cacert "$pki/ca.pem" \
    --cert "$pki/park.pem" --key "$pki/park.key" --output "$answer" --write-out '%{http_code}' \
    --header 'Content-Type: application/x-ndjson' --data-binary "$1" \
    "https://localhost:$port/v1/datasets/approval/records" 2>"$answer.err" || true
}
import_some() {
  { echo number,name && seq -f "R$1-%.0f,import" 1 2000; } >"$workshop/register.csv"
  "$bin/sluice" --config "$node/config" import park "$workshop/register.csv" --dataset register --no-wait \
    >/dev/null 2>"$workshop/flow.failure" || return 1
  rm "$workshop/flow.failure"
  tail -n +2 "$workshop/register.csv" >>"$workshop/sent.csv"
}

central() { sqlite3 "$workshop/center/state/central.sqlite" "$1"; }

await_all() {
  local attempt wanted found
  wanted=$(($(wc -l <"$workshop/sent.ndjson") + $(wc -l <"$workshop/sent.csv")))
  for attempt in {1..600}; do
    # Before its first batch the center has no ledger.
    found=$(central 'SELECT coalesce(sum(inserted + updated + unchanged + deleted + rejected), 0) FROM ledger' \
      2>"$workshop/central.failure") || found=0
    [[ $found -lt $wanted ]] || return 0
    sleep 0.1
  done
  die "$found of $wanted rows arrived $((attempt / 10)) s after the last cut: $(cat "$workshop/central.failure") $("$bin/sluice" --config "$workshop/edge/config" status)"
}

check() {
  jq -r '[.number, .name] | @tsv' "$workshop/sent.ndjson" | LC_ALL=C sort >"$workshop/approval.expected"
  tr , '\t' <"$workshop/sent.csv" | LC_ALL=C sort >"$workshop/register.expected"
  local dataset
  for dataset in approval register; do
    at center held "$dataset" >"$workshop/$dataset.found"
    cmp -s "$workshop/$dataset.expected" "$workshop/$dataset.found" ||
      die "$dataset: the center does not hold what was sent; compare $workshop/$dataset.*"
  done
  # A batch that was applied twice would have found its rows unchanged.
  local others
  others=$(central 'SELECT sum(updated + unchanged + deleted + rejected) FROM ledger')
  [[ $others = 0 ]] || die "$others rows were applied that were there already"
  at center sluice audit verify >"$workshop/verify" 2>&1 || die "sluice audit verify: $(cat "$workshop/verify")"
}

finish() {
  local status=$?
  [[ -z $flow_pid ]] || kill "$flow_pid" 2>/dev/null || true
  [[ -z $workshop ]] || kill_all
  remove_networks
  [[ -z $workshop ]] || close_workshop "$status"
}

RANDOM=$seed
echo "seed $seed"
trap finish EXIT
make_networks
export SLUICE_DEV_NAMES=IP:$cable_center
open_workshop namespaces park
listen="{address: $cable_center, port: 0}"
new_center
listen='{address: 127.0.0.1, port: 0}'
new_edge edge 'batch: {age: 50ms}' ', connect_timeout: 1s, answer_timeout: 2s'
sed -i "s#https://localhost:#https://$cable_center:#" "$workshop/edge/config/node.yaml"
at edge start_daemon
turn_to edge
: >"$workshop/sent.ndjson"
: >"$workshop/sent.csv"
flow &
flow_pid=$!
for ((cut = 1; cut <= times; ++cut)); do
  pause 10
  pull
  pause 45
  put_back
  kill -0 "$flow_pid" 2>/dev/null || die "after cut $cut: $(cat "$workshop/flow.failure")"
done
touch "$workshop/enough"
wait "$flow_pid" || die "$(cat "$workshop/flow.failure")"
flow_pid=
await_all
check
echo "the cable was pulled $times times; $(cat "$workshop/sent.ndjson" "$workshop/sent.csv" | wc -l) rows are in the center exactly once;" \
  "held back $(grep -c 'event=batch-held-back' "$workshop/edge/sluiced.log" || true) times"
