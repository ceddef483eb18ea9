#!/usr/bin/env bash
# Manual entry (人工录入) by people at browsers: a task is added, one keys it, another checks it, a
# reviewer settles what differs, and the record is in the central store; each record once, whatever
# happens in between.
#   tests/scenario/manual_entry.sh [--bin DIR] [--only PART-OF-A-CASE'S-NAME]
# shellcheck disable=SC2016,SC2119,SC2154  # start_daemon takes arguments only where it gets some; cases.sh sets the rest
set -euo pipefail
# shellcheck source=tests/support/shell/cases.sh
source "$(dirname "$0")/../support/shell/cases.sh" "$@"
# shellcheck source=tests/support/shell/browser.sh
source "$support/browser.sh"

begin() { # CASE: a node, and people who have come in, each at a browser of their own
  new_node "$1" '{kind: sqlite}' "pages: {address: 127.0.0.1, port: 0, certificate: $pki/node.pem, key: $pki/node.key}"
  add_bureau industry <<'END'
channels: {manual-entry: {}}
publishes:
  - dataset: licence
    channels: [manual-entry]
    mapping:
      fields:
        - {field: code, steps: [trim, half-width, upper-case]}
END
  add_bureau park <<<'channels: {manual-entry: {}}'
  add_schema licence <<'END'
{"sluice:dataset": {"owner": "industry", "title": "企业设立登记"},
 "fields": [
  {"name": "code", "title": "统一社会信用代码", "sluice:check": "uscc", "constraints": {"required": true}},
  {"name": "name", "title": "企业名称", "sluice:verify": "sight", "constraints": {"required": true, "maxLength": 40}},
  {"name": "capital", "title": "注册资本", "type": "integer", "sluice:verify": "blind"},
  {"name": "remark", "title": "备注"}],
 "primaryKey": "code"}
END
  trap kill_daemon EXIT
  start_daemon
  person jia clerk
  person yi checker,clerk
  person bing reviewer
  person ding supervisor
}
person() { # NAME ROLES
  open_browser "$1"
  come_in "$1" "$(sluice user add "$1" --role "$2" --bureau industry 2>/dev/null)"
}
at() { open_browser "$1"; } # the browser of this person
add_task() { # TITLE
  at ding
  visit /supervision
  send /supervision/tasks bureau=industry dataset=licence "title=$1" priority=0 due=
  expect "adding $1" "$code" 303
}
take() { # WORK: the next task, whose number it sets
  visit /entry
  send /entry/next "work=$1" bureau=industry
  expect "taking a task to $1" "$code" 303
  follow
  expect "the desk" "$code" 200
  number=${place#/entry/}
}
version() { sed -n 's/.*name="version" value="\([^"]*\)".*/\1/p' <<<"$page" | head -n 1; }
save() { # FIELD=VALUE…
  send "/entry/$number/save" "version=$(version)" "$@"
}
licences() { sluice dataset read licence | tail -n +2; }
in_store() { # HOW-MANY: waits until so many records are there
  local found
  for _ in $(seq 300); do
    found=$(licences 2>/dev/null | wc -l)
    [[ $found -lt $1 ]] || break
    sleep 0.1
  done
  expect "records in the store" "$found" "$1"
}
state_of() { sqlite3 -readonly "$node/state/tasks.sqlite" "SELECT state FROM task WHERE id = $1"; }
is_in_state() { [[ $(state_of "$number") = "$1" ]]; }
journal_of_industry() { echo "$node/state/journals/industry.journal"; }
journaled_by_industry() { # batches, and those that still take rows
  sqlite3 "$(journal_of_industry)" 'SELECT head_sequence + (SELECT count(*) FROM open_batch) FROM stream'
}
journaled_rows() { # of each batch that the store has taken
  sluice batch list --bureau industry --json | jq -r '"\(.upserts) of batch \(.sequence)"'
}

case_two_key_the_same_and_the_record_is_in_the_store() {
  begin agree
  add_task HD-1
  at jia
  take key
  save 'field.code=91110108ma000016x1' field.name=智芯 field.capital=1000
  expect "a wrong check digit" "$code" 422
  expect_like "it says so" "$(text_of_page)" 校验
  save 'field.code= ９１110108ma000016x0' field.name=智芯 field.capital=1000 field.remark=a
  expect "saved" "$code $location" "303 /entry?done=keyed-last&saved=$number"
  expect "state" "$(state_of "$number")" keyed
  expect "nothing in the store before it is checked" "$(licences)" ''
  visit "/entry/$number"
  expect "it is out of the first one's hands" "$code $location" "303 /tasks/$number?done=task-taken"
  at yi
  take check
  ! grep -q 1000 <<<"$page" || fail "the second person sees the blind value"
  save field.capital=1000
  expect "neither confirmed nor keyed" "$code" 422
  save field.capital=1000 confirm.name=yes
  expect "checked" "$code" 303
  expect "state" "$(state_of "$number")" done
  in_store 1
  expect_like "record" "$(licences)" $'91110108MA000016X0\t智芯\t1000\ta'
  expect "audit log" "$(sluice audit log | jq -r 'select(.event == "record-keyed") | "\(.actor) \(.task)"' | sort | uniq -c | sed 's/^ *//')" \
    "1 account jia $number
1 account yi $number"
  ! sluice audit log | grep -q 智芯 || fail "a value is in the audit log"
  ! sluice audit log | grep -q 91110108MA000016X0 || fail "a record's key is in the audit log"
  expect "who saw or keyed the record" \
    "$(sluice audit log --record licence 91110108MA000016X0 | jq -r '"\(.event) \(.actor): \(.fields)"')" \
    "record-keyed account jia: code, name, capital, remark
record-opened account yi: null
record-keyed account yi: name, capital"
  expect "of another record" "$(sluice audit log --record licence 91110108MA000016X1)" ''
  local status=0
  sluice audit log --record licence a b >"$node/refused" 2>&1 || status=$?
  expect "a key of two values" "$status $(<"$node/refused")" \
    "2 sluice: --record: a record of licence is known by code; 2 values were given"
  stop_daemon
}

case_a_reviewer_settles_what_differs() {
  begin differ
  add_task HD-2
  at jia
  take key
  save field.code=91110108MA000016X0 field.name=智芯 field.capital=1000
  at yi
  take check
  save field.capital=10000 confirm.name=yes
  expect "checked" "$code" 303
  expect "state" "$(state_of "$number")" differs
  at bing
  take review
  expect_like "both are shown" "$(text_of_page | tr '\n' ' ')" '= 1,000 .*= 10,000'
  send "/entry/$number/settle" "version=$(version)"
  expect "without a choice" "$code" 422
  send "/entry/$number/send-back" "version=$(version)" to=second note=
  expect "sent back without a word" "$code" 422
  send "/entry/$number/send-back" "version=$(version)" to=second 'note=look at the seal again'
  expect "sent back" "$code $location" '303 /entry?done=sent-back'
  at yi
  take check
  expect_like "what was said" "$(text_of_page)" 'look at the seal again'
  save field.capital=10000 confirm.name=yes
  at bing
  take review
  send "/entry/$number/settle" "version=$(version)" choice.capital=other field.capital=1,000,0x
  expect "a third value that is none" "$code" 422
  send "/entry/$number/settle" "version=$(version)" choice.capital=second
  expect "settled" "$code" 303
  in_store 1
  expect_like "record" "$(licences)" $'\t10000\t'
  stop_daemon
}

case_nobody_checks_their_own_entry_and_others_tasks_are_not_shown() {
  begin own
  add_task HD-3
  at yi
  take key
  save field.code=91110108MA000016X0 field.name=智芯 field.capital=1000
  visit /entry
  send /entry/next work=check bureau=industry
  expect "the own one is not given out" "$code $location" '303 /entry?done=no-task'
  send "/entry/$number/claim"
  expect "nor taken by force" "$code" 403
  at jia
  visit /entry
  send /entry/next work=check bureau=industry
  expect "a clerk does not check" "$code" 403
  open_browser stranger
  come_in wu "$(sluice user add wu --role clerk --bureau park 2>/dev/null)"
  visit "/tasks/$number"
  expect "another bureau's task" "$code" 403
  visit "/entry/$number"
  expect "another bureau's desk" "$code" 403
  expect_like "audit log" "$(sluice audit log | jq -r 'select(.event == "page-denied") | "\(.actor) \(.target)"')" "wu /entry/$number"
  stop_daemon
}

case_a_draft_outlives_the_daemon_and_a_form_sent_twice_is_one_record() {
  begin draft
  add_task HD-4
  at jia
  take key
  send "/entry/$number/draft" "version=$(version)" field.name='<script>甲㼆𠮷' field.capital=12
  expect "draft kept" "$code" 303
  stop_daemon
  start_daemon
  at jia
  visit "/entry/$number"
  expect "the desk again" "$code" 200
  expect_like "what was typed" "$page" '&lt;script&gt;甲㼆𠮷'
  save field.code=91110108MA000016X0 field.name='<script>甲㼆𠮷' field.capital=12
  expect "saved" "$code" 303
  visit "/entry/$number" # the page before it, sent once more
  save field.code=91110108MA000016X0 field.name=other field.capital=12
  expect_like "again" "$code" '^(303|403)$'
  at yi
  take check
  save field.capital=12 confirm.name=yes
  expect "checked" "$code" 303
  in_store 1
  expect_like "as it was typed" "$(licences)" '<script>甲㼆𠮷'
  stop_daemon
}

case_what_was_ready_when_the_node_ended_is_journaled_once() {
  begin ready
  add_task HD-6
  at jia
  take key
  save field.code=91110108MA000016X0 field.name=a field.capital=1
  at yi
  take check
  save field.capital=1 confirm.name=yes
  in_store 1
  stop_daemon
  # As if it had ended after the record was journaled, and before that was noted.
  sqlite3 "$node/state/tasks.sqlite" "UPDATE task SET state = 'ready', sequence = NULL, row_number = NULL WHERE id = $number"
  start_daemon
  until_true 60 is_in_state 'done' || fail "the task is $(state_of "$number")"
  expect "records" "$(licences | wc -l)" 1
  expect "journaled" "$(journaled_rows)" '1 of batch 1'
  stop_daemon
}

# In the middle between both stores: the journal is another's while the check is saved.
case_killed_between_the_save_and_the_journal_it_is_one_record() {
  begin between
  add_task HD-7
  at jia
  take key
  save field.code=91110108MA000016X0 field.name=a field.capital=1
  at yi
  take check
  local said saving held_by holder
  coproc HOLDER { exec sqlite3 -bail -cmd '.timeout 30000' "$(journal_of_industry)"; }
  held_by=$HOLDER_PID holder=${HOLDER[1]}
  printf 'BEGIN IMMEDIATE;\n.system echo held\n' >&"${HOLDER[1]}"
  read -r said <&"${HOLDER[0]}" || fail "the journal can not be held"
  expect "the journal" "$said" held
  save field.capital=1 confirm.name=yes 2>/dev/null &
  saving=$!
  until_true 60 is_in_state ready || fail "the task is $(state_of "$number")"
  kill_daemon
  wait "$saving" || true # nobody answered it
  exec {holder}>&-
  wait "$held_by"
  expect "the task of the node that was killed" "$(state_of "$number")" ready
  expect "what was journaled till then" "$(journaled_by_industry)" 0
  start_daemon
  until_true 60 is_in_state 'done' || fail "the task is $(state_of "$number")"
  in_store 1
  expect_like "record" "$(licences)" $'91110108MA000016X0\ta\t1\t'
  expect "journaled" "$(journaled_rows)" '1 of batch 1'
  # The person sends the same page once more.
  at yi
  visit "/entry/$number"
  expect "it is out of the second one's hands" "$code $location" "303 /tasks/$number?done=task-taken"
  stop_daemon
  expect "batches" "$(journaled_by_industry)" 1
}

# in_field COLUMN: what stands in it on the shown page, where that has nothing to be escaped.
in_field() { sed -n "s/.* name=\"field\.$1\" .* value=\"\([^\"]*\)\".*/\1/p" "$node/page"; }
long_text() { # PIECE TIMES: the file of it
  head -c "$2" /dev/zero | sed "s/\x0/$1/g" >"$node/long"
  echo "$node/long"
}

case_a_very_long_text_is_kept_whole_or_refused_with_all_the_rest_kept() {
  begin long
  add_task HD-8
  at jia
  take key
  local text rest=(field.code=91110108MA000016X0 field.name=a field.capital=1)
  text=$(long_text 长 333333) # 1 MB, and 3 MB as a form sends it
  send "/entry/$number/draft" "version=$(version)" "${rest[@]}" "field.remark@$text"
  expect "the draft" "$code $location" "303 /entry/$number?done=draft-kept"
  follow
  expect "the text on the page" "$(in_field remark | cmp - <(cat "$text" <(echo)) 2>&1)" ''

  # With the other fields it is more than 1 MiB.
  text=$(long_text b 1048576)
  save "${rest[@]}" "field.remark@$text"
  expect "a longer one" "$code" 413
  expect_like "it says so" "$(text_of_page)" '最多保存 1 MiB'
  expect "the rest on that page" "$(in_field code) $(in_field name) $(in_field capital)" '91110108MA000016X0 a 1'
  expect "the text on that page" "$(in_field remark | cmp - <(cat "$text" <(echo)) 2>&1)" ''
  send "/entry/$number/draft" "version=$(version)" "${rest[@]}" "field.remark@$text"
  expect "as a draft" "$code" 413
  expect_like "it says so" "$(text_of_page)" '最多保存 1 MiB'
  # More than the listener reads.
  visit "/entry/$number"
  text=$(long_text c 4194304)
  save "${rest[@]}" "field.remark@$text"
  expect "one much too long" "$code" 413
  expect_like "it says so" "$(text_of_page)" 内容过长

  visit "/entry/$number"
  text=$(long_text 长 333333)
  expect "the draft after all that" "$(in_field code) $(in_field name) $(in_field capital)" '91110108MA000016X0 a 1'
  expect "its text" "$(in_field remark | cmp - <(cat "$text" <(echo)) 2>&1)" ''
  save "${rest[@]}" "field.remark@$text"
  expect "saved" "$code $location" "303 /entry?done=keyed-last&saved=$number"
  at yi
  take check
  save field.capital=1 confirm.name=yes
  expect "checked" "$code" 303
  in_store 1
  expect "the text in the store" "$(licences | cut -f 4 | cmp - <(cat "$text" <(echo)) 2>&1)" ''
  stop_daemon
}

case_a_nul_is_refused_at_its_field_and_the_others_stay() {
  begin nul
  add_task HD-9
  at jia
  take key
  local form
  form="csrf=$(form_token)&version=$(version)&field.code=91110108MA000016X0&field.name=a%00b&field.capital=1000&field.remark=rest"
  visit "/entry/$number/save" --data "$form" 2>/dev/null # a shell leaves the NUL out, and says so
  expect "a NUL" "$code" 422
  expect_like "it is refused" "$(text_of_page)" NUL
  expect "where" "$(grep -a -o 'name="field\.[a-z]*" [^>]* aria-invalid="true"' "$node/page" | sed 's/ .*//')" 'name="field.name"'
  expect "the others" "$(in_field code) $(in_field capital) $(in_field remark)" '91110108MA000016X0 1000 rest'
  expect "state" "$(state_of "$number")" open
  save field.code=91110108MA000016X0 field.name=ab field.capital=1000 field.remark=rest
  expect "without it" "$code" 303
  stop_daemon
}

case_a_stale_form_is_not_saved() {
  begin stale
  add_task HD-5
  at jia
  take key
  send "/entry/$number/save" version=1 field.code=91110108MA000016X0 field.name=a field.capital=1
  expect "an older page" "$code" 412
  expect_like "what was typed stands in it" "$page" 91110108MA000016X0
  stop_daemon
}

open_workshop manual-entry industry park
trap 'close_workshop $?' EXIT
run_cases
