# shellcheck shell=bash
# shellcheck disable=SC2016  # the backticks are MariaDB's, not the shell's
# shellcheck disable=SC2154  # quickstart.sh sets the rest
# The quick start's two front-end bureaus: their exchange databases, and the edge nodes beside them.
# Sourced by quickstart.sh, after exchange_databases.sh.

declare -A edge_pid=()
tax_database=
statistics_database=

# What the two bureaus' own systems have written so far: about enterprises of the register.
fill_exchange_databases() { # REGISTER.TSV
  tax_database=$home/tax-database
  statistics_database=$home/statistics-database
  start_postgresql "$tax_database"
  start_mariadb "$statistics_database"
  {
    echo 'CREATE TABLE "税务登记" ("纳税人识别号" varchar(20) PRIMARY KEY, "统一社会信用代码" varchar(18),
      "纳税人名称" varchar(200), "主管税务所" varchar(60), "登记日期" date, "应纳税额" numeric(18,2),
      "登记状态" char(1) NOT NULL, "更新时间" timestamp NOT NULL);'
    echo 'COPY "税务登记" FROM STDIN;'
    # One credit code is wrong.
    tail -n +2 "$1" | awk -F '\t' -v OFS='\t' 'NR <= 2000 {
      code = NR == 7 ? "91110108MA000016X1" : $2
      print $2, code, $1, "第" 1 + NR % 12 "税务所", $3, (NR * 37) % 100000 / 100, 1 + NR % 3, "2026-11-23 08:00:00" }'
    echo '\.'
  } | on_postgresql "$tax_database"
  {
    echo 'CREATE TABLE `统计年报` (`统一社会信用代码` varchar(18), `年度` int, `行业代码` varchar(6),
      `从业人数` int, `营业收入` decimal(18,2), PRIMARY KEY (`统一社会信用代码`, `年度`));'
    # One return has fewer than no employees.
    tail -n +2 "$1" | awk -F '\t' -v quote="'" 'BEGIN { print "START TRANSACTION;" } NR <= 1500 {
      for (year = 2024; year <= 2025; ++year) {
        printf "INSERT INTO `统计年报` VALUES (%s%s%s, %d, %s65%02d%s, %d, %.2f);\n", quote, $2, quote, year, quote,
          NR % 100, quote, NR == 9 && year == 2025 ? -1 : NR % 500, NR * 1234.5 + year } } END { print "COMMIT;" }'
  } | on_mariadb "$statistics_database"
}

# An edge node beside one bureau's database: its own journal, no central store, an uplink to the center.
start_edge() { # BUREAU DATASET CONNECTION [PASSWORD]
  local bureau=$1 dataset=$2 edge=$home/edge-$1
  mkdir -p "$edge/config/bureaus" "$edge/config/schemas"
  sh config/dev-ca.sh "$home/pki" "edge-$bureau" "$bureau"
  cp "schemas/$dataset.json" "$edge/config/schemas/"
  printf '%s\n' "${4:-}" >"$edge/password"
  sed -e "s|^\( *connection:\).*|\1 $3|" -e "s|^\( *password_file:\).*|\1 $edge/password|" \
    -e '/^ *\(blackout\|jitter\|missed\|time_limit\):/d' -e 's|run: "[^"]*"|run: "@every 2s"|' -e 's|, jitter: [0-9a-z]*||' \
    "config/front-end/bureaus/$bureau.yaml" >"$edge/config/bureaus/$bureau.yaml"
  cat >"$edge/config/node.yaml" <<END
node: {name: edge-$bureau, state_directory: $edge/state, control_socket: $edge/control.sock}
identity:
  certificate: $home/pki/edge-$bureau.pem
  key: $home/pki/edge-$bureau.key
  authorities: $home/pki/ca.pem
  revocations: $home/pki/crl.pem
uplink:
  addresses: ["https://localhost:$port"]
  center_subject: CN=quickstart-node,O=Sluice development
END
  "$bin/sluiced" --config "$edge/config" --check-config
  "$bin/sluiced" --config "$edge/config" 2>"$edge/sluiced.log" &
  edge_pid[$bureau]=$!
}

edge() { # BUREAU COMMAND…: the command on that bureau's edge
  "$bin/sluice" --config "$home/edge-$1/config" "${@:2}"
}

# The bureaus go on working while their databases are collected from.
change_exchange_databases() {
  on_postgresql "$tax_database" <<'SQL'
UPDATE "税务登记" SET "应纳税额" = "应纳税额" + 1, "更新时间" = now() AT TIME ZONE 'Asia/Shanghai'
 WHERE "登记状态" = '2';
INSERT INTO "税务登记" SELECT 'NEW' || n, '91110108MA000016X0', '新登记企业' || n, '第1税务所', '2026-11-23', n, '1',
  now() AT TIME ZONE 'Asia/Shanghai' FROM generate_series(1, 25) n;
SQL
  on_mariadb "$statistics_database" <<'SQL'
UPDATE `统计年报` SET `从业人数` = `从业人数` + 1 WHERE `行业代码` = '6510' AND `从业人数` >= 0;
DELETE FROM `统计年报` WHERE `行业代码` = '6520' AND `年度` = 2024;
INSERT INTO `统计年报` VALUES ('91110108MA000016X0', 2025, '6599', 3, 12.30);
SQL
}

# What the databases hold, in the center's columns, as far as its schema takes it.
tax_records() {
  on_postgresql "$tax_database" <<'SQL'
SELECT "纳税人识别号", "统一社会信用代码", "应纳税额"::float8 FROM "税务登记" WHERE "统一社会信用代码" <> '91110108MA000016X1'
SQL
}
statistics_records() {
  on_mariadb "$statistics_database" <<'SQL'
SELECT `统一社会信用代码`, `年度`, `从业人数` FROM `统计年报` WHERE `从业人数` >= 0
SQL
}

agrees() { # DATASET FIELDS RECORDS: whether the center holds what the bureau's database does
  { sluice dataset read "$1" 2>/dev/null || true; } | tail -n +2 | cut -f "$2" | LC_ALL=C sort >"$home/held-$1.txt"
  "$3" | LC_ALL=C sort >"$home/source-$1.txt"
  cmp --silent "$home/held-$1.txt" "$home/source-$1.txt" && [ -s "$home/held-$1.txt" ]
}

await_agreement() { # DATASET FIELDS RECORDS
  local attempt
  for attempt in $(seq 150); do
    if agrees "$@"; then return 0; fi
    sleep 0.2
  done
  die "$1: after $((attempt / 5)) s the center does not hold what the bureau's database does:
$(diff "$home/source-$1.txt" "$home/held-$1.txt" | head -n 5)"
}

front_end_row() { # BUREAU DATASET SECONDS: a line of the closing table
  local quarantined applied
  quarantined=$(edge "$1" quarantine export "$1" | wc -l)
  applied=$(sluice batch list --bureau "$1" --json | jq -s '[.[] | .upserts + .deletes] | add // 0')
  awk -v b="$1" -v d="$2" -v a="$applied" -v q="$quarantined" -v s="$3" \
    'BEGIN { print b, d, "front-end", a + q, q, a, s, int((a + q) / s) }'
}

stop_edges() {
  local bureau
  for bureau in "${!edge_pid[@]}"; do
    kill "${edge_pid[$bureau]}" 2>/dev/null || true
    wait "${edge_pid[$bureau]}" 2>/dev/null || true
  done
}
