# shellcheck shell=bash
# shellcheck disable=SC2154  # quickstart.sh and browser.sh set the rest
# The quick start's manual entry: the people of the bureau that has only paper, who key its licences
# on the pages. Sourced by quickstart.sh, after browser.sh.

keyed_tasks=3

# person NAME CALLED OPTION…: an account, and its first day at a browser of its own.
person() {
  open_browser "$1"
  come_in "$1" "$(sluice user add "$1" --display "$2" "${@:3}" 2>/dev/null)"
}

# The licences on paper: name, code, type, representative, citizen number, capital as it is written,
# district, date of establishment. Of enterprises in the register; the people are those of the approvals.
write_licences() {
  local people=()
  mapfile -t people < <(awk -F '\t' 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "applicant_citizen_id") at = i }
    NR > 1 && NR <= 4 { print $at }' "$home/approvals.tsv")
  sed -n "2,$((keyed_tasks + 1))p" "$home/register.tsv" | awk -F '\t' -v OFS='\t' -v people="${people[*]}" '
    BEGIN { split(people, person, " "); split("1,000万元 1000(万元) 1,000(万美元)", capital, " ") }
    { print $1, $2, "1100", "王" NR, person[NR], capital[NR], "110108", $3 }' >"$home/licences.txt"
}

add_task() { # TITLE
  send /supervision/tasks bureau=industry-commerce dataset=enterprise-licence "title=$1" priority=0 due=
  expect "adding the task $1" "$code" 303
  visit /supervision
}
# take WORK: the next task to key, check or review; sets `number`.
take() {
  visit /entry
  send /entry/next "work=$1" bureau=industry-commerce
  expect "taking a task to $1" "$code" 303
  follow
  expect "the desk" "$code" 200
  number=${place#/entry/}
}
# hand_in STEP FIELD=VALUE…: a desk's form.
hand_in() {
  send "/entry/$number/$1" "version=$(sed -n 's/.*name="version" value="\([^"]*\)".*/\1/p' <<<"$page" | head -n 1)" "${@:2}"
  expect "status of $1" "$code" 303
}

seat_people() {
  person supervisor 科长 --role supervisor --bureau industry-commerce
  person clerk 录入员 --role clerk --bureau industry-commerce
  person checker 复核员 --role checker --bureau industry-commerce
  person reviewer 审核员 --role reviewer --bureau industry-commerce
}

key_licences() {
  local name credit_code type representative citizen capital district established nth
  write_licences
  open_browser supervisor
  visit /supervision
  for nth in $(seq "$keyed_tasks"); do add_task "设立登记 $nth"; done
  open_browser clerk
  while IFS=$'\t' read -r name credit_code type representative citizen capital district established; do
    take key
    hand_in save "field.enterprise_name=$name" "field.credit_code=$credit_code" "field.enterprise_type=$type" \
      "field.representative_name=$representative" "field.representative_citizen_id=$citizen" \
      "field.registered_capital=$capital" "field.region_code=$district" "field.established_on=$established"
  done <"$home/licences.txt"
  open_browser checker
  nth=0
  while IFS=$'\t' read -r name credit_code type representative citizen capital district established; do
    take check
    # A slip of the second person's: ten times what stands on the last licence.
    [ "$((nth += 1))" -lt "$keyed_tasks" ] || capital=${capital/1,000/10,000}
    hand_in save confirm.enterprise_name=yes "field.representative_citizen_id=$citizen" "field.registered_capital=$capital"
  done <"$home/licences.txt"
  open_browser reviewer
  take review
  hand_in settle choice.registered_capital=first note=与原件一致
  until_held
}

# For who looks around.
add_last_task() {
  open_browser supervisor
  visit /supervision
  add_task "设立登记 $((keyed_tasks + 1))"
}

held_licences() { { sluice dataset read enterprise-licence 2>/dev/null || true; } | tail -n +2; }
until_held() {
  local attempt
  for attempt in $(seq 300); do
    if [ "$(held_licences | wc -l)" -ge "$keyed_tasks" ]; then return 0; fi
    sleep 0.1
  done
  die "after $((attempt / 10)) s the licences are not in the central store"
}

# Ten million each, in the currency that is written.
check_licences() {
  held_licences | LC_ALL=C sort >"$home/licences-held.txt"
  awk -F '\t' -v OFS='\t' '{ print $1, $2, $3, $4, $5, "10000000", $6 ~ /美元/ ? "USD" : "CNY", "\\N", $7, $8, "\\N", "\\N" }' \
    "$home/licences.txt" | LC_ALL=C sort >"$home/licences-keyed.txt"
  cmp --silent "$home/licences-keyed.txt" "$home/licences-held.txt" ||
    die "the store does not hold the licences that were keyed:
$(diff "$home/licences-keyed.txt" "$home/licences-held.txt")"
}

manual_entry_row() { # SECONDS: a line of the closing table
  local applied quarantined
  quarantined=$(sluice quarantine export industry-commerce | wc -l)
  applied=$(sluice batch list --bureau industry-commerce --json | jq -s '[.[] | .upserts + .deletes] | add // 0')
  awk -v a="$applied" -v q="$quarantined" -v s="$1" \
    'BEGIN { printf "industry-commerce enterprise-licence manual-entry %d %d %d %s %.1f\n", a + q, q, a, s, (a + q) / s }'
}
