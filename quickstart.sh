#!/usr/bin/env bash
# From a fresh Debian 12 to a running gateway that has done its main job once, in all four modes:
# imports a register of enterprises by disk, takes records by direct docking, collects from two
# exchange databases by edge nodes of their own, has licences keyed on its pages, and proves that what
# went in is what the central store holds.
#
#   ./quickstart.sh          throws everything away at the end
#   ./quickstart.sh --keep   leaves the node running, and says how to go on
#   --programs BUILD         takes the programs of this build folder, in place of building its own
#
# Exit status: 0 only if everything that went in is accounted for.
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck source=.ci/packages.sh
source .ci/packages.sh
# shellcheck source=tests/support/shell/exchange_databases.sh
source tests/support/shell/exchange_databases.sh
# shellcheck source=tests/support/shell/front_end_bureaus.sh
source tests/support/shell/front_end_bureaus.sh
# shellcheck source=tests/support/shell/browser.sh
source tests/support/shell/browser.sh
# shellcheck source=tests/support/shell/keyed_licences.sh
source tests/support/shell/keyed_licences.sh

keep=no
build=
while [ $# -gt 0 ]; do
  case $1 in
    --keep) keep=yes ;;
    --programs) shift; build=${1:?the folder of a build} ;;
    *) echo "usage: $0 [--keep] [--programs BUILD]" >&2; exit 2 ;;
  esac
  shift
done

say() { printf '\n== %s\n' "$*"; }
die() { printf 'quickstart: %s\n' "$*" >&2; exit 1; }
expect() { [ "$2" = "$3" ] || die "$1: found $2, expected $3"; }

say "packages"
install_packages "${sluice_packages[@]}" "${quickstart_packages[@]}"

if [ -z "$build" ]; then
  say "build (a few minutes the first time)"
  build=$PWD/build/release
  cmake --preset release >/dev/null
  cmake --build --preset release -j "$(nproc)" --target sluiced sluice generate_register
fi
bin=$build/bin
generator=$(find "$build" -name generate_register -type f -perm -u+x | head -n 1)

odbc_drivers=/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH)/odbc
home=$(mktemp -d "${TMPDIR:-/tmp}/sluice-quickstart.XXXXXX")
chmod 711 "$home" # the exchange databases are other users, where root runs this
node=$home pki=$home/pki # of the browser
daemon=
finish() {
  local status=$?
  if [ "$keep" = yes ] && [ "$status" -eq 0 ]; then return; fi
  stop_edges
  stop_exchange_databases
  if [ -n "$daemon" ]; then
    kill "$daemon" 2>/dev/null || true
    wait "$daemon" 2>/dev/null || true
  fi
  if [ "$status" -ne 0 ]; then
    for log in "$home"/sluiced.log "$home"/edge-*/sluiced.log; do
      [ -s "$log" ] || continue
      echo "the last lines of $log:" >&2
      tail -n 5 "$log" >&2
    done
  fi
  rm -rf "$home"
}
trap finish EXIT

