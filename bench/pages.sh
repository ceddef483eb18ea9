# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # run.sh sets the rest; browser.sh reads what is set here
# Clerks (录入员) who key records as fast as the node answers, beside what their store and the journal do
# alone; and how long each page takes, and how large it is. With both kinds of store.

# shellcheck source=../tests/support/shell/browser.sh
. "$project_dir/tests/support/shell/browser.sh"

quarantined_rows=100 # what a page of the quarantine shows
past_runs=50         # what a page of the runs shows
tasks_to_see=60      # more than a page of the supervision shows
views=200            # of each page

measure_pages() {
  start_cluster
  make_certificates
  pki=$work/certificates
  make_register_with_bad_rows
  local run store
  for ((run = 1; run <= runs; ++run)); do
    for store in "${contestants[@]}"; do
      node_store=$store
      commit_alone "$store" "$run"
      insert_with_"$store" "$run"
      key_at_node "$store" "$run"
      commit_alone "$store" "$run" # again, since a disk's speed comes and goes
    done
  done
  show_pages
  save_figures
}

# record_part CONTESTANT LEG RUN COMMAND…: what it prints is an object of figures.
record_part() {
  "${@:4}" >"$work/part.json" 2>"$work/part.log" || die "$2 of $1: $(head -c 2000 "$work/part.log")"
  record "$1" "$2" "$3" "$(<"$work/part.json")"
}

# The numbers of clerks: one has the node alone.
numbers_of_clerks() { printf '%s\n' 1 "$clerks" | uniq; }

# What one commit of the journal costs that is a part of each save, and that of several at once.
commit_alone() { # STORE RUN
  local clients
  for clients in $(numbers_of_clerks); do
    rm -rf "$work/journal"
    mkdir "$work/journal"
    record_part "$1" journal "$2" "$bare_commits" journal --file "$work/journal/bench.journal" \
      --cert "$pki/server.pem" --key "$pki/server.key" --count "$tasks" --clients "$clients"
  done
}

# One connection: SQLite has one writer at a time, whoever waits.
insert_with_sqlite() { # RUN
  rm -rf "$work/sqlite"
  mkdir "$work/sqlite"
  record_part sqlite insert "$1" "$bare_commits" sqlite --file "$work/sqlite/store.sqlite" \
    --table "$bench_dir/wide_register.sql" --count "$tasks"
}

insert_with_postgresql() { # RUN
  local clients
  for clients in $(numbers_of_clerks); do
    fresh_database pgbenched
    create_wide_table pgbenched
    record_part postgresql insert "$1" pgbench_inserts pgbenched "$clients" --transactions="$((tasks / clients))"
  done
}

key_at_node() { # STORE RUN
  start_fresh_node write_pages_configuration
  let_people_in
  local number
  for number in $(numbers_of_clerks); do key_tasks "$1" save "$2" wide-register "$number" key; done
  if [[ $clerks -gt 1 ]]; then
    key_tasks "$1" first "$2" checked-register "$clerks" key
    record_part "$1" second "$2" work_at_pages check --clerks "$clerks"
  fi
  expect_keyed
  look_at_pages "$1" "$2"
  stop_node
}

# key_tasks STORE LEG RUN DATASET CLERKS WORK
key_tasks() {
  add_tasks "$4" "$tasks"
  record_part "$1" "$2" "$3" work_at_pages "$6" --clerks "$5"
  [[ $(jq .count "$work/part.json") -eq $tasks ]] ||
    die "$2 of $1: $(<"$work/part.json"): expected $tasks saves: the measurement is worth nothing"
}

# What was keyed and checked must have become records.
expect_keyed() {
  local attempt saves=$((tasks * $(numbers_of_clerks | wc -l))) found=''
  for attempt in {1..300}; do
    found=$(keyed_records wide-register):$(keyed_records checked-register)
    [[ $found != "$saves:$((clerks > 1 ? tasks : 0))" ]] || return 0
    sleep 0.2
  done
  die "the store holds $found records after $((attempt / 5)) s, expected $saves of them: the measurement is worth nothing"
}

keyed_records() { sluice dataset read "$1" 2>/dev/null | tail -n +2 | wc -l; }

