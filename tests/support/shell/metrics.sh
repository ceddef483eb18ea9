# shellcheck shell=bash
# shellcheck disable=SC2016,SC2154  # back quotes of a page; node.sh sets the rest
# What tests ask of metrics. Sourced after node.sh.

# What is declared: `NAME TYPE` lines of the table that is made from the declarations.
declared_metrics() { sed -nE 's/^\| `(sluice_[a-z_]+)` \| ([a-z]+) \|.*/\1 \2/p' "$project/docs/metrics.md"; }

# scrape: what the node that the test is at says.
scrape() { curl --silent --max-time 60 --unix-socket "$node/control.socket" http://localhost/metrics; }
# metric NAME{LABELS}: its value; nothing where there is no such sample.
metric() { scrape | awk -v name="$1" '$1 == name { print $2 }'; }
metric_is() { [[ $(metric "$1") = "$2" ]]; }
# await_metric NAME{LABELS} VALUE
await_metric() { until_true 60 metric_is "$@" || fail "$1 is $(metric "$1"), expected $2"; }

# names_of: the names of which there is a sample, in scrapes on standard input; a histogram's is that of
# its count.
names_of() { sed -nE 's/^(sluice_[a-z_]+)(\{.*\})? .*/\1/p' | sed 's/_seconds_count$/_seconds/' | sort -u; }
