#!/usr/bin/env bash
# Measures Sluice beside its peers, in one run on one machine; docs/performance.md says what the
# figures mean. Everything is private and thrown away afterwards: a PostgreSQL cluster on a Unix
# socket, a node, certificates, files.
# shellcheck source-path=SCRIPTDIR
# shellcheck disable=SC2034  # the parts use what is set here
set -euo pipefail

bench_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project_dir=$(dirname "$bench_dir")

usage() {
  cat <<'TEXT'
usage: bench/run.sh import [options]   a 1,000,000-row file: psql \copy, pgloader, sluice import
       bench/run.sh direct [options]   single records, 32 at once: pgbench, nginx, posts to sluiced
       bench/run.sh beside [options]   single records, alone and beside calls of 16 MB by another bureau and by the same
       bench/run.sh front-end [options]  a table over ODBC: psql COPY | COPY, logical replication, sluice collect
       bench/run.sh pages [options]    clerks who key records, beside bare inserts and commits; pages' times and bytes
       bench/run.sh start [options]    sluiced from its start until it serves, and at rest, with 10 and with 100 bureaus
options:
  --runs N            repetitions of each, alternating (default 3)
  --only A,B          only these: copy,pgloader,sluice (import); pgbench,nginx,sluice (direct);
                      alone,other,same (beside); copy,native,sluice,mariadb,sqlite (front-end); sqlite,postgresql (pages: the kind of store);
                      10,100 (start: the bureaus)
  --json FILE         every single figure, too
  --build-dir DIR     programs built already (default: builds build/release first)
  --work-dir DIR      where the throw-away files go, on the disk to be measured (default: TMPDIR or /tmp)
 import:
  --rows N            rows of the register (default 1000000; also for front-end)
  --pgloader-bad N    also pgloader with 1 % bad rows, on a register of N rows (it is very slow then)
 direct, beside:
  --connections N     connections at once (default 32; beside: of the small calls)
  --seconds N         of each run (default 10)
 pages:
  --clerks N          at once, beside one alone (default 8)
  --tasks N           keyed in each leg (default 1000)
TEXT
}

die() {
  printf 'bench: %s\n' "$*" >&2
  exit 1
}

say() { printf '%s\n' "$*" >&2; }

# shellcheck source=packages.sh
. "$bench_dir/packages.sh"
# shellcheck source=programs.sh
. "$bench_dir/programs.sh"
# shellcheck source=cluster.sh
. "$bench_dir/cluster.sh"
# shellcheck source=certificates.sh
. "$bench_dir/certificates.sh"
# shellcheck source=../tests/support/shell/held_port.sh
. "$project_dir/tests/support/shell/held_port.sh"
# shellcheck source=node.sh
. "$bench_dir/node.sh"
# shellcheck source=figures.sh
. "$bench_dir/figures.sh"
# shellcheck source=import.sh
. "$bench_dir/import.sh"
# shellcheck source=direct.sh
. "$bench_dir/direct.sh"
# shellcheck source=beside.sh
. "$bench_dir/beside.sh"
# shellcheck source=front_end.sh
. "$bench_dir/front_end.sh"
# shellcheck source=pages.sh
. "$bench_dir/pages.sh"
# shellcheck source=start.sh
. "$bench_dir/start.sh"

clean_up() {
  local status=$?
  trap - EXIT
  stop_large_calls
  stop_nginx
  stop_edge
  stop_node
  stop_source
  stop_exchange_databases
  stop_cluster
  if [[ -n ${work:-} ]]; then rm -rf "$work"; fi
  exit "$status"
}

make_work_dir() {
  work=$(mktemp -d "$work_parent/sluice-bench.XXXXXX")
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  # The cluster's user passes through; what is inside has modes of its own.
  chmod 711 "$work"
  case $(stat -f -c %T "$work") in
    tmpfs | ramfs) die "$work is in memory, so nothing there is durable: choose a disk with --work-dir" ;;
  esac
}

is_number() { [[ $1 =~ ^[1-9][0-9]*$ ]]; }

read_options() {
  runs=3 only='' json='' build_dir='' work_parent=${TMPDIR:-/tmp}
  rows=1000000 pgloader_bad_rows=0 connections=32 seconds=10 clerks=8 tasks=1000
  while [[ $# -gt 0 ]]; do
    [[ $# -ge 2 ]] || { usage >&2; exit 2; }
    case $1 in
      --runs | --rows | --pgloader-bad | --connections | --seconds | --clerks | --tasks)
        is_number "$2" || die "$1 $2: expected a whole number above 0" ;;&
      --runs) runs=$2 ;;
      --rows) rows=$2 ;;
      --pgloader-bad) pgloader_bad_rows=$2 ;;
      --connections) connections=$2 ;;
      --seconds) seconds=$2 ;;
      --clerks) clerks=$2 ;;
      --tasks) tasks=$2 ;;
      --only) only=$2 ;;
      --json) json=$2 ;;
      --build-dir) build_dir=$2 ;;
      --work-dir) work_parent=$2 ;;
      *) usage >&2; exit 2 ;;
    esac
    shift 2
  done
}

# The contestants to run: all of "$@", or those of them that --only names.
choose_contestants() {
  local name
  contestants=()
  for name in "$@"; do
    if [[ -z $only || ,$only, == *,$name,* ]]; then contestants+=("$name"); fi
  done
  [[ ${#contestants[@]} -gt 0 ]] || die "--only $only: expected some of $*"
}

takes_part() { [[ " ${contestants[*]} " == *" $1 "* ]]; }

main() {
  local command=${1:-}
  case $command in
    import | direct | beside | front-end | pages | start) shift ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  read_options "$@"
  case $command in
    import) choose_contestants copy pgloader sluice ;;
    direct) choose_contestants pgbench nginx sluice ;;
    beside) choose_contestants alone other same ;;
    front-end) choose_contestants copy native sluice mariadb sqlite ;;
    pages) choose_contestants sqlite postgresql ;;
    start) choose_contestants 10 100 ;;
  esac
  require_packages "$command"
  find_programs "$command"
  make_work_dir
  "measure_${command/-/_}"
}

main "$@"
