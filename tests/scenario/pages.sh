#!/usr/bin/env bash
# The pages for people, as a browser sees them: who comes in, who does not, what each may see, and
# what a hostile page on another site can not do.
#   tests/scenario/pages.sh [--bin DIR] [--only PART-OF-A-CASE'S-NAME]
# shellcheck disable=SC2016,SC2119,SC2154  # start_daemon takes arguments only where it gets some; cases.sh sets the rest
set -euo pipefail
# shellcheck source=tests/support/shell/cases.sh
source "$(dirname "$0")/../support/shell/cases.sh" "$@"
# shellcheck source=tests/support/shell/browser.sh
source "$support/browser.sh"

begin() { # CASE [PAGES-YAML]
  new_node "$1" '{kind: sqlite}' "pages: {address: 127.0.0.1, port: 0, certificate: $pki/node.pem,
  key: $pki/node.key${2:+, $2}}"
  add_park_bureau
  add_bureau quality <<<'channels: {direct: {}}'
  for dataset in register approval; do
    add_schema "$dataset" <<'END'
{"sluice:dataset": {"owner": "park", "title": "Register"},
 "fields": [{"name": "number", "type": "string", "constraints": {"required": true}}], "primaryKey": "number"}
END
  done
  trap kill_daemon EXIT
  start_daemon
  open_browser
}
add() { sluice user add "$@" 2>/dev/null; } # prints the first password
audited() { sluice audit log | jq -r "select(.event == \"$1\") | $2"; }
header() { tr -d '\r' <"$node/head" | sed -n "s/^$1: //pI"; }

case_a_person_comes_in_changes_the_password_and_leaves() {
  begin comes_in
  local first
  first=$(add wang --role administrator --display 王小明)
  visit /
  expect "before the sign-in" "$code $location" '303 /sign-in?next=%2F'
  sign_in wang "$first"
  expect "first page" "$code $place" '200 /password'
  visit /
  expect "nothing else until it is changed" "$code $location" '303 /password'
  visit /password
  send /password "current=$first" new=short again=short
  expect "short password" "$code" 422
  send /password "current=$first" 'new=a long enough one' 'again=another one'
  expect "typed differently" "$code" 422
  send /password 'current=not the first' 'new=a long enough one' 'again=a long enough one'
  expect "wrong current password" "$code" 403
  send /password "current=$first" 'new=a long enough one' 'again=a long enough one'
  expect "changed" "$code $location" "303 /?done=password-changed"
  follow
  expect "overview" "$code" 200
  expect_like "whose it is" "$(text_of_page)" 王小明
  send /sign-out
  expect "signed out" "$code $location" '303 /sign-in?done=signed-out'
  visit /
  expect "afterwards" "$code $location" '303 /sign-in?next=%2F'
  sign_in wang "$first"
  expect "the first password" "$code" 403
  sign_in wang 'a long enough one'
  expect "the new password" "$code $place" '200 /'
  expect "audit log" "$(audited signed-in .way | wc -l) $(audited account-password-changed .actor) $(audited signed-out .actor)" \
    '2 wang wang'
  stop_daemon
}

case_a_page_is_safe_in_a_browser() {
  begin safe
  visit /sign-in --header 'Accept-Language: en'
  expect "frames" "$(header X-Frame-Options)" DENY
  expect "referrer" "$(header Referrer-Policy)" no-referrer
  expect "kept by nobody" "$(header Cache-Control)" no-store
  expect_like "policy" "$(header Content-Security-Policy)" "^default-src 'none'; .*frame-ancestors 'none'$"
  expect_like "cookie" "$(header Set-Cookie)" '^__Host-sluice-door=.*; Path=/; Secure; HttpOnly; SameSite=Strict$'
  expect "scripts or styles in the page" "$(grep -cE '<style|style=|<script>|javascript:|onclick' <<<"$page")" 0
  local asset
  asset=$(grep -o '/assets/style[^"]*' <<<"$page" | head -n 1)
  visit "$asset" --compressed
  expect "style sheet" "$code $(header Content-Encoding)" '200 gzip'
  expect_like "it is kept" "$(header Cache-Control)" immutable
  visit /no-such-page
  expect "no page" "$code $(header Content-Type)" '404 text/html; charset=utf-8'
  visit '/sign-in?next=//evil.example/'
  ! grep -q 'name="next" value="[^"]*evil' <<<"$page" || fail "the page leads to another site"
  visit '/language/en?to=https://evil.example/'
  expect "switch of language" "$code $location" '303 /'
  visit /sign-in
  expect_like "in English now" "$(text_of_page)" 'Sign in'
  stop_daemon
}

