# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # run.sh, node.sh and checks.sh set, and run.sh reads, the rest
# Call after call at the edge, each with rows of its own, and a file now and then. All are taken at
# once, whatever lies between edge and center.

begin_traffic() {
  send_all &
  sender_pid=$!
}

end_traffic() {
  touch "$workshop/enough"
  wait "$sender_pid" || die "$(cat "$workshop/flow.failure")"
  sender_pid=
  local dataset
  for dataset in register approval; do note_sent "$dataset" "$(wc -l <"$sent/$dataset")" 0; done
}

check_flow() { ! is_gone "$sender_pid" || die "after round $round: $(cat "$workshop/flow.failure")"; }

send_all() {
  local number=0 row status
  while [[ ! -e $workshop/enough ]]; do
    number=$((number + 1))
    for row in 1 2 3 4 5; do printf '{"number":"P%d-%d","name":"call"}\n' "$number" "$row"; done \
      >"$workshop/call.ndjson"
    status=$(answer=$workshop/call.answer post park approval "@$workshop/call.ndjson")
    [[ $status = 200 ]] || {
      echo "call $number was answered $status: $(cat "$workshop/call.answer.err")" \
        >"$workshop/flow.failure"
      return 1
    }
    jq -r '[.number, .name] | @tsv' "$workshop/call.ndjson" >>"$sent/approval"
    ((number % 20)) || import_some "$number" || return 1
  done
}

import_some() {
  { echo number,name && seq -f "R$1-%.0f,import" 1 2000; } >"$workshop/register.csv"
  sluice import park "$workshop/register.csv" --dataset register --no-wait \
    >/dev/null 2>"$workshop/flow.failure" || return 1
  tail -n +2 "$workshop/register.csv" | tr , '\t' >>"$sent/register"
}
