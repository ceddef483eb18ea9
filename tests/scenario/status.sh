#!/usr/bin/env bash
# `sluice status` and the support bundle on whole nodes: what is wrong is the first thing that one reads, and
# nothing leaves a node that is nobody's business.
#   tests/scenario/status.sh [--bin DIR] [--only PART-OF-A-CASE'S-NAME]
# shellcheck disable=SC2119,SC2120,SC2154  # cases.sh sets the rest
set -euo pipefail
# shellcheck source=tests/support/shell/cases.sh
source "$(dirname "$0")/../support/shell/cases.sh" "$@"
# shellcheck source=tests/support/shell/two_nodes.sh
source "$(dirname "$0")/../support/shell/two_nodes.sh"

one_node() { # CASE
  new_node "$1" '{kind: sqlite}' 'batch: {age: 50ms}'
  keep_free 1MiB
  add_park
  trap kill_daemon EXIT
}
# keep_free SIZE: of the disk, whatever else is on it.
keep_free() { sed -i -E "s/^node: \{(reserve: [^,]*, )?/node: {reserve: $1, /" "$node/config/node.yaml"; }

# The third line is the first below the head.
first_told() { sluice status | sed -n 3p; }
is_told_first() { [[ $(first_told) =~ $1 ]]; }
await_told_first() { until_true 60 is_told_first "$1" || fail "expected first $1; it says: $(sluice status)"; }
trouble() { sluice status --json | jq -r ".troubles[0].$1"; }
expect_valid() {
  sluice status --json >"$node/status.json"
  "$bin/json_validates" "$project/schemas/status.schema.json" <"$node/status.json" ||
    fail "the answer is not as its schema says: $(cat "$node/status.json")"
}
expect_checked() { # STATUS
  try sluice status --check
  expect "exit status of --check" "$status" "$1"
  try sluice status
  expect "exit status without it" "$status" 0
}

case_a_node_that_is_well_says_so() {
  one_node well
  start_daemon
  expect "a call" "$(post park approval '{"number":"A1","name":"one"}')" 200
  await_told_first '^all is well$'
  expect_checked 0
  expect_valid
  expect_like "certificates, lists and space" "$(sluice status | tr '\n' '|')" 'certificates\|.*identity .*in [0-9]+ d.*revocation lists\|.* ago .*space\|.* free of .*, reserve '
}

case_rows_in_quarantine_are_a_reminder_and_nothing_wrong() {
  one_node reminder
  start_daemon
  post park approval $'{"number":"A1","name":"one"}\n{"name":"no number"}' >/dev/null
  reminds() { sluice status | grep -q '^- park: 1 row in quarantine: sluice quarantine counts park$'; }
  until_true 60 reminds || fail "it does not remind: $(sluice status)"
  await_told_first '^all is well$'
  expect_checked 0
  expect_valid
}

case_a_center_that_is_away_is_told_first_and_what_to_do() {
  workshop=$workshop/away
  mkdir "$workshop"
  trap kill_all EXIT
  new_center
  new_edge
  at edge keep_free 1MiB
  at edge start_daemon
  at center stop_daemon
  expect "a call" "$(at edge post park approval '{"number":"A1","name":"one"}')" 200
  at edge await_told_first '^! park: held back for .*https://localhost:[0-9]+: nobody answers'
  expect_like "what to do" "$(at edge sluice status | sed -n 4p)" '^    look at the network'
  at edge expect_checked 8
  at edge expect_valid
  at center start_daemon
  at edge await_told_first '^all is well$'
  expect_like "since when it is up again" "$(at edge sluice status)" 'park .* up for .* ago'
  edge_has_told() { at center sluice status | grep -Eq '^park +edge +[0-9].* ago +0$'; }
  until_true 90 edge_has_told || fail "the center does not know of its edge: $(at center sluice status)"
  at center expect_valid
}

case_a_disk_that_is_short_is_told_first() {
  one_node short
  keep_free 1000000TiB
  start_daemon
  await_told_first '^! NOTHING IS TAKEN IN: the disk is short of room'
  expect "grade" "$(trouble grade)" stops
  expect_checked 8
  expect_valid
  expect_like "health says the same" "$(curl --silent --unix-socket "$node/control.socket" http://localhost/v1/health | jq -r .reason)" \
    '^NOTHING IS TAKEN IN: the disk is short of room.*; free space'
}

case_a_node_without_its_certificate_says_what_it_waits_for() {
  one_node waits
  sed -i "s|key: .*|key: $node/missing.key|" "$node/config/node.yaml"
  launch_daemon
  waits() { is_told_first '^! NOTHING IS TAKEN: this node waits for its certificate.*missing.key' 2>/dev/null; }
  until_true 60 waits || fail "it does not say so: $(sluice status 2>&1)"
  expect_like "where it is said how" "$(sluice status | sed -n 4p)" 'docs/pki.md'
  expect_valid
}

