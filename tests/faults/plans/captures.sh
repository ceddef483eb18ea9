# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # run.sh reads these, and has set the rest
# An edge collects what a bureau's system writes and brings it to the center. After each death, and
# in the end when nobody writes any more, a reconciliation must find both sides the same.
nodes=(center edge)
victims=(edge center edge+center collection)
[[ $store = postgresql ]] || victims+=(exchange) # where the center's own database is not in it
checks=(check_same_sides) last_checks=(check_same_sides check_chains)
latest_pass=4
publish=add_levy
use traffic/writers

make_nodes() {
  create_exchange_database
  new_center "$store_yaml" "[{name: edge, certificate_subject: '$(subject_of edge)', bureaus: [levy]}]"
  new_edge edge 'batch: {rows: 200, age: 100ms}'
}
