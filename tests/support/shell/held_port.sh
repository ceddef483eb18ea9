# shellcheck shell=bash
# shellcheck disable=SC2034  # who sources it reads held_port
# A port of loopback for a server that must find it again after it was down. One that the kernel names, that is
# given back and bound later, may be another test's by then, or that of an outgoing connection.
# tests/support/held_port.cpp does the same, with the same files. Sourced; whoever does has a function `die`.

# hold_port [FIRST]: sets `held_port`. No other test of this machine is given it while this shell, or what it
# starts from now on, is there. FIRST is tried before all others.
hold_port() {
  local folder=/tmp/sluice-test-ports tried lock
  # Below those that the kernel gives to outgoing connections (net.ipv4.ip_local_port_range).
  local first_port=20000 ports=10000
  local first=${1:-$((first_port + $$ * 16 % ports))}
  # Without the sticky bit, with which Linux lets nobody open what another user has made.
  mkdir -m 777 "$folder" 2>/dev/null || true
  for ((tried = 0; tried < ports; ++tried)); do
    held_port=$((first_port + (first - first_port + tried) % ports))
    [[ -e $folder/$held_port ]] || (umask 0 && : >>"$folder/$held_port")
    exec {lock}<>"$folder/$held_port"
    if flock --nonblock "$lock" && ! (exec 3<>"/dev/tcp/127.0.0.1/$held_port") 2>/dev/null; then return; fi
    exec {lock}>&-
  done
  die "no port is free"
}
