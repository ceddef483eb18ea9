#!/usr/bin/env bash
# The other doors to the tasks of manual entry (人工录入): tasks by command, by a bureau's system and
# by a sheet; drafts that go out on a sheet, are filled in without the network, and come back; each
# record in the store exactly once.
#   tests/scenario/task_doors.sh [--bin DIR] [--only PART-OF-A-CASE'S-NAME]
# shellcheck disable=SC2119,SC2154  # start_daemon takes arguments only where it gets some; cases.sh sets the rest
set -euo pipefail
# shellcheck source=tests/support/shell/cases.sh
source "$(dirname "$0")/../support/shell/cases.sh" "$@"
# shellcheck source=tests/support/shell/browser.sh
source "$support/browser.sh"

begin() { # CASE: a node with a dataset of which nothing is checked, and one that is keyed twice
  new_node "$1" '{kind: sqlite}' "pages: {address: 127.0.0.1, port: 0, certificate: $pki/node.pem, key: $pki/node.key}"
  add_bureau industry <<'END'
channels: {manual-entry: {}, direct: {}}
publishes:
  - {dataset: licence, channels: [manual-entry]}
  - {dataset: notice, channels: [direct]}
END
  add_bureau park <<<'channels: {manual-entry: {}}'
  add_schema licence <<'END'
{"sluice:dataset": {"owner": "industry", "title": "企业设立登记"},
 "fields": [
  {"name": "number", "title": "登记号", "constraints": {"required": true, "maxLength": 18}},
  {"name": "name", "title": "企业名称", "constraints": {"required": true, "maxLength": 40}},
  {"name": "day", "title": "成立日期", "type": "date"}],
 "primaryKey": "number"}
END
  add_schema notice <<'END'
{"sluice:dataset": {"owner": "industry", "title": "公告"}, "fields": [{"name": "id", "constraints": {"required": true}}], "primaryKey": "id"}
END
  trap kill_daemon EXIT
  start_daemon
}
person() { # NAME ROLES
  open_browser "$1"
  come_in "$1" "$(sluice user add "$1" --role "$2" --bureau industry 2>/dev/null)"
}
state_of() { sluice task show "$1" --json | jq -r .state; }
licences() { sluice dataset read licence | tail -n +2 | LC_ALL=C sort; }
# The sheet of the open browser's person, in $node/sheet.csv.
take_sheet() {
  visit '/entry/sheet?bureau=industry&dataset=licence'
  expect "the sheet's page" "$code" 200
  send /entry/sheet/export bureau=industry dataset=licence count=50
  expect "a sheet" "$code" 200
  cp "$node/page" "$node/sheet.csv"
}
# hand_in FILE [FIELD=VALUE…]
hand_in() {
  visit '/entry/sheet?bureau=industry&dataset=licence'
  local fields=(--form "csrf=$(form_token)" --form bureau=industry --form dataset=licence) field
  for field in "${@:2}"; do fields+=(--form "$field"); done
  visit /entry/sheet/import "${fields[@]}" --form "file=@$1;type=text/csv"
}
# fill: what a clerk types into the rows of the sheet, a line a task (NUMBER TAB NAME TAB DAY), as a
# spreadsheet saves it.
fill() {
  {
    head -n 1 "$node/sheet.csv"
    paste -d '\t' <(tail -n +2 "$node/sheet.csv" | cut -d , -f 1-3 | tr -d '\r') - |
      sed 's/\t/,/; s/\t/,/; s/\t/,/; s/$/\r/'
  } >"$node/filled.csv"
}

