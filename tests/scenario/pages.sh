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
  expect_like "what sluice status tells of a stream" "$(text_of_page | paste -sd ' ')" '已确认 0 纪元 [0-9]'
  expect_like "what sluice status tells of the node" "$(text_of_page | paste -sd ' ')" "页面端口 $pages_port 证书到期 [0-9]"
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

# People's own authority, with certificates of all who are named.
certify_people() { # NAME…
  people=$node/people
  sh "$project/config/dev-ca.sh" "$people" issuer "$@"
}
begin_with_certificates() { # CASE NAME…
  node=$workshop/$1
  mkdir -p "$node"
  certify_people "${@:2}"
  begin "$1" "people_authorities: $people/ca.pem, people_revocations: $people/crl.pem"
}
expire() { # NAME: another certificate of the same key and subject, which is over
  openssl req -new -key "$people/$1.key" -subj "/O=Sluice development/CN=$1" -out "$people/$1.csr"
  openssl x509 -req -in "$people/$1.csr" -CA "$people/ca.pem" -CAkey "$people/ca.key" -days -1 \
    -set_serial 7 -out "$people/$1.pem" 2>/dev/null
}
revoke() { # NAME
  (
    cd "$people"
    printf 'R\t370101000000Z\t260101000000Z\t%s\tunknown\t/CN=%s\n' \
      "$(openssl x509 -in "$1.pem" -noout -serial | cut -d= -f2)" "$1" >index.txt
    printf '[ca]\ndefault_ca = dev\n[dev]\ndatabase = index.txt\ndefault_md = sha256\n' >ca.cnf
    openssl ca -config ca.cnf -gencrl -keyfile ca.key -cert ca.pem -crldays 30 -out crl.pem 2>/dev/null
  )
}
times_reloaded() { grep -c 'event=certificates-\(not-\)\?reloaded of=pages' "$node/sluiced.log" || true; }
reloaded_since() { [[ $(times_reloaded) -gt $1 ]]; }
reload() {
  local before
  before=$(times_reloaded)
  kill -HUP "$daemon"
  until_true 30 reloaded_since "$before" || fail "nothing was read anew"
  expect "what could not be read" "$(grep -c certificates-not-reloaded "$node/sluiced.log")" 0
}
has_button() { grep -q 'action="/sign-in/certificate"' <<<"$page"; }
# come_in_by_certificate NAME
come_in_by_certificate() {
  present "$people/$1"
  visit /sign-in
  has_button || fail "no button for $1: $(text_of_page)"
  send /sign-in/certificate
  expect "sign-in of $1 by certificate" "$code $location" '303 /'
  follow
  expect "overview of $1" "$code" 200
}
# turned_away WHAT SENTENCE: of the presented certificate, which is for no sign-in; the password is.
turned_away() {
  open_browser "$1"
  visit /sign-in --header 'Accept-Language: en'
  expect "$1: the page" "$code" 200
  ! has_button || fail "$1: there is a button"
  [[ -z $2 ]] || expect_like "$1: why" "$(text_of_page)" "$2"
  send /sign-in/certificate
  expect "$1: by certificate" "$code" 403
  sign_in wang "$password"
  expect "$1: by password" "$code $place" '200 /'
}

case_a_certificate_stands_in_for_a_password() {
  begin_with_certificates by_certificate wang li
  add wang --role administrator --display 王小明 >/dev/null
  sluice user certificate wang "$people/wang.pem" >/dev/null
  sluice user add li --role auditor --certificate "$people/li.pem" >"$node/said"
  expect "li's certificate" "$(cat "$node/said")" \
    'li: signs in by certificate, without a password: CN=li,O=Sluice development (issued by CN=Sluice development CA,O=Sluice development)'
  come_in_by_certificate wang
  expect_like "whose it is" "$(text_of_page)" 王小明
  expect "audit log" "$(audited signed-in '"\(.actor) \(.way)"')" 'wang certificate'
  present "$people/li"
  visit /
  expect "the cookie with another's certificate" "$code $location" '303 /sign-in?next=%2F&over=1'
  present
  visit /
  expect "the cookie without a certificate" "$code $location" '303 /sign-in?next=%2F&over=1'
  present "$people/wang"
  visit /
  expect "with its own" "$code" 200
  # Renewed: another key and number, the same name.
  rm "$people/wang.pem" "$people/wang.key"
  certify_people wang
  visit /
  expect "with the renewed one" "$code" 200
  send /sign-out
  expect "signed out" "$code" 303
  come_in_by_certificate wang

  open_browser of-li
  come_in_by_certificate li
  visit /password --header 'Accept-Language: en'
  expect_like "li's password" "$(text_of_page)" 'has no password'
  open_browser guesser
  present
  sign_in li 'a long enough one'
  expect "a password of who has none" "$code" 403
  stop_daemon
  expect "why" "$(audited sign-in-refused '"\(.actor) \(.reason)"')" 'li no-password'
}