case_forms_of_other_sites_are_refused() {
  begin forged
  local first
  first=$(add wang --role administrator)
  come_in wang "$first"
  visit /sign-out --data 'csrf='
  expect "without a token" "$code" 403
  visit /sign-out --data 'csrf=abc.def'
  expect "with a made-up one" "$code" 403
  visit /
  visit /sign-out --data-urlencode "csrf=$(form_token)" --header 'Sec-Fetch-Site: cross-site'
  expect "from another site" "$code" 403
  visit /
  local token
  token=$(form_token)
  open_browser 2
  visit /sign-in --data-urlencode "csrf=$token" --data-urlencode name=wang --data-urlencode "password=$password"
  expect "another browser's token" "$code" 403
  open_browser 1
  visit /sign-out --data 'x=%'
  expect "no form at all" "$code" 400
  visit /sign-out --data '{}' --header 'Content-Type: application/json'
  expect "another type" "$code" 415
  visit /
  expect "still signed in" "$code" 200
  expect_like "audit log" "$(audited page-denied '"\(.actor) \(.target) \(.reason)"')" 'wang /sign-out foreign-form'
  stop_daemon
}

case_a_role_that_is_taken_away_ends_the_session() {
  begin revoked
  come_in wang "$(add wang --role administrator)"
  add li --role administrator >/dev/null
  sluice user roles wang --role auditor >/dev/null
  visit /
  expect "after a change of roles" "$code $location" '303 /sign-in?next=%2F&over=1'
  sign_in wang "$password"
  expect "in again" "$code" 200
  sluice user disable wang >/dev/null
  visit /
  expect "after being disabled" "$code" 303
  sign_in wang "$password"
  expect "disabled" "$code" 403
  expect "reason" "$(audited sign-in-refused .reason)" disabled-account
  stop_daemon
}

case_a_session_ends_when_nothing_is_done() {
  begin idle
  come_in wang "$(add wang --role administrator)"
  sqlite3 "$node/state/people.sqlite" 'UPDATE session SET last_seen_at = last_seen_at - 31 * 60 * 1000'
  visit /
  expect "after half an hour" "$code $location" '303 /sign-in?next=%2F&over=1'
  stop_daemon
}

case_guessing_locks_nobody_out_but_who_guesses() {
  begin guessing
  come_in wang "$(add wang --role administrator)"
  local right=$password i
  open_browser stranger
  for i in 1 2 3 4 5; do
    sign_in wang "guess number $i"
    expect "guess $i" "$code" 403
  done
  sign_in wang "$right"
  expect "even the right one waits" "$code" 429
  expect "audit log" "$(audited sign-in-refused '"\(.actor) \(.reason)"')" 'wang password
? wait'
  open_browser 1
  visit /
  send /sign-out
  expect "signed out" "$code" 303
  sign_in wang "$right"
  expect "where wang has signed in before" "$code" 200
  open_browser stranger
  sign_in 'my password' "$right"
  expect "no name" "$code" 403
  ! sluice audit log | grep -q 'my password' || fail "what was typed for a name is in the audit log"
  stop_daemon
}

case_each_sees_what_is_his() {
  begin rights
  come_in wang "$(add wang --role clerk --bureau quality)"
  expect "overview of a clerk" "$code" 200
  ! text_of_page | grep -q '^park$' || fail "another bureau's stream is shown"
  stop_daemon
}

open_workshop pages park quality
trap 'close_workshop $?' EXIT
run_cases