case_a_supervisor_directs_by_command() {
  begin command
  try sluice task add industry licence --title HD-1 --priority 5 --due '2026-11-30 18:00'
  expect "added" "$status $out" '0 task 1 is added'
  expect "as it was asked" "$(sluice task show 1 --json | jq -c '[.title, .priority, .due, .origin, .state]')" \
    '["HD-1",5,"2026-11-30T10:00:00.000Z","supervisor","open"]'
  try sluice task add industry notice
  expect_like "a dataset that is not keyed" "$status $err" '^2 .*notice of industry is not keyed on this node; these are: licence'
  try sluice task add industry licence --due tomorrow
  expect_like "no time" "$status $err" '^2 .*--due: expected a day and a time'
  try sluice task change 1 --priority 9
  expect "changed" "$status $out" '0 task 1 is changed'
  expect "the time stays" "$(sluice task show 1 --json | jq -c '[.priority, .due]')" '[9,"2026-11-30T10:00:00.000Z"]'
  try sluice task reassign 1 --to nobody
  expect_like "no such account" "$status $err" '^2 .*there is no account nobody'
  sluice user add jia --role clerk --bureau industry >/dev/null 2>&1
  sluice user add yi --role checker --bureau industry >/dev/null 2>&1
  try sluice task reassign 1 --to yi
  expect_like "who may not work on it" "$status $err" '^2 .*yi may not key records of industry, and task 1 is open'
  try sluice task reassign 1 --to jia
  expect "given" "$(sluice task show 1 --json | jq -r .kept_for)" jia
  try sluice task cancel 1 99 --reason 'came twice'
  expect_like "cancelled, and the other is told" "$status $out $err" '^2 task 1 is cancelled.*there is no task 99'
  try sluice task cancel 1 --reason again
  expect_like "not twice" "$status $err" '^2 .*task 1: it is cancelled'
  try sluice task decline 1 --reason 'not ours'
  expect_like "only a delivered record is declined" "$status $err" '^2 .*task 1: '
  try sluice task reopen 1
  expect "again in the queue" "$(state_of 1)" open
  expect_like "who, in the history" "$(sluice task show 1 --json | jq -r '.history[].who' | sort -u)" '^user '
  expect "listed" "$(sluice task list industry --json | jq -c '[.id, .title]')" '[1,"HD-1"]'
  expect "figures" "$(sluice task figures industry --json | jq .depth.open.tasks)" 1
  expect "audit log" "$(sluice audit log | jq -r 'select(.event == "tasks-added" or .event == "task-directed") | .order // .count' | paste -sd ' ')" \
    '1 change reassign cancel reopen'
  stop_daemon
}

case_a_sheet_of_tasks_is_added_whole_and_once() {
  begin sheet
  printf 'title,priority,due\r\nHD-1,,\r\nHD-2,high,\r\nHD-3,,someday\r\n' >"$node/bad.csv"
  try sluice task import industry licence "$node/bad.csv"
  expect "refused" "$status" 4
  expect_like "each fault" "$err" 'bad.csv:3, column priority: found `high`; .*bad.csv:4, column due: found `someday`'
  expect "nothing was added" "$(sluice task list industry --json)" ''
  printf '\xEF\xBB\xBFtitle,priority,due\r\nHD-1,,\r\nHD-2,7,2026/12/1 9:00\r\n' >"$node/good.csv"
  try sluice task import industry licence "$node/good.csv"
  expect "added" "$status $out" '0 2 tasks are added: 1 to 2'
  cp "$node/good.csv" "$node/copy.csv"
  try sluice task import industry licence "$node/copy.csv"
  expect_like "the same bytes again" "$status $err" '^4 .*this very sheet was imported on .*--again'
  expect "not twice" "$(sluice task list industry --json | wc -l)" 2
  try sluice task import industry licence "$node/copy.csv" --again
  expect "but when asked" "$status $(sluice task list industry --json | wc -l)" '0 4'
  expect "where it came from" "$(sluice task show 2 --json | jq -r .origin_text)" 'good.csv, line 3'
  printf 'title\n\xB4\xF3\xBA\xA3\n' >"$node/gbk.csv"
  try sluice task import industry licence "$node/gbk.csv" --encoding gb18030
  expect "GB 18030" "$(sluice task show 5 --json | jq -r .title)" 大海
  stop_daemon
}

