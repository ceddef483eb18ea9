# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154,SC2119  # who sources it uses what it sets; node.sh and levy.sh set, and read, the rest
# A node with something on each of its pages: four bureaus, refused rows of each kind, runs, and a
# comparison that found differences; the tests add what is keyed. Sourced behind node.sh.

# shellcheck source=tests/support/shell/levy.sh
source "$project/tests/support/shell/levy.sh"

# call_bureau ID NAME: what it is called on the pages.
call_bureau() { sed -i "s|^name: .*|name: '$2'|" "$node/config/bureaus/$1.yaml"; }

add_bureaus() {
  add_park_bureau
  call_bureau park 海淀园管委会
  local dataset
  for dataset in register approval; do
    add_schema "$dataset" <<'END_OF_SCHEMA'
{"sluice:dataset": {"owner": "park", "title": "入驻企业"},
 "fields": [{"name": "number", "type": "string", "constraints": {"required": true, "maxLength": 20}},
            {"name": "name", "type": "string"},
            {"name": "capital", "type": "integer", "constraints": {"minimum": 0}}],
 "primaryKey": "number"}
END_OF_SCHEMA
  done
  # What begins by itself does so once, at the start. The comparison is the next one from then on.
  add_levy ", schedule: {run: '@every 48h'}, reconcile: {schedule: {run: '@every 24h'}}"
  call_bureau levy 地税局
  add_bureau quality <<<'channels: {direct: {}}
publishes: [{dataset: licence, channels: [direct]}, {dataset: premises, channels: [direct]}]'
  # As long as a name may become in practice, and more.
  call_bureau quality '<b>质量技术监督局</b>特种设备安全监察与计量认证认可管理处海淀分局（筹备组）'
  add_schema licence <<'END_OF_SCHEMA'
{"sluice:dataset": {"owner": "quality", "title": "许可证"},
 "fields": [
  {"name": "number", "title": "许可证编号", "sluice:group": "主体", "sluice:sensitivity": "open", "constraints": {"required": true}},
  {"name": "holder", "title": "持证单位", "sluice:group": "主体"},
  {"name": "person", "title": "负责人公民身份号码", "sluice:group": "主体", "sluice:sensitivity": "personal"},
  {"name": "former", "title": "曾用名", "sluice:group": "主体"},
  {"name": "scope", "title": "许可范围", "sluice:group": "许可"},
  {"name": "remark", "title": "备注", "sluice:group": "许可"}],
 "primaryKey": "number"}
END_OF_SCHEMA
  # Where shops are, as another bureau knows it before they are keyed.
  add_schema premises <<'END_OF_SCHEMA'
{"sluice:dataset": {"owner": "quality", "title": "场所登记"},
 "fields": [{"name": "shop", "type": "string", "constraints": {"required": true}},
            {"name": "street", "type": "string"}, {"name": "since", "type": "date"}],
 "primaryKey": "shop"}
END_OF_SCHEMA
  add_keying_bureau
}

# industry's clerks key enterprises, which a second person checks, and shops, which nobody does.
add_keying_bureau() {
  mkdir -p "$node/config/schemas/codes"
  cp "$project/schemas/codes/enterprise-type.csv" "$node/config/schemas/codes/"
  add_bureau industry <<'END'
channels: {manual-entry: {}}
publishes:
  - dataset: enterprise
    channels: [manual-entry]
    mapping:
      fields:
        - {field: code, steps: [half-width, trim, upper-case]}
        - {field: capital, steps: [half-width, trim, amount]}
        - {field: currency, from: capital, steps: [half-width, trim, currency]}
        - {field: founded, steps: [{date: "%Y-%m-%d"}]}
  - dataset: shop
    channels: [manual-entry]
    mapping:
      fields:
        - {field: opened, steps: [{date: "%Y-%m-%d"}]}
        - {field: rent, steps: [half-width, trim, amount]}
END
  call_bureau industry 工商分局
  add_schema enterprise <<'END_OF_SCHEMA'
{"sluice:dataset": {"owner": "industry", "title": "企业设立登记"},
 "fields": [
  {"name": "code", "title": "统一社会信用代码", "description": "18 位", "sluice:group": "主体", "sluice:check": "uscc", "constraints": {"required": true}},
  {"name": "name", "title": "企业名称", "sluice:group": "主体", "sluice:verify": "sight", "constraints": {"required": true, "maxLength": 200}},
  {"name": "type", "title": "企业类型", "description": "代码、名称或拼音首字母", "sluice:group": "主体", "sluice:codes": "codes/enterprise-type.csv"},
  {"name": "capital", "title": "注册资本", "type": "number", "sluice:group": "注册", "sluice:verify": "blind", "constraints": {"required": true}},
  {"name": "currency", "title": "币种", "constraints": {"enum": ["CNY"]}},
  {"name": "founded", "title": "成立日期", "type": "date", "sluice:group": "注册"},
  {"name": "scope", "title": "经营范围", "constraints": {"maxLength": 4000}}],
 "primaryKey": "code"}
END_OF_SCHEMA
  add_schema shop <<'END_OF_SCHEMA'
{"sluice:dataset": {"owner": "industry", "title": "个体工商户登记"},
 "fields": [
  {"name": "number", "title": "登记号", "sluice:group": "主体", "constraints": {"required": true}},
  {"name": "name", "title": "字号名称", "sluice:group": "主体", "constraints": {"required": true, "maxLength": 200}},
  {"name": "type", "title": "类型", "sluice:group": "主体", "sluice:codes": "codes/enterprise-type.csv"},
  {"name": "street", "title": "经营场所", "sluice:group": "经营", "sluice:prefill": "premises.street"},
  {"name": "opened", "title": "开业日期", "type": "date", "sluice:group": "经营", "sluice:prefill": "premises.since"},
  {"name": "rent", "title": "年租金", "type": "number", "sluice:group": "经营"},
  {"name": "remark", "title": "备注", "constraints": {"maxLength": 2000}}],
 "primaryKey": "number",
 "foreignKeys": [{"fields": "number", "reference": {"resource": "premises", "fields": "shop"}}]}
END_OF_SCHEMA
}

