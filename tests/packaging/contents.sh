#!/usr/bin/env bash
# What is in the package, with owners and modes; what is a conffile, what it depends on, and that the
# scripts of its maintainer can be read.
# usage: contents.sh DIR (of the packages)
set -euo pipefail
# shellcheck source=tests/packaging/package.sh
source "$(dirname "$0")/package.sh"
package=$(package_in "$1")

# Folders of many files, which are compared with the tree they come from.
many=' \./usr/share/(doc/sluice/(docs|examples)|sluice/schemas)/'
dpkg-deb -c "$package" | sed -E 's/^([^ ]+) ([^ ]+) +[0-9]+ [^ ]+ [^ ]+ /\1 \2 /' >"$workshop/all"
grep -vE "$many" "$workshop/all" >"$workshop/found" || true
diff -u --label "tests/packaging/contents.txt" --label "the package" \
  <(grep -v '^#' "$project/tests/packaging/contents.txt") <(LC_ALL=C sort -k 3 "$workshop/found") ||
  complain "the package is not what contents.txt says"

# all_of FOLDER AS PATTERN…: every such file of the tree is there, readable by all.
all_of() {
  local folder=$1 as=$2 file
  shift 2
  for file in $(cd "$project/$folder" && git ls-files -- "$@"); do
    grep -qE "^-rw[x-]r-[x-]r-[x-] root/root \./usr/share/$as/${file//./\\.}$" "$workshop/all" || complain "$folder/$file is not in the package"
  done
}
all_of docs doc/sluice/docs '*.md' 'decisions/*.md'
all_of config doc/sluice/examples/config .
all_of packaging/rsyslog doc/sluice/examples/rsyslog .
all_of schemas sluice/schemas '*.json' '*.yaml' '*.sql' codes
grep -E "$many" "$workshop/all" | grep -vE '^(d|l|-rw)' && complain "what is that?"

field() { dpkg-deb -f "$package" "$1"; }
depends=$(field Depends)
for needed in libodbc2 libpq5 libssl3 libsqlite3-0 libc6 systemd; do
  [[ $depends = *"$needed"* ]] || complain "it does not depend on $needed: $depends"
done
version=$(sed -n 's/^project(sluice VERSION \([0-9.]*\).*/\1/p' "$project/CMakeLists.txt")
[[ $(field Version) = "$version"* ]] || complain "its version is $(field Version), and that of the tree $version"

dpkg-deb -e "$package" "$workshop/control"
[[ $(cat "$workshop/control/conffiles") = /etc/default/sluice-backup ]] || complain "conffiles: $(cat "$workshop/control/conffiles")"
for script in preinst postinst prerm postrm; do
  [[ -f $workshop/control/$script ]] || { complain "it has no $script"; continue; }
  sh -n "$workshop/control/$script" || complain "$script can not be read"
done
# The user is there before what it owns; a removal stops the daemon, and an installation starts none.
order=$(grep -nE 'systemd-sysusers|systemd-tmpfiles .*--create' "$workshop/control/postinst" | cut -d : -f 2 | grep -oE 'sysusers|tmpfiles' | paste -sd ' ')
[[ $order = 'sysusers tmpfiles' ]] || complain "postinst makes $order, expected sysusers, then tmpfiles"
# A package of before may stop it at a removal only: the preinst of this one does, once it has seen whether it runs.
order=$(grep -oE "is-active sluiced|invoke stop 'sluiced" "$workshop/control/preinst" | paste -sd ' ')
[[ $order = "is-active sluiced invoke stop 'sluiced" ]] || complain "preinst does $order, expected a look whether sluiced runs, and then its end"
order=$(grep -oE "invoke start 'sluiced|systemctl start sluiced" "$workshop/control/postinst" | paste -sd ' ')
[[ $order = "invoke start 'sluiced systemctl start sluiced" ]] || complain "postinst does $order, expected the start of what is enabled, and then of what ran"
grep -q "deb-systemd-invoke stop 'sluiced.service'" "$workshop/control/prerm" || complain "a removal does not stop sluiced"
grep -q "deb-systemd-helper enable 'sluiced.service'" "$workshop/control/postinst" &&
  ! grep -q "was-enabled 'sluiced.service'" "$workshop/control/postinst" && complain "an installation enables sluiced"

# No debugging symbols in it, and those that are apart are of these programs.
dpkg-deb -x "$package" "$workshop/root"
dpkg-deb -c "$1"/sluice-dbgsym_*.deb >"$workshop/symbols"
for program in sluice sluiced; do
  [[ $(readelf -S "$workshop/root/usr/bin/$program") != *.debug_info* ]] || complain "$program has its debugging symbols in it"
  id=$(readelf -n "$workshop/root/usr/bin/$program" | sed -n 's/ *Build ID: //p')
  grep -qF ".build-id/${id:0:2}/${id:2}.debug" "$workshop/symbols" || complain "the symbols of $program are not in the other package"
done
finish