case_a_daemon_that_is_not_there_is_told_with_what_to_look_at() {
  one_node absent
  try sluice status
  expect "exit status" "$status" 1
  expect_like "what it says" "$err" '^! sluiced does not answer on .*systemctl status sluiced'
  try sluice status --json
  expect "exit status" "$status" 1
  expect "for machines" "$out" ''
}

case_watching_prints_a_block_an_interval_where_there_is_no_terminal() {
  one_node watch
  start_daemon
  "$bin/sluice" --config "$node/config" status --watch 0.1 >"$node/watched" &
  local watching=$!
  blocks() { [[ $(grep -c '^all is well$' "$node/watched") -ge 3 ]]; }
  until_true 60 blocks || fail "it printed: $(cat "$node/watched")"
  # A daemon that goes and comes back is shown as that.
  stop_daemon
  until_true 60 grep -q 'sluiced does not answer' "$node/watched" || fail "it does not say that it is gone"
  kill "$watching"
  wait "$watching" || true
  ! grep -q $'\x1b' "$node/watched" || fail "there are escapes where there is no terminal"
  expect_like "rates from the second on" "$(grep -c 'batches/s' "$node/watched")" '^[1-9]'
  try sluice status --watch 0
  expect "no interval" "$status" 2
}

# watch_on_a_terminal [VAR=VALUE…]: until a whole screen was drawn; then as Ctrl-C does.
watch_on_a_terminal() {
  rm -f "$node/pid" "$node/screen"
  # shellcheck disable=SC2016  # it is the inner shell's
  env TERM=xterm "$@" NODE="$node" SLUICE="$bin/sluice" script --quiet --flush --return --command \
    'echo $$ >"$NODE/pid"; exec "$SLUICE" --config "$NODE/config" status --watch 0.1' "$node/screen" </dev/null >/dev/null &
  local terminal=$!
  until_true 60 grep -qs 'reserve' "$node/screen" || fail "nothing is drawn: $(cat "$node/screen")"
  kill -INT "$(cat "$node/pid")"
  wait "$terminal" || true
}

case_watching_gives_a_terminal_back_as_it_was() {
  one_node screen
  keep_free 1000000TiB
  start_daemon
  watch_on_a_terminal
  expect "the alternate screen" "$(grep -c $'\x1b\\[?1049h' "$node/screen") $(grep -c $'\x1b\\[?1049l' "$node/screen")" "1 1"
  grep -q $'\x1b\\[31m! NOTHING IS TAKEN IN' "$node/screen" || fail "what is wrong has no colour"
  watch_on_a_terminal NO_COLOR=1
  ! grep -q $'\x1b\\[31m' "$node/screen" || fail "there are colours though nobody wants any"
}

# What must not get out, in every form in which it might.
forms_of() { # MARK
  perl -MMIME::Base64 -e '
    my $mark = shift;
    print "$mark\n", unpack("H*", $mark), "\n", uc(unpack("H*", $mark)), "\n";
    for my $before (0 .. 2) {
      my $text = encode_base64("x" x $before . $mark, "");
      # What depends on the neighbours is left out.
      print substr($text, $before ? 4 : 0, 4 * int(length($mark) / 3) - 4), "\n";
    }' "$1"
}
marks=(MARK-of-a-record-7391 MARK-of-a-refused-row-5520 MARK-of-a-draft-1187 MARK-of-a-password-4402
  MARK-of-a-run-9036 MARK-of-a-log-line-2754 MARK-of-a-constant-6618)

# The marks are where they come from: else nothing is shown by their absence.
mark_everything() {
  post park approval '{"number":"A1","name":"MARK-of-a-record-7391"}' >/dev/null
  post park approval '{"name":"MARK-of-a-refused-row-5520"}' >/dev/null
  await_held approval 1
  [[ $(held approval) = *MARK-of-a-record-7391* ]] || fail "the record is not there"
  sluice quarantine show park 1 | grep -q MARK-of-a-refused-row-5520 || fail "the refused row is not there"
  stop_daemon
  sqlite3 "$node/state/tasks.sqlite" "CREATE TABLE IF NOT EXISTS draft_for_a_test (x); INSERT INTO draft_for_a_test VALUES ('MARK-of-a-draft-1187')"
  # As the schedule of a node that has one makes it.
  sqlite3 "$node/state/jobs.sqlite" "CREATE TABLE IF NOT EXISTS run (id INTEGER PRIMARY KEY, bureau TEXT NOT NULL,
      task TEXT NOT NULL, reason TEXT NOT NULL, started INTEGER NOT NULL, ended INTEGER, outcome TEXT NOT NULL,
      sentence TEXT NOT NULL, summary TEXT NOT NULL);
    INSERT INTO run (bureau, task, reason, started, ended, outcome, sentence, summary)
    VALUES ('park', 'collect', 'scheduled', 1, 2, 'failed', 'Duplicate entry ''MARK-of-a-run-9036'' for key', '')"
  echo "event=run-failed reason=\"can't take \\\"MARK-of-a-log-line-2754\\\" at password=MARK-of-a-password-4402\" bureau=park" >>"$node/sluiced.log"
  sed -i 's/dataset: approval, channels: .direct.}/dataset: approval, channels: [direct], mapping: {fields: [{field: number}, {field: name, constant: MARK-of-a-constant-6618}]}}/' \
    "$node/config/bureaus/park.yaml"
  echo '# password: MARK-of-a-password-4402' >>"$node/config/bureaus/park.yaml"
  printf 'MARK-of-a-password-4402\n' >"$node/config/password"
  local mark
  for mark in "${marks[@]}"; do
    [[ $mark = *record* || $mark = *refused* ]] || grep -raq "$mark" "$node" || fail "$mark is nowhere"
  done
}