case_a_bureaus_system_adds_tasks_and_sees_how_far_they_are() {
  begin calls
  tasks() { call "$1" POST "/v1/datasets/$2/tasks" --header 'Content-Type: application/json' "${@:3}"; }
  expect "status" "$(tasks industry licence --header 'Idempotency-Key: k-1' --data '[{"title": "HD-1", "priority": 3}, {}]')" 200
  expect "numbers" "$(<"$node/answer")" '{"tasks":[1,2]}'
  expect "again" "$(tasks industry licence --header 'Idempotency-Key: k-1' --data '[{"title": "HD-1", "priority": 3}, {}]')" 200
  expect "the same" "$(<"$node/answer")" '{"tasks":[1,2]}'
  expect "another body" "$(tasks industry licence --header 'Idempotency-Key: k-1' --data '{}')" 422
  expect "a fault" "$(tasks industry licence --data '[{"due": "tomorrow"}]')" 422
  expect "not keyed" "$(tasks industry notice --data '{}')" 403
  expect "not theirs" "$(tasks park licence --data '{}')" 403
  expect "another type" "$(call industry POST /v1/datasets/licence/tasks --header 'Content-Type: text/plain' --data '{}')" 415
  expect "told" "$(call industry GET /v1/tasks/1)" 200
  expect "state" "$(jq -c '[.task, .title, .state, .priority]' "$node/answer")" '[1,"HD-1","open",3]'
  expect "not to others" "$(call park GET /v1/tasks/1)" 403
  expect "all that there are" "$(sluice task list industry --json | wc -l)" 2
  expect "audit log" "$(sluice audit log | jq -r 'select(.event == "tasks-added") | "\(.actor) \(.count)"')" 'industry 2'
  stop_daemon
}

# With a daemon whose `sluice` crashes where it is to read a sheet, as long as the file `crashes` is there.
case_a_sheet_that_crashes_its_reader_is_not_taken_and_the_next_one_is() {
  local real
  real=$(realpath "$bin")
  local bin=$workshop/programs
  mkdir "$bin"
  cp "$real/sluiced" "$bin/sluiced"
  cat >"$bin/sluice" <<END
#!/bin/sh
[ "\$1" != read-csv ] || [ ! -e "$workshop/crashes" ] || kill -SEGV \$\$
exec "$real/sluice" "\$@"
END
  chmod +x "$bin/sluice"
  begin crash
  sluice task add industry licence --title HD-1 >/dev/null
  person jia clerk
  take_sheet
  printf "'0012\t甲\t\n" | fill
  touch "$workshop/crashes"
  hand_in "$node/filled.csv"
  expect "its answer" "$code" 422
  expect_like "what is told" "$(text_of_page | paste -sd ' ')" \
    '无法读取该文件.*ended by signal 11.*nothing of it was taken'
  expect_like "the log" "$(grep event=csv-not-read "$node/sluiced.log")" 'level=error.*signal 11'
  expect "nothing of it was taken" "$(sqlite3 -readonly "$node/state/tasks.sqlite" 'SELECT count(*) FROM task_text')" 0
  rm "$workshop/crashes"
  hand_in "$node/filled.csv"
  expect_like "the same once more" "$(text_of_page)" '检查无误'
  stop_daemon
}

