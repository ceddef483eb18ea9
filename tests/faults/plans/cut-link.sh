# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # run.sh reads these, and has set the rest
# An edge and a center on two networks with one cable between them, which is pulled and put back
# while rows flow. Calls at the edge are answered all the while. Needs iproute2 and the right to
# make network namespaces (root); ends with 77 where that is not given.
nodes=(center edge)
victims=(cable address)
checks=(check_flow) last_checks=(check_exactly_once check_chains tell_held_back)
use traffic/flow

network=sluice-$$
cable_edge=10.231.77.2 cable_center=10.231.77.1
inside_of=([center]="ip netns exec $network-center" [edge]="ip netns exec $network-edge")
center_host=$cable_center

skip() {
  echo "${0##*/}: skipped: $*" >&2
  exit 77
}

prepare() {
  command -v ip >/dev/null || skip "there is no ip command (package iproute2)"
  local each
  for each in center edge; do
    ip netns add "$network-$each" 2>/dev/null || skip "network namespaces may not be made here"
    # That mounts a /sys of its own, which a plain chroot does not allow.
    ${inside_of[$each]} true 2>/dev/null || skip "no program can be run on a network of its own here"
    ip -n "$network-$each" link set lo up
  done
  ip link add cable netns "$network-edge" type veth peer name cable netns "$network-center" 2>/dev/null ||
    skip "virtual cables (veth) may not be made here"
  ip -n "$network-edge" address add "$cable_edge/24" dev cable
  ip -n "$network-center" address add "$cable_center/24" dev cable
  for each in center edge; do ip -n "$network-$each" link set cable up; done
  export SLUICE_DEV_NAMES=IP:$cable_center
}

clean_up() {
  local each
  for each in center edge; do ip netns del "$network-$each" 2>/dev/null || true; done
}

make_nodes() {
  local listen="{address: $cable_center, port: 0}"
  new_center "$store_yaml"
  listen=
  new_edge edge 'batch: {age: 50ms}' ', connect_timeout: 1s, answer_timeout: 2s'
  forget_sent
}

# Both ends notice.
strike_cable() {
  ip -n "$network-edge" link set cable down
  pause_ms $((RANDOM % 5000))
  ip -n "$network-edge" link set cable up
}

# The center's answers just do not come any more.
strike_address() {
  ip -n "$network-center" address del "$cable_center/24" dev cable
  pause_ms $((RANDOM % 5000))
  ip -n "$network-center" address replace "$cable_center/24" dev cable
}

tell_held_back() {
  verdict+=" (held back $(grep -c 'event=batch-held-back' "$workshop/edge/sluiced.log" || true) times)"
}
