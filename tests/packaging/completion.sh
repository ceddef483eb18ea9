#!/usr/bin/env bash
# What bash and zsh complete: loaded as a shell does, asked as a person does by the tabulator key.
# usage: completion.sh DIR (of the packages)
set -euo pipefail
# shellcheck source=tests/packaging/package.sh
source "$(dirname "$0")/package.sh"
unpack "$1"
# shellcheck source=/dev/null
source "$root/usr/share/bash-completion/completions/sluice"
compopt() { :; } # only where a shell completes

mkdir -p "$workshop/config/bureaus" "$workshop/config/schemas"
touch "$workshop/config/bureaus/"{park,local-tax}.yaml "$workshop/config/schemas/register.json"

# completed WORD…: the last one is what stands before the cursor.
completed() {
  COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
  COMPREPLY=()
  _sluice
  printf '%s\n' "${COMPREPLY[@]}" | sort | paste -sd ' '
}
# expect WANTED WORD…
expect() {
  local found
  found=$(completed "${@:2}")
  [[ $found = "$1" ]] || complain "\`${*:2}\` is completed by \`$found\`, expected \`$1\`"
}
expect 'import' sluice imp
expect 'reconcile reload report restore' sluice re
expect 'list' sluice task li
expect '--json' sluice status --j
expect 'reassign reopen' sluice --config "$workshop/config" task re
expect 'local-tax park' sluice --config "$workshop/config" import ''
expect 'park' sluice --config "$workshop/config" import p
expect 'register' sluice --config "$workshop/config" import park --dataset ''
# Whoever may make a file there is not to have what its name says done as who completes.
touch "$workshop/config/bureaus/"'$(touch done).yaml' "$workshop/config/schemas/"'`touch done`.json'
(
  cd "$workshop"
  expect 'local-tax park' sluice --config "$workshop/config" import ''
  expect 'register' sluice --config "$workshop/config" import park --dataset ''
  [[ ! -e done ]] || complain "the name of a file was run as a command"
)
expect '' sluice --config /et
expect '' sluice man # it is hidden

complete -p sluice | grep -q _sluice || complain "bash does not ask it"

need zsh zsh
zsh -n "$root/usr/share/zsh/vendor-completions/_sluice" || complain "zsh can not read its completion"
head -n 1 "$root/usr/share/zsh/vendor-completions/_sluice" | grep -qx '#compdef sluice' || complain "zsh does not find its completion"
finish