case_drafts_go_out_on_a_sheet_and_come_back() {
  begin drafts
  printf 'title\nHD-1\nHD-2\nHD-3\nHD-4\n' >"$node/tasks.csv"
  sluice task import industry licence "$node/tasks.csv" >/dev/null
  person jia clerk
  person yi clerk
  open_browser jia
  take_sheet
  expect "rows" "$(tail -n +2 "$node/sheet.csv" | wc -l)" 4
  expect "kept for longer than a day or so" \
    "$(sluice task show 1 --json | jq '(.held_until[:19] + "Z" | fromdate) > now + 3600')" true
  open_browser yi
  visit /entry
  send /entry/next work=key bureau=industry
  expect "nobody else gets them" "$code $location" '303 /entry?done=no-task'
  open_browser jia
  # As a spreadsheet saves what was typed: a day of its own, a number that it spoilt, a row that was left.
  local long
  long=$(printf '长%.0s' {1..41})
  printf "110108194912310021\t智芯\t2026/1/9\n1.10108E+17\t甲\t\n'0012\t%s\t\n\t\t\n" "$long" | fill
  hand_in "$node/filled.csv"
  expect "handed in" "$code" 200
  expect_like "what became of it" "$(text_of_page | paste -sd ' ')" \
    '已存为草稿，检查无误.*未采用：数据已损坏.*后面几位已经丢失.*已存为草稿，有待更正'
  expect "drafts only" "$(state_of 1) $(state_of 3)" 'open open'
  expect "nothing in the store" "$(sluice dataset read licence 2>/dev/null | tail -n +2)" ''
  printf "110108194912310021\t智芯\t2026/1/9\n'110108194912310022\t甲\t2026-01-10\n'0012\t乙\t\n\t\t\n" | fill
  hand_in "$node/filled.csv"
  expect_like "corrected in the same sheet" "$page" 'name="tasks" value="1:[^,]*,2:[^,]*,3:'
  local everything=$page faultless
  faultless=$(sed -n 's/.*name="tasks" value="\([^"]*\)".*/\1/p' <<<"$page")
  send /entry/sheet/save bureau=industry dataset=licence tasks="$faultless"
  expect "saved" "$code" 200
  page=$everything # the same button once more
  send /entry/sheet/save bureau=industry dataset=licence tasks="$faultless"
  expect_like "they are past that" "$(text_of_page)" '任务已不在录入环节'
  await_held licence 3
  expect "exactly once" "$(licences)" "$(printf '%s\n' $'0012\t乙\t\\N' \
    $'110108194912310021\t智芯\t2026-01-09' $'110108194912310022\t甲\t2026-01-10')"
  expect "states" "$(state_of 1) $(state_of 4)" 'done open'
  # What was kept on the page after the sheet was taken stays.
  take_sheet
  visit /entry/4
  send /entry/4/draft "version=$(sed -n 's/.*name="version" value="\([^"]*\)".*/\1/p' <<<"$page" | head -n 1)" field.name=页面
  expect "draft kept" "$code" 303
  printf "'0013\t表格\t\n" | fill
  hand_in "$node/filled.csv"
  expect_like "a newer draft" "$(text_of_page)" '页面上的草稿比此表新'
  hand_in "$node/filled.csv" overwrite=yes
  expect_like "replaced" "$(text_of_page)" '检查无误'
  visit /entry/4
  expect_like "the desk shows it" "$page" 表格
  open_browser yi
  hand_in "$node/filled.csv"
  expect_like "another's" "$(text_of_page)" '任务不在您手中'
  expect "audit log" "$(sluice audit log | jq -r 'select(.event | startswith("sheet-")) | "\(.event) \(.count)"' | paste -sd ' ')" \
    'sheet-exported 4 sheet-imported 2 sheet-imported 3 sheet-exported 1 sheet-imported 0 sheet-imported 1 sheet-imported 0'
  ! sluice audit log | grep -q 110108 || fail "a value is in the audit log"
  stop_daemon
}

case_the_record_before_is_known_after_a_restart() {
  begin ditto
  printf 'title\nHD-1\nHD-2\n' >"$node/tasks.csv"
  sluice task import industry licence "$node/tasks.csv" >/dev/null
  person jia clerk
  open_browser jia
  visit /entry
  send /entry/next work=key bureau=industry
  follow
  ! grep -q 'data-ditto="[^"]' <<<"$page" || fail "there is no record before"
  send "$place/save" "version=$(sed -n 's/.*name="version" value="\([^"]*\)".*/\1/p' <<<"$page" | head -n 1)" \
    field.number=1 field.name=智芯
  expect "saved" "$code" 303
  stop_daemon
  start_daemon
  open_browser jia
  visit /entry/2
  expect_like "the record before" "$page" 'data-ditto="智芯"'
  stop_daemon
}

open_workshop task-doors industry park
trap 'close_workshop $?' EXIT
run_cases
