#!/usr/bin/env bash
# Runs a command as a service manager, cron or a container would: without a locale, a home or a
# terminal. Only what finds programs stays, and what tells sanitizers and our tests what to do.
#   tests/support/shell/empty_environment.sh COMMAND…
set -euo pipefail
kept=("PATH=$PATH")
for name in TMPDIR ASAN_OPTIONS UBSAN_OPTIONS TSAN_OPTIONS "${!SLUICE_@}"; do
  [[ -z ${!name:-} ]] || kept+=("$name=${!name}")
done
exec env -i "${kept[@]}" "$@" </dev/null
