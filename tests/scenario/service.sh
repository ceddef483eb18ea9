#!/usr/bin/env bash
# What systemd hears from the daemon: a real socket where NOTIFY_SOCKET says.
#   tests/scenario/service.sh [--bin DIR] [--only PART-OF-A-CASE'S-NAME]
# shellcheck disable=SC2119,SC2120,SC2154  # cases.sh sets the rest
set -euo pipefail
# shellcheck source=tests/support/shell/cases.sh
source "$(dirname "$0")/../support/shell/cases.sh" "$@"
# shellcheck source=tests/support/shell/two_nodes.sh
source "$(dirname "$0")/../support/shell/two_nodes.sh"

# A listener as systemd is one: a line a datagram, `|` between its assignments, in $node/told.
listen_as_systemd() {
  perl -MSocket -e '
    $| = 1;
    socket(my $socket, AF_UNIX, SOCK_DGRAM, 0) or die "socket: $!";
    bind($socket, pack_sockaddr_un($ARGV[0])) or die "bind: $!";
    while (defined recv($socket, my $told, 65536, 0)) { $told =~ tr/\n/|/; print "$told\n"; }
  ' "$node/notify" >"$node/told" &
  systemd=$!
  until_true 30 test -S "$node/notify" || fail "nobody listens at $node/notify"
}
told() { grep -E "$1" "$node/told"; }
await_told() { until_true 60 told "$1" >/dev/null || fail "systemd was not told $1; it was told: $(cat "$node/told")"; }
how_often() { grep -cE "$1" "$node/told" || true; }
end_all() {
  kill_all
  [[ -z ${systemd:-} ]] || kill "$systemd" 2>/dev/null || true
}

one_node() { # CASE
  new_node "$1" '{kind: sqlite}' 'batch: {age: 50ms}'
  add_park
  systemd=
  trap 'kill_daemon; [[ -z $systemd ]] || kill "$systemd" 2>/dev/null || true' EXIT
  listen_as_systemd
}

case_it_is_ready_when_it_answers() {
  one_node ready
  launch_daemon NOTIFY_SOCKET="$node/notify"
  await_told '^READY=1\|STATUS=1 bureau, all is well$'
  await_ready
  expect "a call" "$(post park approval '{"number":"A1","name":"one"}')" 200
  expect "how often" "$(how_often READY=1)" 1
}

case_a_reload_is_told_from_its_begin_to_its_end() {
  one_node reload
  start_daemon NOTIFY_SOCKET="$node/notify"
  await_told READY=1
  kill -HUP "$daemon"
  await_told '^RELOADING=1\|MONOTONIC_USEC=[0-9]+$'
  is_over() { [[ $(how_often READY=1) -ge 2 ]]; }
  until_true 60 is_over || fail "a reload does not end: $(cat "$node/told")"
  expect "the last word" "$(grep -E 'READY|RELOADING' "$node/told" | tail -n 1)" 'READY=1|STATUS=1 bureau, all is well'
}

case_it_says_that_it_stops_and_nothing_after_it() {
  one_node stop
  start_daemon NOTIFY_SOCKET="$node/notify"
  await_told READY=1
  stop_daemon
  await_told '^STOPPING=1\|STATUS=ending what runs'
  expect_like "the last word" "$(tail -n 1 "$node/told")" '^STOPPING=1'
}

case_the_watchdog_is_answered_while_the_event_loop_turns() {
  one_node watchdog
  start_daemon NOTIFY_SOCKET="$node/notify" WATCHDOG_USEC=400000
  answered() { [[ $(how_often '^WATCHDOG=1$') -ge 5 ]]; }
  until_true 60 answered || fail "it was answered $(how_often WATCHDOG=1) times"
}

# The wait for a certificate has all the time that a start has; what serves then has its own again.
case_the_watchdog_has_its_own_time_again_once_the_certificate_is_there() {
  one_node awaited
  mkdir "$node/tls"
  cp "$pki/node.key" "$pki/ca.pem" "$pki/crl.pem" "$node/tls"
  sed -i "/^identity:/,/^listen:/s#$pki#$node/tls#" "$node/config/node.yaml"
  launch_daemon NOTIFY_SOCKET="$node/notify" WATCHDOG_USEC=400000
  await_told '^READY=1\|STATUS=this node waits for its certificate'
  answered() { [[ $(how_often '^WATCHDOG=1$') -ge 2 ]]; }
  until_true 60 answered || fail "it is not answered while it waits"
  cp "$pki/node.pem" "$node/tls"
  await_told '^WATCHDOG_USEC=900000000$'
  await_told '^WATCHDOG_USEC=400000$'
  expect "in this order" "$(grep -E '^(WATCHDOG_USEC|READY)' "$node/told" | cut -d '|' -f 1 | paste -sd ' ')" \
    'READY=1 WATCHDOG_USEC=900000000 READY=1 WATCHDOG_USEC=400000'
  local before
  before=$(how_often '^WATCHDOG=1$')
  goes_on() { [[ $(how_often '^WATCHDOG=1$') -ge $((before + 3)) ]]; }
  until_true 60 goes_on || fail "it is not answered any more"
  stop_daemon
}

case_what_is_wrong_is_in_the_status() {
  workshop=$workshop/wrong
  mkdir "$workshop"
  trap end_all EXIT
  new_center
  new_edge
  at edge listen_as_systemd
  at edge start_daemon NOTIFY_SOCKET="$node/notify"
  at edge await_told '^READY=1\|STATUS=1 bureau, all is well$'
  at center stop_daemon
  expect "a call" "$(at edge post park approval '{"number":"A1","name":"one"}')" 200
  at edge await_told '^STATUS=1 bureau, 1 wrong: park: held back since [^ ]*: https://localhost:[0-9]*: nobody answers'
  at center start_daemon
  at edge await_told '^STATUS=1 bureau, all is well$'
}

case_a_socket_that_is_gone_does_not_matter() {
  one_node gone
  start_daemon NOTIFY_SOCKET="$node/notify" WATCHDOG_USEC=200000
  await_told READY=1
  kill "$systemd" && systemd=
  rm "$node/notify"
  kill -HUP "$daemon"
  expect "a call" "$(post park approval '{"number":"A1","name":"one"}')" 200
  stop_daemon
  start_daemon NOTIFY_SOCKET=/nonexistent/notify WATCHDOG_USEC=200000
  expect "a call of the next one" "$(post park approval '{"number":"A2","name":"two"}')" 200
  stop_daemon
}

open_workshop service park
trap 'close_workshop $?' EXIT
run_cases
