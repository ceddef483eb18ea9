#!/usr/bin/env bash
# What Debian's own checker says of the package: nothing. Overrides have their reasons beside them
# (packaging/debian/sluice.lintian-overrides).
# usage: lintian.sh DIR (of the packages)
set -euo pipefail
# shellcheck source=tests/packaging/package.sh
source "$(dirname "$0")/package.sh"
need lintian lintian

lintian --fail-on error,warning "$1"/*.deb 2>"$workshop/warnings" || {
  cat "$workshop/warnings" >&2
  complain "lintian is not content; see above"
}
finish
