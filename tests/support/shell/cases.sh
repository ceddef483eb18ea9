# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034  # node.sh sets, and the cases read, the rest
# Cases: functions named case_…, whose name is a sentence of behaviour. All of them run, in a shell of
# their own, and the failed ones are named at the end. Sourced with the script's own arguments.

support=$(dirname "${BASH_SOURCE[0]}")
bin=${bin:-$support/../../../build/dev/bin} only=${only:-}
while [[ $# -ge 2 ]]; do
  case $1 in
    --bin) bin=$2 ;;
    --only) only=$2 ;;
  esac
  shift 2
done
# shellcheck source=tests/support/shell/node.sh
source "$support/node.sh"

fail() {
  printf '    %s\n' "$*" >&2
  exit 1
}

expect() { # WHAT FOUND EXPECTED
  [[ $2 = "$3" ]] || fail "$1: found $(printf %q "$2"), expected $(printf %q "$3")"
}

expect_like() { # WHAT FOUND REGULAR-EXPRESSION
  [[ $2 =~ $3 ]] || fail "$1: found $(printf %q "$2"), expected something like $3"
}

# try COMMAND…: sets status, out and err.
try() {
  status=0
  "$@" >"$node/out" 2>"$node/err" || status=$?
  out=$(tr -d '\0' <"$node/out")
  err=$(tr -d '\0' <"$node/err")
}

audited() { sluice audit log | jq -e "select($1)" >/dev/null; }

# expect_it_does_not_start REGULAR-EXPRESSION: which its log is like.
expect_it_does_not_start() {
  launch_daemon
  ! await_ready || fail "the node starts without a word"
  daemon=
  expect_like "what it says" "$(cat "$node/sluiced.log")" "$1"
}

run_cases() {
  local each status failed=()
  for each in $(compgen -A function case_); do
    [[ -z ${only:-} || $each = *"$only"* ]] || continue
    set +e
    (
      set -e
      "$each"
    )
    status=$?
    set -e
    if [[ $status -eq 0 ]]; then
      echo "ok      ${each#case_}"
    else
      echo "FAILED  ${each#case_}"
      failed+=("${each#case_}")
    fi
  done
  [[ ${#failed[@]} -eq 0 ]] || die "failed: ${failed[*]}"
}