# unpack FILE: into $node/unpacked, made anew.
unpack() {
  rm -rf "$node/unpacked"
  mkdir "$node/unpacked"
  tar -xf "$1" -C "$node/unpacked"
}
expect_no_mark() {
  local mark form
  for mark in "${marks[@]}" "$(sed -n 3p "$pki/node.key")"; do
    while read -r form; do
      [[ -n $form ]] || fail "an empty form of $mark"
      ! grep -raqF -- "$form" "$node/unpacked" || fail "$mark, as $form, is in $(grep -ralF -- "$form" "$node/unpacked")"
    done < <(forms_of "$mark")
  done
}
has_part() { [[ -s $(echo "$node"/unpacked/*/"$1") ]] || fail "there is no $1"; }

case_a_support_bundle_has_what_helps_and_no_secret_and_no_value() {
  one_node bundle
  start_daemon
  mark_everything
  start_daemon
  # The log of this start is another one.
  echo "event=run-failed reason=\"can't take \\\"MARK-of-a-log-line-2754\\\" at password=MARK-of-a-password-4402\" bureau=park" >>"$node/sluiced.log"
  try sluice support-bundle --out "$node/bundle.tar.gz" --log "$node/sluiced.log"
  expect "exit status ($err)" "$status" 0
  expect "mode" "$(stat -c %a "$node/bundle.tar.gz")" 600
  unpack "$node/bundle.tar.gz"
  expect_no_mark
  local part
  for part in README.txt versions.txt status.json metrics.txt state.txt runs.jsonl log.txt \
    configuration/node.yaml.txt configuration/bureaus/park.yaml.txt configuration/schemas/approval.json.txt configuration/files.txt; do
    has_part "$part"
  done
  grep -q 'journals/park.journal .* format [1-9]' "$node"/unpacked/*/state.txt || fail "no format of the journal"
  expect "what a run says" "$(jq -r 'select(.outcome == "failed").sentence' "$node"/unpacked/*/runs.jsonl)" "Duplicate entry '…' for key"
  grep -q 'event=ready' "$node"/unpacked/*/log.txt || fail "no line of the log"
  "$bin/json_validates" "$project/schemas/status.schema.json" <"$(echo "$node"/unpacked/*/status.json)" || fail "status.json"
  local before
  before=$(sha256sum "$node/bundle.tar.gz")
  try sluice support-bundle --out "$node/bundle.tar.gz"
  expect "it does not overwrite" "$status" 2
  expect "and leaves what is there" "$(sha256sum "$node/bundle.tar.gz")" "$before"
}

case_a_support_bundle_is_made_of_a_node_that_is_down_and_badly_configured() {
  one_node broken
  start_daemon
  mark_everything
  sed -i 's/^channels:.*/channels: {disk: {}, front-end: {connection: "Driver=x;PWD=MARK-of-a-password-4402", unheard_of: MARK-of-a-password-4402}}/' \
    "$node/config/bureaus/park.yaml"
  printf 'number: "MARK-of-a-password-4402\n' >"$node/config/schemas/register.json"
  try sluice support-bundle --out "$node/bundle.tar.zst" --log "$node/sluiced.log"
  expect "exit status ($err)" "$status" 0
  expect_like "what could not be had" "$out" 'status.json .*sluiced does not answer'
  unpack "$node/bundle.tar.zst"
  expect_no_mark
  has_part configuration/complaints.txt
  has_part state.txt
  grep -q 'connection = driver=x;pwd=(removed)' "$node"/unpacked/*/configuration/bureaus/park.yaml.txt || fail "no connection"
  grep -q 'register.json.txt' "$node"/unpacked/*/README.txt || fail "it does not say that a file is left out"
  # With nothing that can be used.
  echo 'node: [' >"$node/config/node.yaml"
  try sluice support-bundle --out "$node/least.tar.gz"
  expect "exit status ($err)" "$status" 0
  unpack "$node/least.tar.gz"
  has_part versions.txt
  expect_no_mark
}

open_workshop status park tax
trap 'close_workshop $?' EXIT
run_cases