# Of all levy's 41 payments one is none.
make_exchange_database() {
  sql "CREATE TABLE payment (payer TEXT NOT NULL, number INTEGER NOT NULL, amount TEXT, changed INTEGER, PRIMARY KEY (payer, number));
       WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 40)
       INSERT INTO payment SELECT '中关村纳税人' || i, i, i || '.50', i FROM n;
       INSERT INTO payment VALUES ('Z', 41, '-1', 41)"
}

# A name with what a page could take for its own, a character that turns text around, and one that a
# hidden character joins of several.
hostile='<script>document.title = "taken"</script><img src=x onerror="document.title = 1">"'\''&{{node}}'$'\u202e''txt.exe'$'\U1F600\U1F468\u200d\U1F469\u200d\U1F467\u200d\U1F466'

# Each test has a row of its own: their numbers say which.
send_calls() {
  {
    printf '{"number": "A-%s", "name": "北京中关村软件园发展有限责任公司", "capital": 1000}\n' 1 2 3
    printf '{"number": "to-be-corrected", "name": "联想", "capital": -5}\n'
    printf '{"number": "to-be-discarded", "name": "方正", "capital": -6}\n'
    jq -nc --arg name "$hostile" '{number: "hostile", name: $name, capital: -7}'
    printf '{"number": "a row that is much too long for a number", "name": "四通", "capital": 8}\n'
    printf '{"number": "unknown-field", "nmae": "x"}\n{"number": \n'
  } >"$node/calls"
  [[ $(post park approval "@$node/calls") = 200 ]] || die "the calls were answered: $(<"$node/answer")"
  printf '{"shop": "P-%s", "street": "知春路%s号", "since": "2001-02-0%s"}\n' 1{,,} 2{,,} >"$node/calls"
  [[ $(post quality premises "@$node/calls") = 200 ]] || die "the premises were answered: $(<"$node/answer")"
}

import_file() {
  {
    printf 'number,name,capital\n'
    printf 'B%s,北京同方股份有限公司,500\n' {1..30}
    printf 'B31,缺一列\nB32,不是数字,五百万\nB33,%s,-1\n' "\"${hostile//\"/\"\"}\""
    printf 'B34,\xff\xfe,1\n'
    printf 'C%s,注册资本为负,-%s\n' {1..110}{,}
  } >"$node/register.csv"
  local status=0
  sluice import park "$node/register.csv" --dataset register --json >"$node/imported" || status=$?
  [[ $status -eq 3 ]] || die "the import ended with status $status: $(<"$node/imported")"
}

ended_runs() { sluice jobs history levy --json | jq -s 'map(select(.outcome != "")) | length'; }
have_ended() { [[ $(ended_runs) -ge $1 ]]; }
await_runs() { until_true 60 have_ended "$1" || die "of $1 runs of levy have ended $(ended_runs)"; }

# Each job has run once since the start, and the capture has seen all that there is. Then the table is
# changed behind its back: the comparisons that follow find that.
run_jobs() {
  await_runs 2
  sql "DELETE FROM payment WHERE number IN (7, 8); UPDATE payment SET amount = 1 WHERE number = 12;
       INSERT INTO payment VALUES ('漏采的纳税人', -5, '3.25', 0)"
  local runs
  for runs in 3 4 5; do
    sluice jobs run levy >/dev/null 2>&1
    await_runs "$runs"
  done
}