case_a_certificate_that_is_not_good_counts_as_none_and_the_password_is_as_good() {
  begin_with_certificates not_good wang gone late unbound
  come_in wang "$(add wang --role administrator)"
  sluice user certificate wang "$people/wang.pem" >/dev/null
  revoke gone
  expire late
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$people/self.key" \
    -out "$people/self.pem" -subj '/O=Sluice development/CN=wang' 2>/dev/null
  # An authority that has taken the name of ours.
  sh "$project/config/dev-ca.sh" "$node/pretender" issuer wang
  reload
  present
  turned_away none ''
  present "$people/late"
  turned_away expired 'has expired'
  present "$people/gone"
  turned_away revoked 'is revoked'
  present "$people/self"
  turned_away stranger 'not of an authority that this node knows'
  present "$node/pretender/wang"
  turned_away pretender 'not of an authority that this node knows'
  present "$people/unbound"
  turned_away unbound 'Nobody can sign in by this certificate'
  sluice user disable wang 2>/dev/null && fail "the last administrator was disabled"
  add second --role administrator >/dev/null
  sluice user disable wang >/dev/null
  present "$people/wang"
  open_browser disabled
  visit /sign-in --header 'Accept-Language: en'
  expect_like "disabled" "$(text_of_page)" 'Nobody can sign in by this certificate'
  send /sign-in/certificate
  expect "disabled: by certificate" "$code" 403
  stop_daemon
  expect "refused certificates" "$(audited certificate-refused .reason | sort -u | paste -sd' ')" \
    'expired revoked unknown-authority'
  expect "refused sign-ins" "$(audited sign-in-refused .reason | sort -u | paste -sd' ')" \
    'disabled-account no-certificate unknown-certificate'
}

case_guesses_do_not_lock_a_certificate_out() {
  begin_with_certificates guesses wang
  local first i
  first=$(add wang --role administrator)
  sluice user certificate wang "$people/wang.pem" >/dev/null
  for i in 1 2 3 4 5; do sign_in wang "guess number $i"; done
  sign_in wang "$first"
  expect "the right password waits" "$code" 429
  come_in_by_certificate wang
  stop_daemon
}

case_a_change_of_the_certificate_ends_the_session() {
  begin_with_certificates rebound wang wang-2 li
  come_in wang "$(add wang --role administrator)"
  send /sign-out
  try sluice user certificate wang "$people/wang.pem"
  expect_like "bound ($err)" "$out" '^wang: signs in by certificate: CN=wang,'
  come_in_by_certificate wang
  try sluice user certificate wang "$people/wang.pem"
  expect_like "the same again" "$out" '^wang: has it already'
  visit /
  expect "nothing was changed" "$code" 200
  try sluice user certificate wang "$people/wang-2.pem"
  expect "another one ($err)" "$status" 0
  visit /
  expect "after another was bound" "$code $location" '303 /sign-in?next=%2F&over=1'
  come_in_by_certificate wang-2

  try sluice user add li --role auditor --certificate "$people/wang-2.pem"
  expect "wang's certificate for li" "$status" 2
  expect_like "why" "$err" 'another account has this certificate'
  try sluice user add li --role auditor --certificate "$pki/quality.pem"
  expect "of another authority" "$status" 2
  expect_like "why" "$err" 'nobody could sign in by this certificate: '
  try sluice user certificate wang "$people/wang.key"
  expect "a key" "$status" 2
  expect_like "why" "$err" 'expected a PEM certificate'
  try sluice user certificate wang
  expect "nothing said" "$status" 2
  sluice user add li --role auditor --certificate "$people/li.pem" >/dev/null
  try sluice user certificate li --remove
  expect "the only way in" "$status" 2
  expect_like "why" "$err" 'sluice user reset li'
  expect "accounts" "$(sluice user list --json | jq -r '"\(.name) \(.has_password) \(.certificate.subject)"')" \
    'li false CN=li,O=Sluice development
wang true CN=wang-2,O=Sluice development'

  try sluice user certificate wang --remove
  expect "removed ($err)" "$out" 'wang: certificate removed'
  visit /
  expect "after it was removed" "$code" 303
  visit /sign-in
  ! has_button || fail "there is a button still"
  expect "audit log" "$(sluice audit log | jq -r 'select(.event | startswith("account-certificate")) | "\(.event) \(.target) \(.subject)"')" \
    'account-certificate-bound wang CN=wang,O=Sluice development
account-certificate-bound wang CN=wang-2,O=Sluice development
account-certificate-bound li CN=li,O=Sluice development
account-certificate-removed wang null'
  stop_daemon
}

case_a_new_revocation_list_counts_once_it_was_read() {
  begin_with_certificates relisted wang
  add wang --role administrator >/dev/null
  sluice user certificate wang "$people/wang.pem" >/dev/null
  come_in_by_certificate wang
  visit /
  expect "before" "$code" 200
  revoke wang
  reload
  visit /
  expect "after it" "$code $location" '303 /sign-in?next=%2F&over=1'
  visit /sign-in --header 'Accept-Language: en'
  expect_like "why" "$(text_of_page)" 'is revoked'
  stop_daemon
}

case_nobody_is_asked_for_a_certificate_where_no_authority_is_set() {
  begin not_asked
  people=$pki
  add wang --role administrator >/dev/null
  try sluice user certificate wang "$pki/park.pem"
  expect "bound all the same" "$status" 0
  expect_like "with a word" "$err" 'was not checked: the pages of this node ask nobody for one'
  present "$pki/park"
  visit /sign-in
  ! has_button || fail "there is a button"
  stop_daemon
}

open_workshop pages park quality
trap 'close_workshop $?' EXIT
run_cases
