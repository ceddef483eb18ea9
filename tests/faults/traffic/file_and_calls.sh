# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # run.sh, node.sh and checks.sh set, and run.sh reads, the rest
# What the bureau park sends in one round: a file, and meanwhile calls by two clients, each of which
# makes one call after the other and stops at the first that is not answered, as a good client does.
# Its victim `import` is the program that reads the file.

file_rows=10000
clients=2
calls_a_client=20 # every second call changes the records of the one before
rows_a_call=5
call_pids=()
# Only a batch that changes records passes it, and quick calls may all be in one.
latest_pass_of=([store.mid-copy]=1)

add_sender() {
  add_park_bureau
  add_schema register <<'END'
{"sluice:dataset": {"owner": "park", "title": "Register"},
 "fields": [{"name": "number", "type": "string", "constraints": {"required": true}},
            {"name": "name", "type": "string"}, {"name": "registered_on", "type": "date"},
            {"name": "capital", "type": "number"}, {"name": "scope", "type": "string"}],
 "primaryKey": "number"}
END
  add_schema approval <<'END'
{"sluice:dataset": {"owner": "park", "title": "Approval"},
 "fields": [{"name": "number", "type": "string", "constraints": {"required": true}},
            {"name": "decision", "type": "string"}],
 "primaryKey": "number"}
END
}

# No two rounds have a record in common.
make_traffic() {
  importer_status=- # until it has run: what it goes to may die before it serves
  rm -rf "$sent/calls"
  mkdir "$sent/calls"
  awk -v rows="$file_rows" -v round="$round" -v seed="$seed" 'BEGIN {
    print "number,name,registered_on,capital,scope"
    for (i = 1; i <= rows; i++)
      printf "R%04d-%06d,Enterprise %d of seed %d,20%02d-%02d-%02d,%d,%s\n", round, i, i, seed,
        i % 25, 1 + i % 12, 1 + i % 28, i * 7, "retail and wholesale of goods; services " i * 31
  }' >"$sent/register.csv"
  tail -n +2 "$sent/register.csv" | tr , '\t' >>"$sent/register"
  note_sent register "$file_rows" 0
  awk -v clients="$clients" -v calls="$calls_a_client" -v rows="$rows_a_call" -v round="$round" \
    -v folder="$sent/calls" 'BEGIN {
    for (c = 1; c <= clients; c++)
      for (n = 1; n <= calls; n++) {
        file = folder "/" c "-" n ".ndjson"
        decision = n % 2 ? "received" : "approved"
        for (r = 1; r <= rows; r++)
          printf "{\"number\":\"P%04d-%d-%d-%d\",\"decision\":\"%s\"}\n", round, c, int((n + 1) / 2),
            r, decision >file
        close(file)
      }
  }'
  # Of the two calls for each record, the second's version must stand.
  cat "$sent"/calls/*.ndjson |
    jq -r 'select(.decision == "approved") | [.number, .decision] | @tsv' >>"$sent/approval"
  local half=$((clients * calls_a_client * rows_a_call / 2))
  note_sent approval "$half" "$half"
}

# one_call CLIENT NUMBER: notes whether it was acknowledged.
one_call() {
  local status name=$sent/calls/$1-$2
  status=$(answer=$name.answer post park approval "@$name.ndjson" \
    --header "Idempotency-Key: round-$round-$1-$2")
  if [[ $status != 200 ]]; then
    echo "call $1-$2: $(date +%T) status $status $(cat "$name.answer.err")" >"$sent/calls/$1.failure"
    return 1
  fi
  echo "$2" >>"$sent/calls/$1.acknowledged"
}

# From the call after the last that was acknowledged, under the same key as before.
call_in_order() { # CLIENT
  local number=1 acknowledged=$sent/calls/$1.acknowledged
  [[ ! -e $acknowledged ]] || number=$(($(wc -l <"$acknowledged") + 1))
  for (( ; number <= calls_a_client; ++number)); do one_call "$1" "$number" || return 1; done
}

send() { # [VAR=VALUE… for the import]
  local client
  for ((client = 1; client <= clients; ++client)); do
    call_in_order "$client" &
    call_pids+=($!)
  done
  env "$@" "$bin/sluice" --config "$node/config" import park "$sent/register.csv" \
    --dataset register --json >"$sent/import.json" 2>"$sent/import.log" &
  sender_pid=$!
}

strike_import() { kill -KILL "$sender_pid" 2>/dev/null || true; }

strike_import_at() { # POINT
  send "SLUICE_KILL_AT=$1"
  await_death "$sender_pid" "import $1"
  sender_pid='' importer_status=137
}

# What has not been killed comes to its own end.
await_sent() {
  if [[ -n $sender_pid ]]; then
    importer_status=0
    wait "$sender_pid" 2>/dev/null || importer_status=$?
    sender_pid=
  fi
  [[ ${#call_pids[@]} -eq 0 ]] || wait "${call_pids[@]}" || true
  call_pids=()
}

resend() {
  local client status=0 again=$sent/again
  note="import=$importer_status calls-acknowledged=$(
    find "$sent/calls" -name '*.acknowledged' -exec cat {} + | wc -l)"
  sluice import park "$sent/register.csv" --dataset register --json >"$again.json" 2>"$again.log" ||
    status=$?
  [[ $status -eq 0 ]] ||
    die "round $round: the second import ended with $status: $(cat "$again.log")"
  note+=" resumed-after=$(jq -r .resumed_after "$again.json")"
  for ((client = 1; client <= clients; ++client)); do
    call_in_order "$client" ||
      die "round $round: not acknowledged again: $(cat "$sent/calls/$client.failure")"
  done
}
