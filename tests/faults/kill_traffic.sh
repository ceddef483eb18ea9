# shellcheck shell=bash
# shellcheck disable=SC2154  # kill.sh and node.sh set the rest
# What a bureau sends in one round of the kill test: one file, and calls by two clients, each of which
# makes one call after the other and stops at the first that is not answered, as a good client does.

file_rows=10000
clients=2
calls_a_client=20 # every second call changes the records of the one before
rows_a_call=5

add_traffic_configuration() {
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
  rm -rf "$node/calls"
  mkdir "$node/calls"
  awk -v rows="$file_rows" -v round="$round" -v seed="$seed" 'BEGIN {
    print "number,name,registered_on,capital,scope"
    for (i = 1; i <= rows; i++)
      printf "R%04d-%06d,Enterprise %d of seed %d,20%02d-%02d-%02d,%d,%s\n", round, i, i, seed,
        i % 25, 1 + i % 12, 1 + i % 28, i * 7, "retail and wholesale of goods; services " i * 31
  }' >"$node/register.csv"
  awk -v clients="$clients" -v calls="$calls_a_client" -v rows="$rows_a_call" -v round="$round" \
    -v folder="$node/calls" 'BEGIN {
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
}

# one_call CLIENT NUMBER: notes whether it was acknowledged.
one_call() {
  local status
  status=$(answer=$node/calls/$1-$2.answer post park approval "@$node/calls/$1-$2.ndjson" \
    --header "Idempotency-Key: round-$round-$1-$2")
  if [[ $status != 200 ]]; then
    echo "$(date +%T) status $status $(cat "$node/calls/$1-$2.answer.err")" >"$node/calls/$1-$2.failure"
    return 1
  fi
  echo "$2" >>"$node/calls/$1.acknowledged"
}

call_in_order() {
  local number
  for ((number = 1; number <= calls_a_client; ++number)); do one_call "$1" "$number" || return 0; done
}

start_calls() {
  local client
  call_pids=()
  for ((client = 1; client <= clients; ++client)); do
    call_in_order "$client" &
    call_pids+=($!)
  done
}

await_calls() { wait "${call_pids[@]}" || true; }

count_acknowledged() {
  find "$node/calls" -name "*.acknowledged" -exec cat {} + | wc -l
}

# Each client goes on with the call that was not answered, under the same key.
repeat_calls() {
  local client number
  for ((client = 1; client <= clients; ++client)); do
    number=1
    [[ ! -e $node/calls/$client.acknowledged ]] || number=$(($(wc -l <"$node/calls/$client.acknowledged") + 1))
    for (( ; number <= calls_a_client; ++number)); do
      one_call "$client" "$number" ||
        die "round $round: call $client-$number was not acknowledged again: $(cat "$node/calls/$client-$number.failure")"
    done
  done
}
