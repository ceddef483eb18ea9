#!/usr/bin/env bash
# The people who may sign in: accounts are made, changed and refused by the operator's command,
# every change is in the audit log, and no password is anywhere but where it was handed over.
#   tests/scenario/people.sh [--bin DIR] [--only PART-OF-A-CASE'S-NAME]
# shellcheck disable=SC2016,SC2119,SC2154  # a hash has dollar signs; start_daemon takes arguments only where it gets some; cases.sh sets the rest
set -euo pipefail
# shellcheck source=tests/support/shell/cases.sh
source "$(dirname "$0")/../support/shell/cases.sh" "$@"
# shellcheck source=tests/support/shell/cluster.sh
source "$support/cluster.sh"

begin() { # CASE [STORE-YAML]
  new_node "$1" "${2:-{kind: sqlite\}}"
  add_park_bureau
  for dataset in register approval; do
    add_schema "$dataset" <<'END'
{"sluice:dataset": {"owner": "park", "title": "Register"},
 "fields": [{"name": "number", "type": "string", "constraints": {"required": true}}], "primaryKey": "number"}
END
  done
}

# add NAME OPTION…: sets `password`.
add() {
  try sluice user add "$@"
  expect "status of add $* ($err)" "$status" 0
  password=$out
}
# account NAME JQ-EXPRESSION
account() { sluice user list --json | jq -r "select(.name == \"$1\") | $2"; }
# refused WHAT STATUS SENTENCE ARGUMENT…
refused() {
  local what=$1 expected=$2 sentence=$3
  shift 3
  try sluice user "$@"
  expect "$what: status ($out$err)" "$status" "$expected"
  expect_like "$what" "$err" "$sentence"
  expect "$what: output" "$out" ''
}
actor() { # who the audit log should name
  local user signed_in
  user=$(id -un)
  signed_in=$(cat /proc/self/loginuid 2>/dev/null || echo 4294967295)
  [[ $signed_in = 4294967295 || $signed_in = "$(id -u)" ]] || user="$(id -un "$signed_in") as $user"
  printf '%s' "$user"
}

case_every_role_gets_an_account_and_a_first_password_of_its_own() {
  begin every_role
  local role seen=
  for role in clerk checker reviewer supervisor; do
    add "park.$role" --role "$role" --bureau park
    expect_like "password" "$password" '^[a-z2-9]{4}(-[a-z2-9]{4}){3}$'
    expect_like "what it says" "$err" "^park.$role: this is the first password; hand it over"
    [[ $seen != *"$password"* ]] || fail "two have the same password"
    seen+=" $password"
  done
  for role in administrator security-officer auditor; do add "the-$role" --role "$role"; done
  add wang.xiaoming --role clerk,checker --role reviewer --bureau park --display 王小明
  expect "accounts" "$(sluice user list --json | wc -l)" 8
  expect "roles" "$(account wang.xiaoming '.roles | join(" ")')" 'clerk checker reviewer'
  expect "the rest" "$(account wang.xiaoming '"\(.display_name) \(.bureau) \(.state) \(.must_change_password)"')" \
    '王小明 park enabled true'
  expect "bureau of an office" "$(account the-auditor .bureau)" null
}

case_bad_combinations_are_refused_with_what_to_do() {
  begin refused
  refused "two offices" 2 'never one person .*give each an account of its own' \
    add both --role administrator --role auditor
  refused "office and bureau's role" 2 'does not go with roles of a bureau' \
    add both --role auditor --role clerk --bureau park
  refused "no bureau" 2 'clerk is a role of one bureau: say of which' add wang --role clerk
  refused "office with a bureau" 2 'has no bureau: leave park out' add wang --role auditor --bureau park
  refused "unknown bureau" 2 'there is no bureau port; there are park' add wang --role clerk --bureau port
  refused "unknown role" 2 'there is no role wizard; there are clerk, checker' add wang --role wizard
  refused "name" 2 'lower-case letters' add Wang --role auditor
  refused "display name" 2 'no control characters' add wang --role auditor --display $'a\eb'
  try sluice user add wang
  expect "no role at all" "$status" 2
  expect "accounts" "$(sluice user list)" 'nobody has an account yet: sluice user add NAME --role administrator'
  [[ ! -e $node/state/people.sqlite ]] || fail "a refusal or a look made the file"
  add wang --role clerk --bureau park
  refused "the same name" 2 'there is one of this name already' add wang --role auditor
  refused "nobody" 2 'there is no account li' reset li
}

case_roles_password_and_state_are_changed() {
  begin changed
  add wang --role clerk --bureau park
  local first=$password
  try sluice user roles wang --role checker --role reviewer
  expect "roles ($err)" "$out" 'wang: checker, reviewer of park'
  try sluice user roles wang --role auditor
  expect "office ($err)" "$out" 'wang: auditor'
  refused "back without a bureau" 2 'say of which' roles wang --role clerk
  try sluice user reset wang
  expect "status of reset ($err)" "$status" 0
  expect_like "new password" "$out" '^[a-z2-9]{4}(-[a-z2-9]{4}){3}$'
  [[ $out != "$first" ]] || fail "the password stayed the same"
  try sluice user disable wang
  expect "disabled" "$out" 'wang: disabled'
  expect "state" "$(account wang .state)" disabled
  try sluice user disable wang
  expect "again" "$status $out" '0 wang: is disabled already'
  try sluice user enable wang
  expect "enabled" "$out" 'wang: enabled'
}