# The wide register keyed from paper; the same with fields that a second person keys blindly; and, for the
# pages that show them, files with rows that nobody may take and a database that is not there.
write_pages_configuration() {
  write_node_configuration
  local config=$node_dir/config tls=$work/certificates
  jq '.fields |= map(if .name | IN("credit_code", "enterprise_name", "registered_capital")
                     then . + {"sluice:verify": "blind"} else . end)' \
    "$bench_dir/wide-register.schema.json" >"$config/schemas/checked-register.json"
  printf 'pages: {address: 127.0.0.1, port: 0, certificate: %s, key: %s}\n' \
    "$tls/server.pem" "$tls/server.key" >>"$config/node.yaml"
  cat >"$config/bureaus/bench.yaml" <<TEXT
bureau: bench
name: Benchmark
certificate_subject: "$bureau_subject"
channels:
  manual-entry: {}
  disk: {}
  front-end: {connection: 'Driver=$work/none.so', schedule: {run: '@every 48h'}}
publishes:
  - dataset: wide-register
    channels: [manual-entry, disk, front-end]
    front-end: {table: wide_register, capture: {kind: snapshot}}
  - {dataset: checked-register, channels: [manual-entry]}
TEXT
}

sluice() { "$sluice" --config "$node_dir/config" "$@"; }
expect() { [[ $2 = "$3" ]] || die "$1: found $2, expected $3"; } # as browser.sh asks for it

# Sets `supervisor_cookie` and `clerk_cookies`: files with the cookies of their sessions, one a line.
let_people_in() {
  node=$node_dir supervisor_cookie=$node_dir/supervisor clerk_cookies=$node_dir/clerks
  let_in supervisor supervisor,clerk >"$supervisor_cookie"
  local number
  for ((number = 1; number <= clerks; ++number)); do let_in "clerk-$number" clerk,checker; done >"$clerk_cookies"
}

let_in() { # NAME ROLES
  local first
  first=$(sluice user add "$1" --role "$2" --bureau bench 2>"$work/user.log") || die "$(<"$work/user.log")"
  open_browser "$1"
  come_in "$1" "$first"
  awk '$6 == "__Host-sluice-session" { print $6 "=" $7 }' "$jar"
}

# at_pages COOKIES COMMAND [OPTION…]
at_pages() {
  "$page_load" "$2" --connect "localhost:$pages_port" --ca "$pki/ca.pem" --cookies "$1" --bureau bench "${@:3}"
}
work_at_pages() { at_pages "$clerk_cookies" "$@"; }

add_tasks() { # DATASET COUNT
  at_pages "$supervisor_cookie" add --dataset "$1" --count "$2" >/dev/null 2>"$work/part.log" ||
    die "adding tasks: $(head -c 2000 "$work/part.log")"
}

# Of twice as many rows as a share of 1 % needs at the least, since chance picks them.
make_register_with_bad_rows() {
  "$generate_register" --shape wide --rows "$((quarantined_rows * 200))" --bad-share 0.01 \
    >"$work/wide-register.csv" 2>/dev/null
}

look_at_pages() { # STORE RUN
  fill_pages
  local page
  at_pages "$supervisor_cookie" view --count "$views" / /entry /entry/next /quarantine/bench /runs /supervision \
    >"$work/views.jsonl" 2>"$work/part.log" || die "a page: $(head -c 2000 "$work/part.log")"
  while read -r page; do record "$1" page "$2" "$page"; done <"$work/views.jsonl"
}

fill_pages() {
  local ended=0 run
  sluice import bench "$work/wide-register.csv" >"$work/command.log" 2>&1 || ended=$?
  [[ $ended -eq 3 ]] || die "sluice import ended with $ended, expected 3: $(tail -n 5 "$work/command.log")"
  add_tasks wide-register "$tasks_to_see"
  for ((run = 1; run <= past_runs; ++run)); do run_collection "$run"; done
}

run_collection() { # NUMBER
  local attempt
  sluice jobs run bench >/dev/null 2>&1 || true # it fails, as it should
  for attempt in {1..100}; do
    [[ $(sluice jobs history bench --limit 1000 --json | jq -s 'map(select(.ended)) | length') -lt $1 ]] || return 0
    sleep 0.05
  done
  die "of $1 runs not all have ended after $((attempt / 20)) s"
}
