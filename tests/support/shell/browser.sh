# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # who sources it uses what it sets, and sets `node` and `pki`
# A browser for tests of the pages: curl with a jar of cookies, which sends a form as the page that it
# shows would. Sourced where `node` is a folder, `pki` that of the certificates, and `sluice` and
# `expect` are commands.

# open_browser [NAME]: the one that visit and send are of, until another is opened. A new name is a
# new machine: no cookies.
open_browser() {
  jar=$node/browser-${1:-1}
  touch "$jar"
  pages_port=$(sluice status --json | jq -r .pages_port)
}
# present [FILE]: on every connection from now on the certificate FILE.pem with FILE.key; without a
# FILE, none.
presented=()
present() {
  presented=()
  [[ -z ${1:-} ]] || presented=(--cert "$1.pem" --key "$1.key")
}
# visit PATH [CURL-OPTION…]: sets `place`, `code`, `page` and, of a redirection, `location`.
visit() {
  place=$1
  code=$(curl --silent --show-error --max-time 60 --cacert "$pki/ca.pem" --cookie "$jar" \
    --cookie-jar "$jar" --output "$node/page" --dump-header "$node/head" --write-out '%{http_code}' \
    "${presented[@]}" "${@:2}" "https://localhost:$pages_port$1")
  page=$(<"$node/page")
  location=$(tr -d '\r' <"$node/head" | sed -n 's/^Location: //p')
}
# The token that the forms of the shown page carry.
form_token() { sed -n 's/.*name="csrf" value="\([^"]*\)".*/\1/p' <<<"$page" | head -n 1; }
# send PATH [FIELD=VALUE…]: a form of the shown page.
send() {
  local fields=(--data-urlencode "csrf=$(form_token)") field
  for field in "${@:2}"; do fields+=(--data-urlencode "$field"); done
  visit "$1" "${fields[@]}"
}
# follow: to where the last answer points.
follow() { visit "$location"; }
# sign_in NAME PASSWORD: to where one then is.
sign_in() {
  visit /sign-in
  send /sign-in "name=$1" "password=$2"
  [[ $code != 303 ]] || follow
}
# What a person is known by from the first day on.
password_of() { echo "correct horse $1"; }
# come_in NAME FIRST-PASSWORD: a person's first sign-in. Sets `password`.
come_in() {
  sign_in "$1" "$2"
  expect "first page of $1" "$code $place" '200 /password'
  password=$(password_of "$1")
  send /password "current=$2" "new=$password" "again=$password"
  expect "status of the change by $1" "$code $location" '303 /?done=password-changed'
  follow
}
# The page's text: without tags, a line for each piece.
text_of_page() { sed 's/<[^>]*>/\n/g' <<<"$page" | sed 's/^ *//; s/ *$//' | grep -v '^$'; }
