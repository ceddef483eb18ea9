#!/usr/bin/env bash
# The pages for people in a real browser: what they do, how they look, and whether everybody can use
# them. Needs chromium, and `npm ci --prefix tests/browser`.
#   tests/browser/run.sh [--bin DIR] [--screenshots DIR] [--only PART-OF-A-TEST'S-NAME]
# shellcheck disable=SC2119,SC2154  # start_daemon takes nothing here; content.sh and node.sh set the rest
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bin=$here/../../build/dev/bin screenshots='' only=''
while [[ $# -ge 2 ]]; do
  case $1 in
    --bin) bin=$2 ;;
    --screenshots) screenshots=$2 ;;
    --only) only=$2 ;;
  esac
  shift 2
done
if ! command -v chromium >/dev/null || [[ ! -d $here/node_modules/playwright-core ]]; then
  echo "run.sh: chromium (Debian's package), or what npm ci --prefix tests/browser installs, is missing" >&2
  exit 2
fi
# shellcheck source=tests/support/shell/node.sh
source "$here/../support/shell/node.sh"
# shellcheck source=tests/browser/content.sh
source "$here/content.sh"

# first_password ROLE NAME DISPLAY-NAME: makes the account.
first_password() {
  local of=()
  [[ $1 = administrator ]] || of=(--bureau industry)
  sluice user add "$2" --role "$1" --display "$3" "${of[@]}" 2>/dev/null
}

# The browser takes this one key for an authority's, and no other.
certificate_key() {
  openssl x509 -in "$pki/node.pem" -noout -pubkey | openssl pkey -pubin -outform der |
    openssl dgst -sha256 -binary | base64
}

open_workshop browser park levy quality industry
trap 'close_workshop $?' EXIT
new_node node '{kind: sqlite}' "pages: {address: 127.0.0.1, port: 0, certificate: $pki/node.pem, key: $pki/node.key}
batch: {age: 50ms}"
make_exchange_database
add_bureaus
start_daemon
send_calls
import_file
run_jobs

looks=${screenshots:+kept} # else those of failures only
screenshots=${screenshots:-$workshop/screenshots}
mkdir -p "$screenshots" "$workshop/home"
screenshots=$(cd "$screenshots" && pwd)
people='{}'
while read -r name role display; do
  people=$(jq --arg name "$name" --arg first "$(first_password "$role" "$name" "$display")" '.[$name] = $first' <<<"$people")
done <<'END'
wang administrator 王小明
li administrator 李建国
jia clerk 甲录入
geng clerk 耿录入
yi checker,clerk 乙复核
bing reviewer 丙审核
ding supervisor 丁主管
END
tell_tests() { # where the node is now; in one step, since they may be reading it
  jq -n --arg origin "https://localhost:$(sluice status --json | jq -r .pages_port)" --arg key "$(certificate_key)" \
    --arg api "https://localhost:$port" --arg bin "$bin" --arg node "$node" --arg pki "$pki" \
    --arg screenshots "$screenshots" --arg looks "$looks" --arg only "$only" --arg hostile "$hostile" --argjson first_passwords "$people" \
    '{$origin, $key, $api, $bin, $node, $pki, $screenshots, $looks, $only, $hostile, $first_passwords}' \
    >"$workshop/gateway.new"
  mv "$workshop/gateway.new" "$workshop/gateway.json"
}
tell_tests
kill_and_restart() {
  kill_daemon
  start_daemon
  tell_tests
}

# Chromium keeps to the test's folder. `node --test` would run each file in a process of its own, with
# a browser of its own: so one file has them all.
env HOME="$workshop/home" XDG_CONFIG_HOME="$workshop/home" XDG_CACHE_HOME="$workshop/home" TMPDIR="$workshop" LANGUAGE=en_US \
  SLUICE_BROWSER_TEST="$workshop/gateway.json" \
  node --test-reporter=spec --test-reporter-destination=stdout "$here/all_tests.js" &
tests=$!
# The tests ask for it. A wait that a signal ends is none.
trap kill_and_restart USR1
while wait "$tests" && status=0 || status=$? && [[ $status -gt 128 ]]; do :; done
[[ $status -eq 0 ]] || exit "$status"
stop_daemon