case_the_last_administrator_stays() {
  begin last
  add first --role administrator
  add second --role administrator
  sluice user disable second >/dev/null
  refused "disable" 2 'this is the last enabled administrator: make another person administrator first' disable first
  refused "other role" 2 'this is the last enabled administrator' roles first --role auditor
  expect "state" "$(account first .state)" enabled
  sluice user enable second >/dev/null
  try sluice user disable first
  expect "with another one ($err)" "$status" 0
}

case_changes_are_audited_and_no_password_is_anywhere() {
  begin audited
  local passwords=() word
  add wang --role clerk --role checker --bureau park
  passwords+=("$password")
  sluice user roles wang --role auditor >/dev/null
  passwords+=("$(sluice user reset wang 2>/dev/null)")
  sluice user disable wang >/dev/null
  sluice user enable wang >/dev/null
  expect "audit log" "$(sluice audit log | jq -r '[.event, .actor, .target, .roles // "-", .bureau // "-"] | join("|")')" \
    "account-added|$(actor)|wang|clerk, checker|park
account-roles-changed|$(actor)|wang|auditor|-
account-password-reset|$(actor)|wang|-|-
account-disabled|$(actor)|wang|-|-
account-enabled|$(actor)|wang|-|-"
  sluice audit verify >/dev/null || fail "the audit log is broken"
  for word in "${passwords[@]}"; do
    ! grep -rqF --exclude=out -- "$word" "$node" || fail "a password lies in $node"
  done
  ! sluice audit log | grep -q argon2 || fail "a hash is in the audit log"
  ! sluice user list --json | grep -q argon2 || fail "a hash is in the list"
  # Only who runs the node reads the hashes.
  for word in "$node"/state/people.sqlite*; do
    expect "mode of ${word##*/}" "$(stat -c %a "$word")" 600
  done
  expect_like "hash" "$(sqlite3 -readonly "$node/state/people.sqlite" 'SELECT password FROM account')" \
    '^\$argon2id\$v=19\$m=65536,t=3,p=1\$'
}

case_the_table_is_aligned_under_chinese_names() {
  begin aligned
  add wang --role clerk --bureau park --display 王小明
  add li --role auditor --display 'Li Wei'
  expect "table" "$(sluice user list | sed 's/  [0-9-]*T[0-9:.]*Z$//')" \
    'name  called  roles    bureau  state    password       changed
li    Li Wei  auditor          enabled  to be changed
wang  王小明  clerk    park    enabled  to be changed'
}

case_a_store_in_postgresql_keeps_them_with_it_and_is_waited_for() {
  start_cluster
  trap 'kill_daemon; halt_cluster INT' EXIT
  sql postgres 'CREATE DATABASE center'
  begin postgresql "{kind: postgresql, connection: 'host=$PGHOST user=postgres dbname=center'}"
  expect "before the first" "$(sluice user list --json)" ''
  expect "tables made by a look" "$(sql center "SELECT count(*) FROM pg_namespace WHERE nspname = 'sluice'")" 0
  add wang --role clerk --bureau park --display 王小明
  add first --role administrator
  refused "last administrator" 2 'this is the last enabled administrator' disable first
  expect "kept" "$(sql center 'SELECT name, display_name, roles, bureau FROM sluice.account ORDER BY name')" \
    'first|first|administrator|
wang|王小明|clerk|park'
  [[ ! -e $node/state/people.sqlite ]] || fail "there is a file beside the database"
  # The store makes its own tables in the schema that is there already.
  start_daemon
  expect "datasets" "$(held register | wc -l)" 0
  halt_cluster INT
  refused "while the server is away" 1 'no connection to the central store' disable wang
  resume_cluster
  sluice user disable wang >/dev/null
  expect "state" "$(account wang .state)" disabled
}

case_an_edge_sends_the_operator_to_the_center() {
  destination=uplink new_node edge \
    '{addresses: ["https://localhost:1"], center_subject: "CN=node,O=Sluice development"}'
  add_bureau park <<<'channels: {disk: {}}'
  refused "list" 2 'people are kept at the center' list
  refused "add" 2 'people are kept at the center' add wang --role auditor
}

case_a_running_daemon_is_not_in_the_way() {
  begin beside
  trap kill_daemon EXIT
  start_daemon
  add wang --role clerk --bureau park
  sluice user disable wang >/dev/null
  ! grep -qF -- "$password" "$node/sluiced.log" || fail "the password is in the log"
  stop_daemon
}

open_workshop people park
trap 'close_workshop $?' EXIT
run_cases
