#!/usr/bin/env bash
# Where the log goes: a real rsyslogd with the configuration that is shipped, a real journald in a mount
# namespace of its own, and nobody.
#   tests/scenario/syslog.sh [--bin DIR] [--only PART-OF-A-CASE'S-NAME]
# shellcheck disable=SC2119,SC2154,SC2317  # start_daemon takes arguments only where it gets some; cases.sh sets the rest, and calls it
set -euo pipefail
# shellcheck source=tests/support/shell/cases.sh
source "$(dirname "$0")/../support/shell/cases.sh" "$@"
export PATH=$PATH:/usr/sbin

node_that_logs() { # NAME LOG-YAML
  new_node "$1" '{kind: sqlite}' "batch: {age: 50ms}
log: $2"
  add_bureau park <<'END'
channels: {direct: {}}
publishes:
  - {dataset: approval, channels: [direct]}
END
  add_schema approval <<'END'
{"sluice:dataset": {"owner": "park", "title": "Approvals"},
 "fields": [{"name": "number", "type": "string", "constraints": {"required": true}}], "primaryKey": "number"}
END
  # Its own, so that a case can spoil it.
  cp "$pki/node.pem" "$pki/node.key" "$node/"
  sed -i "s#certificate: .*#certificate: $node/node.pem#; s#  key: .*#  key: $node/node.key#" "$node/config/node.yaml"
  others=()
  trap end_all EXIT
}
end_all() {
  kill_daemon
  [[ ${#others[@]} -eq 0 ]] || kill "${others[@]}" 2>/dev/null || true
}
end_rsyslogd() {
  kill "$rsyslogd"
  wait "$rsyslogd" 2>/dev/null || true
  rm -f "$node/log.socket"
}
# An error, by what an operator may well do: a certificate that is none, and SIGHUP.
raise_an_alarm() {
  echo nothing >"$node/node.pem"
  kill -HUP "$daemon"
}

# A central host for alarms: what is sent to it by TCP, in $node/central; sets central_port.
listen_as_central_host() {
  perl -MIO::Socket::INET -e '
    $| = 1;
    my $server = IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 5) or die $@;
    open(my $port, ">", "$ARGV[0].new") or die $!;
    print $port $server->sockport;
    close($port) && rename("$ARGV[0].new", $ARGV[0]) or die $!;
    while (my $client = $server->accept) { while (sysread($client, my $part, 65536)) { print $part; } }
  ' "$node/central_port" >"$node/central" &
  others+=($!)
  until_true 30 test -s "$node/central_port" || fail "no central host listens"
  central_port=$(cat "$node/central_port")
}

# The shipped example, with the three places that lie outside of a test.
shipped_configuration() {
  local shipped=$project/packaging/rsyslog/sluice.conf
  sed -e "s#/run/rsyslog/sluice#$node/log.socket#; s#/var/log/#$node/#; s#loghost.example#127.0.0.1#; s#port=\"514\"#port=\"$central_port\"#" "$shipped"
}
start_rsyslogd() {
  cat >"$node/rsyslog.conf" <<END
global(workDirectory="$node")
module(load="imuxsock" SysSock.Use="off")
include(file="$node/shipped.conf")
END
  shipped_configuration >"$node/shipped.conf"
  rsyslogd -N1 -f "$node/rsyslog.conf" >"$node/checked" 2>&1 || fail "rsyslogd -N1: $(cat "$node/checked")"
  ! grep -iE 'error|warn' "$node/checked" || fail "rsyslogd -N1 complains"
  rsyslogd -n -f "$node/rsyslog.conf" -i "$node/rsyslogd.pid" >"$node/rsyslogd.out" 2>&1 &
  rsyslogd=$!
  others+=("$rsyslogd")
  until_true 30 test -S "$node/log.socket" || fail "rsyslogd does not listen: $(cat "$node/rsyslogd.out")"
}
kept() { grep -E -- "$1" "$node/sluice.log"; }
await_kept() { until_true 60 kept "$1" >/dev/null 2>&1 || fail "rsyslogd did not keep $1: $(tail -n 5 "$node/sluice.log" 2>&1; cat "$node/rsyslogd.out")"; }

case_rsyslogd_keeps_what_is_said_and_forwards_alarms_by_the_shipped_configuration() {
  node_that_logs shipped "{to: syslog, socket: $workshop/shipped/log.socket}"
  listen_as_central_host
  start_rsyslogd
  launch_daemon
  await_kept '^<29>1 [-0-9]+T[:0-9.]+(Z|[+]00:00) [^ ]+ sluiced [0-9]+ ready \[sluice@32473 event="ready" node="shipped" .*\] level=notice event=ready '
  [[ ! -s $node/sluiced.log ]] || fail "it says something elsewhere: $(cat "$node/sluiced.log")"
  [[ ! -s $node/sluice-alarms.log ]] || fail "an alarm without a reason: $(cat "$node/sluice-alarms.log")"
  raise_an_alarm
  await_kept ' certificates-not-reloaded \[sluice@32473 .*reason="'
  alarm() { grep -E 'certificates-not-reloaded : [^ ]' "$node/sluice-alarms.log"; }
  until_true 60 alarm >/dev/null 2>&1 || fail "no alarm is kept: $(cat "$node/sluice-alarms.log")"
  forwarded() { grep -aE '<27>1 .* certificates-not-reloaded \[sluice@32473 ' "$node/central"; }
  until_true 60 forwarded >/dev/null || fail "no alarm is forwarded: $(cat "$node/central" "$node/rsyslogd.out")"
  ! grep -qa ' ready ' "$node/central" || fail "what is no alarm is forwarded"
  stop_daemon
  await_kept ' stopping \[sluice@32473 event="stopping"\] level=notice event=stopping$'
}

case_what_rsyslogd_does_not_take_goes_to_standard_error_and_both_are_told() {
  node_that_logs away "{to: syslog, socket: $workshop/away/log.socket}"
  listen_as_central_host
  start_daemon
  expect_like "the first line" "$(head -n 1 "$node/sluiced.log")" \
    "^level=warning event=log-goes-elsewhere target=$node/log.socket reason=\"No such file or directory\"\$"
  expect "a call" "$(post park approval '{"number":"A1"}')" 200
  start_rsyslogd
  kill -HUP "$daemon"
  await_kept ' configuration-unchanged '
  await_kept " log-returns \\[sluice@32473 event=\"log-returns\" target=\"$node/log.socket\" count=\"[0-9]+\"\\]"
  ! grep event=configuration-unchanged "$node/sluiced.log" || fail "what rsyslogd takes is told elsewhere, too"
  end_rsyslogd
  kill -HUP "$daemon"
  is_elsewhere() { grep -q event=configuration-unchanged "$node/sluiced.log"; }
  until_true 60 is_elsewhere || fail "nothing is told while rsyslogd is away: $(cat "$node/sluiced.log")"
  start_rsyslogd
  stop_daemon
  await_kept ' stopping '
}

case_what_happens_again_and_again_is_told_once_and_then_how_often() {
  node_that_logs folded '{to: stderr, fold_within: 1h}'
  start_daemon
  local attempt
  for attempt in {1..20}; do
    expect "call $attempt" "$(call park GET /nowhere)" 404
  done
  expect "told at once" "$(grep -c event=request-refused "$node/sluiced.log")" 1
  stop_daemon
  expect_like "told at the end" "$(grep event=request-refused "$node/sluiced.log" | tail -n 1)" \
    '^level=info event=request-refused reason=not-found status=404 subject=.* address=[^ ]* repeated=19 within=[0-9]+$'
}

# In a mount namespace with a /run of its own; sets inside_of, by which programs are started there.
start_journald() {
  unshare --mount sh -c '
    mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/journal /run/log/journal || exit 1
    exec /lib/systemd/systemd-journald' >"$node/journald.out" 2>&1 &
  journald=$!
  others+=("$journald")
  inside_of[$at_node]="nsenter --target $journald --mount"
  # shellcheck disable=SC2086  # words of a command
  listens() { ${inside_of[$at_node]} test -S /run/systemd/journal/socket -a -S /run/systemd/journal/dev-log; }
  until_true 30 listens 2>/dev/null || fail "journald does not listen: $(cat "$node/journald.out")"
}
# shellcheck disable=SC2086  # words of a command
journal() { ${inside_of[$at_node]} journalctl --no-pager "$@" 2>/dev/null; }
in_journal() { [[ -n $(journal -o json SYSLOG_IDENTIFIER=sluiced | jq -c "select($1)") ]]; }
await_journal() { # JQ-CONDITION
  until_true 60 in_journal "$1" || fail "the journal has nothing with $1: $(journal -n 5)"
}

case_journald_gets_fields_where_it_is_there() {
  if ! unshare --mount true 2>/dev/null || [[ ! -x /lib/systemd/systemd-journald ]] || ! unshare --mount mount -t tmpfs tmpfs /run 2>/dev/null; then
    echo "skipped ${FUNCNAME[0]}: no mount namespace, or no systemd-journald"
    return 0
  fi
  node_that_logs journald "{to: auto, socket: $workshop/journald/log.socket}"
  start_journald
  launch_daemon
  await_journal '.SLUICE_EVENT == "ready" and .PRIORITY == "5" and .SLUICE_NODE == "journald" and .SYSLOG_FACILITY == "3"'
  await_journal '.SLUICE_EVENT == "ready" and (.MESSAGE | startswith("level=notice event=ready node=journald"))'
  [[ ! -s $node/sluiced.log ]] || fail "it says something elsewhere: $(cat "$node/sluiced.log")"
  raise_an_alarm
  await_journal '.SLUICE_EVENT == "certificates-not-reloaded" and .PRIORITY == "3" and .SLUICE_OF == "identity"'
  # As an operator asks: what somebody must act upon, and what it means.
  expect_like "alarms" "$(journal -p err -o cat SYSLOG_IDENTIFIER=sluiced)" 'event=certificates-not-reloaded'
  local id
  id=$(journal -o json SLUICE_EVENT=certificates-not-reloaded | head -n 1 | jq -r .MESSAGE_ID)
  mkdir -p "$node/root/usr/lib/systemd/catalog" "$node/root/var/lib/systemd/catalog"
  "$bin/sluice" manual catalog >"$node/root/usr/lib/systemd/catalog/sluice.catalog"
  journalctl --root "$node/root" --update-catalog >"$node/said" 2>&1 || fail "the catalog: $(cat "$node/said")"
  expect_like "what it means" "$(journalctl --root "$node/root" --dump-catalog "$id")" \
    'Subject: certificates-not-reloaded .error: somebody must act.*The files can not be used.*What to do: Repair what'
  stop_daemon
}

open_workshop syslog park
trap 'close_workshop $?' EXIT
run_cases
