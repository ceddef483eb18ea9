#!/usr/bin/env bash
# What the backup of every night keeps and removes; `sluice backup` itself is tested elsewhere.
set -euo pipefail
# shellcheck source=tests/packaging/package.sh
source "$(dirname "$0")/package.sh"

export SLUICE_BACKUP_DIRECTORY=$workshop/backups SLUICE_BACKUP_KEEP=2
mkdir "$workshop/bin" "$SLUICE_BACKUP_DIRECTORY"
cat >"$workshop/bin/sluice" <<'END'
#!/bin/sh
[ -z "${FAILS:-}" ] || exit 1
for last; do :; done
mkdir "$last" && touch "$last/manifest.json"
END
cat >"$workshop/bin/date" <<'END'
#!/bin/sh
[ -n "${NOW:-}" ] && echo "$NOW" || exec /bin/date "$@"
END
chmod +x "$workshop/bin/sluice" "$workshop/bin/date"
run() { PATH=$workshop/bin:$PATH "$project/systemd/scheduled-backup" >"$workshop/said" 2>&1; }
here() { find "$SLUICE_BACKUP_DIRECTORY" -mindepth 1 -maxdepth 1 -printf '%f\n' | sort | paste -sd ' '; }
expect() { [[ $2 = "$3" ]] || complain "$1: found \`$2\`, expected \`$3\`"; }

for day in 1 2 3; do
  mkdir "$SLUICE_BACKUP_DIRECTORY/2026-01-0${day}T020000Z"
  touch "$SLUICE_BACKUP_DIRECTORY/2026-01-0${day}T020000Z/manifest.json"
done
mkdir "$SLUICE_BACKUP_DIRECTORY/by-hand" "$SLUICE_BACKUP_DIRECTORY/2026-01-04T020000Z" \
  "$SLUICE_BACKUP_DIRECTORY/2026-01-05T020000Z.partial"

if FAILS=1 run; then complain "a backup that failed is told as made"; fi
expect "after a failure" "$(here)" "2026-01-01T020000Z 2026-01-02T020000Z 2026-01-03T020000Z 2026-01-04T020000Z by-hand"
run || complain "a backup failed: $(cat "$workshop/said")"
[[ -d $SLUICE_BACKUP_DIRECTORY/2026-01-03T020000Z && ! -e $SLUICE_BACKUP_DIRECTORY/2026-01-02T020000Z ]] ||
  complain "of three and a new one the newest two stay; found $(here)"
[[ -d $SLUICE_BACKUP_DIRECTORY/by-hand && -d $SLUICE_BACKUP_DIRECTORY/2026-01-04T020000Z ]] ||
  complain "what this did not make is gone: $(here)"

# A clock that was years ahead once: its backups are newer by name, and by no name this one's.
for day in 1 2; do
  mkdir "$SLUICE_BACKUP_DIRECTORY/2999-01-0${day}T020000Z"
  touch "$SLUICE_BACKUP_DIRECTORY/2999-01-0${day}T020000Z/manifest.json"
done
if NOW=2998-12-31T020000Z run; then complain "a clock that was wrong is not told"; fi
grep -q 'seems to be older than 2 others, so the clock is or was wrong; remove those' "$workshop/said" ||
  complain "it does not say what to do: $(cat "$workshop/said")"
[[ -e $SLUICE_BACKUP_DIRECTORY/2998-12-31T020000Z/manifest.json ]] || complain "the backup that was just made is gone: $(here)"
[[ $(here) = *"2999-01-01T020000Z 2999-01-02T020000Z by-hand" ]] || complain "a backup was removed that only a person may: $(here)"
rm -r "$SLUICE_BACKUP_DIRECTORY"/299*

for keep in '' 0 many -1; do
  if SLUICE_BACKUP_KEEP=$keep run && [[ -n $keep ]]; then complain "SLUICE_BACKUP_KEEP=$keep is taken"; fi
done
if SLUICE_BACKUP_DIRECTORY=$workshop/nowhere run; then complain "a directory that is not there is taken"; fi
grep -q 'there is no such directory; make it' "$workshop/said" || complain "it does not say what to do: $(cat "$workshop/said")"
finish
