# shellcheck shell=bash
# What the tests of the package share. Sourced; the folder of the packages is the first argument.

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
workshop=$(mktemp -d)
trap 'rm -rf "$workshop"' EXIT
complaints=0

complain() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  complaints=$((complaints + 1))
}
finish() { exit $((complaints > 0)); }
skip() {
  printf '%s: skipped: %s\n' "${0##*/}" "$*"
  exit 77
}
need() {
  command -v "$1" >/dev/null || skip "there is no $1; install it: apt-get install $2"
}

# The package in the folder $1.
package_in() {
  local found=("$1"/sluice_*.deb)
  [[ -f ${found[0]} && ${#found[@]} -eq 1 ]] || {
    printf '%s: %s: expected one package sluice_VERSION_ARCHITECTURE.deb\n' "${0##*/}" "$1" >&2
    exit 1
  }
  printf '%s\n' "${found[0]}"
}

# Its files, in $root.
unpack() {
  root=$workshop/root
  dpkg-deb -x "$(package_in "$1")" "$root"
}
