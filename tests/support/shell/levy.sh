# shellcheck shell=bash
# shellcheck disable=SC2154  # node.sh, cases.sh and two_nodes.sh set the rest
# A bureau with an exchange database on an edge, of which payments come to a center. Sourced after
# two_nodes.sh; the test's certificates are those of edge, park and levy.

driver=/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH)/odbc/libsqlite3odbc.so

# add_levy [MORE-OF-CHANNEL]: a bureau whose exchange database says when a row was last changed: it
# tells nobody what was deleted.
add_levy() {
  add_bureau levy <<END
channels:
  front-end: {connection: 'Driver=$driver;Database=$workshop/exchange.db'${1:-}}
publishes:
  - dataset: payment
    channels: [front-end]
    front-end: {table: payment, capture: {kind: watermark, column: changed, look_back_numbers: 0}}
    mapping: {ignore: [changed]}
END
  add_schema payment <<'END'
{"sluice:dataset": {"owner": "levy", "title": "Payments"},
 "fields": [{"name": "payer", "type": "string", "constraints": {"required": true}},
            {"name": "number", "type": "integer", "constraints": {"required": true}},
            {"name": "amount", "type": "number", "constraints": {"minimum": 0}}],
 "primaryKey": ["payer", "number"]}
END
}

# The answer for machines to a command that `try` ran: what a jq path says, and the counts of a comparison.
answer() { jq -r "$1" <<<"$out"; }
found() { answer '"\(.found.missing) \(.found.extra) \(.found.different)"'; }

sql() { sqlite3 -cmd '.timeout 60000' "$workshop/exchange.db" "$1"; }

# Both nodes, and 1000 payments of which the last is not one. MORE-OF-CHANNEL as add_levy has it. The
# center's store is what `store_of_center` says, where that is set.
both_nodes() { # CASE [MORE-OF-CHANNEL] [MORE-YAML-OF-EDGE]
  workshop=$workshop/$1
  mkdir "$workshop"
  trap kill_all EXIT
  sql 'CREATE TABLE payment (payer TEXT NOT NULL, number INTEGER NOT NULL, amount TEXT, changed INTEGER, PRIMARY KEY (payer, number));
       WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 999)
       INSERT INTO payment SELECT CASE i % 3 WHEN 0 THEN char(31246) ELSE char(65 + i % 26) END, i, i || char(46) || 50, i FROM n;
       INSERT INTO payment VALUES (char(90), 1000, -1, 1000)'
  new_center "${store_of_center:-}"
  at center stop_daemon
  sed -i 's/bureaus: \[park\]/bureaus: [park, levy]/' "$workshop/center/config/node.yaml"
  at center add_levy
  at center start_daemon
  new_edge edge "${3:-}"
  at edge add_levy "${2:-}"
  at edge start_daemon
}