say "a development CA, certificates and a configuration in $home"
config=$home/config
mkdir -p "$config"
cp -r config/bureaus schemas "$config/"
mapfile -t bureaus < <(basename -s .yaml -a config/bureaus/*.yaml)
sh config/dev-ca.sh "$home/pki" quickstart-node "${bureaus[@]}"
cat >"$config/node.yaml" <<END
node:
  name: quickstart
  state_directory: $home/state
  control_socket: $home/control.sock
identity:
  certificate: $home/pki/quickstart-node.pem
  key: $home/pki/quickstart-node.key
  authorities: $home/pki/ca.pem
  revocations: $home/pki/crl.pem
listen:
  address: 127.0.0.1
  port: 0
pages:
  address: 127.0.0.1
  port: 0
  certificate: $home/pki/quickstart-node.pem
  key: $home/pki/quickstart-node.key
store:
  kind: sqlite
nodes:
  - {name: edge-local-tax, certificate_subject: "CN=edge-local-tax,O=Sluice development", bureaus: [local-tax]}
  - {name: edge-statistics, certificate_subject: "CN=edge-statistics,O=Sluice development", bureaus: [statistics]}
END
# The example's bureaus have their real subjects and folders; here they have the development CA's.
for bureau in "${bureaus[@]}"; do
  sed -i -e "s|^certificate_subject:.*|certificate_subject: \"CN=$bureau,O=Sluice development\"|" \
    -e "s|^\( *drop_folder:\).*|\1 $home/drop/$bureau|" "$config/bureaus/$bureau.yaml"
  mkdir -p "$home/drop/$bureau"
done
sluice() { "$bin/sluice" --config "$config" "$@"; }
"$bin/sluiced" --config "$config" --check-config

say "start"
"$bin/sluiced" --config "$config" 2>"$home/sluiced.log" &
daemon=$!
for _ in $(seq 100); do
  if sluice status --json >"$home/status.json" 2>/dev/null; then break; fi
  kill -0 "$daemon" 2>/dev/null || die "the daemon did not start"
  sleep 0.1
done
port=$(jq -r .port "$home/status.json") || die "the daemon does not answer"
sluice status

say "disk: a register of enterprises"
register=../shared/data/registry
if compgen -G "$register/*.csv" >/dev/null; then
  echo "real register entries from $register"
else
  register=$home/register
  mkdir "$register"
  for year in 1999 2003 2019; do
    "$generator" --shape registry --rows 12000 --seed "$year" --year "$year" \
      >"$register/register-$year.csv" 2>/dev/null
  done
  echo "a generated register, as messy as a real one"
fi
status=0
sluice import national-tax "$register" --dataset enterprise-register --json \
  >"$home/import.jsonl" || status=$?
[ "$status" -eq 0 ] || [ "$status" -eq 3 ] || die "the import failed ($status)"

say "direct: approvals posted by the park's own system"
# 500 good records of enterprises in the register, and one whose citizen number is wrong.
sluice dataset read enterprise-register | sed -n '2,501p' | cut -f 2 | awk '
  BEGIN { split("7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2", w, " "); c = "10X98765432" }
  {
    n = sprintf("11010819%02d0%d%02d%03d", 60 + NR % 40, 1 + NR % 9, 1 + NR % 28, NR % 1000)
    s = 0; for (i = 1; i <= 17; i++) s += substr(n, i, 1) * w[i]
    id = n substr(c, s % 11 + 1, 1)
    if (NR == 1) id = n "?"
    printf "{\"approval_number\":\"HD-2026-%05d\",\"credit_code\":\"%s\",", NR, $1
    printf "\"applicant_citizen_id\":\"%s\",\"region_code\":\"110108\",", id
    printf "\"approved_at\":\"2026-11-23T%02d:%02d:00+08:00\",", 9 + NR % 8, NR % 60
    printf "\"decision\":\"approved\",\"case_number\":\"HD-CASE-%05d\"}\n", NR
  }' >"$home/approvals.ndjson"
started=$(date +%s.%N)
code=$(curl --silent --show-error --cacert "$home/pki/ca.pem" \
  --cert "$home/pki/park.pem" --key "$home/pki/park.key" \
  --header 'Content-Type: application/x-ndjson' --header 'Idempotency-Key: quickstart-1' \
  --data-binary "@$home/approvals.ndjson" --output "$home/answer.json" --write-out '%{http_code}' \
  "https://localhost:$port/v1/datasets/park-approval/records")
[ "$code" = 200 ] || die "the gateway answered $code: $(cat "$home/answer.json")"
for _ in $(seq 300); do
  sluice status --json >"$home/status.json"
  jq -e '[.streams[] | select(.last_batch != .acknowledged)] | length == 0' \
    "$home/status.json" >/dev/null &&
    [ "$(sluice dataset read park-approval 2>/dev/null | wc -l)" -gt 1 ] && break
  sleep 0.1
done
direct_seconds=$(awk -v a="$started" -v b="$(date +%s.%N)" 'BEGIN { printf "%.2f", b - a }')
sluice dataset read park-approval >"$home/approvals.tsv"
sluice dataset read enterprise-register >"$home/register.tsv"

say "front-end: two exchange databases, each with an edge node beside it"
fill_exchange_databases "$home/register.tsv"
echo "local-tax has a PostgreSQL database of its own, statistics a MariaDB one"
started=$(date +%s.%N)
start_edge local-tax tax-registration \
  "Driver=$odbc_drivers/psqlodbcw.so;Server=$tax_database;Port=5432;Database=exchange;UID=sluice"
start_edge statistics statistics-return \
  "Driver=$odbc_drivers/libmaodbc.so;Socket=$statistics_database/socket;Database=exchange;UID=sluice" exchange
await_agreement tax-registration 1,2,6 tax_records
await_agreement statistics-return 1,2,4 statistics_records
echo "both are in the central store; now their systems insert, change and delete while the schedule runs"
change_exchange_databases
await_agreement tax-registration 1,2,6 tax_records
await_agreement statistics-return 1,2,4 statistics_records
front_end_seconds=$(awk -v a="$started" -v b="$(date +%s.%N)" 'BEGIN { printf "%.2f", b - a }')
edge local-tax jobs
edge statistics jobs

say "manual entry: a supervisor, a clerk, a checker and a reviewer, each at a browser"
seat_people
started=$(date +%s.%N)
key_licences
manual_seconds=$(awk -v a="$started" -v b="$(date +%s.%N)" 'BEGIN { printf "%.2f", b - a }')
echo "the clerk's $keyed_tasks licences were keyed again by the checker; the reviewer settled the one that differed"

say "what was done"
direct_accepted=$(jq -r .accepted "$home/answer.json")
direct_quarantined=$(jq -r .quarantined "$home/answer.json")
direct_applied=$(($(wc -l <"$home/approvals.tsv") - 1))
{
  echo "bureau dataset mode collected quarantined applied seconds rows/s"
  jq -rs '[.[0].bureau, .[0].dataset, .[0].mode, (map(.collected) | add),
           (map(.quarantined) | add), (map(.inserted + .updated + .unchanged) | add),
           (map(.seconds) | add * 100 | round / 100),
           ((map(.collected) | add) / (map(.seconds) | add) | round)] | map(tostring) | join(" ")' \
    "$home/import.jsonl"
  awk -v a="$direct_accepted" -v q="$direct_quarantined" -v n="$direct_applied" \
    -v s="$direct_seconds" \
    'BEGIN { print "park park-approval direct", a + q, q, n, s, int((a + q) / s) }'
  front_end_row local-tax tax-registration "$front_end_seconds"
  front_end_row statistics statistics-return "$front_end_seconds"
  manual_entry_row "$manual_seconds"
} | column -t

say "people: a browser signs in and sees it"
person operator 值班员 --role administrator
visit /quarantine
grep -q 'href="/quarantine/national-tax' <<<"$page" ||
  die "the quarantine's page does not show the rows that were refused"
echo "the operator sees the refused rows of national-tax at https://localhost:$pages_port/quarantine"

say "is what went in what the central store holds?"
# Read independently of Sluice: by SQLite's own CSV reader.
for file in "$register"/*.csv; do
  sqlite3 -tabs :memory: ".import --csv $file t" \
    'SELECT "统一社会信用代码", "注册日期" FROM t'
done | LC_ALL=C sort >"$home/sent.txt"
sluice quarantine export national-tax | jq -r .original >"$home/quarantined.txt"
tail -n +2 "$home/register.tsv" | cut -f 2,3 | LC_ALL=C sort >"$home/held.txt"
LC_ALL=C comm -23 "$home/sent.txt" "$home/held.txt" >"$home/absent.txt"
LC_ALL=C comm -13 "$home/sent.txt" "$home/held.txt" >"$home/invented.txt"
[ ! -s "$home/invented.txt" ] || die "the store holds $(wc -l <"$home/invented.txt") rows that nobody sent"
[ "$(wc -l <"$home/absent.txt")" -eq "$(wc -l <"$home/quarantined.txt")" ] ||
  die "rows are missing that are not in the quarantine"
while IFS=$'\t' read -r credit_code _; do
  grep -qF "$credit_code" "$home/quarantined.txt" || die "a row is neither stored nor quarantined"
done <"$home/absent.txt"
[ "$direct_applied" -eq "$direct_accepted" ] || die "not every posted record is in the store"
[ "$((direct_accepted + direct_quarantined))" -eq "$(wc -l <"$home/approvals.ndjson")" ] ||
  die "posted records are unaccounted for"
echo "yes: $(wc -l <"$home/sent.txt") rows sent by disk, $(wc -l <"$home/held.txt") held," \
  "$(wc -l <"$home/quarantined.txt") in the quarantine; $direct_applied posted records held," \
  "$direct_quarantined in the quarantine"
check_licences
echo "and the $keyed_tasks licences are held as they were keyed"
say "the same by reconciliation (对账): digests of both sides, in place of the records"
edge local-tax reconcile local-tax
edge statistics reconcile statistics
sluice quarantine list national-tax
edge local-tax quarantine list local-tax
edge statistics quarantine list statistics
say "the proof"
sluice audit verify

if [ "$keep" = yes ]; then
  add_last_task
  say "the node keeps running (pid $daemon); try"
  cat <<END
  alias sluice='$bin/sluice --config $config'
  sluice status
  https://localhost:$pages_port/ in a browser (its authority is $home/pki/ca.pem), as
    operator, '$(password_of operator)'      sees and corrects what was refused
    clerk, '$(password_of clerk)'            keys the licence that is left
    checker, '$(password_of checker)'        checks it
    reviewer, '$(password_of reviewer)'      settles what the two keyed differently
    supervisor, '$(password_of supervisor)'  adds tasks, and sees how far they are
  sluice batch list
  sluice quarantine show national-tax 1
  sluice dataset read park-approval | head
  curl --cacert $home/pki/ca.pem --cert $home/pki/park.pem --key $home/pki/park.key \\
    -H 'Content-Type: application/json' -d '{"approval_number":"HD-1"}' \\
    https://localhost:$port/v1/datasets/park-approval/records
  alias edge='$bin/sluice --config $home/edge-local-tax/config'
  edge jobs
  edge jobs pause local-tax
  psql -h $tax_database -U sluice exchange -c 'SELECT * FROM "税务登记" LIMIT 5'
  kill $daemon ${edge_pid[*]} $postgresql_pid $mariadb_pid; rm -rf $home     # when you have seen enough
END
  disown -a
else
  say "all good. ./quickstart.sh --keep leaves the node running, to look around"
fi
