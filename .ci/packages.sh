# What Sluice needs from Debian 12, by name. Sourced by quickstart.sh and tests/run.sh.
# shellcheck shell=bash
# shellcheck disable=SC2034  # who sources it uses them

# To build and run.
sluice_packages=(
  build-essential cmake ninja-build ccache mold pkg-config ca-certificates
  libboost1.81-dev libssl-dev libsqlite3-dev libpq-dev libzstd-dev libfmt-dev libyaml-cpp-dev
  libre2-dev libxxhash-dev libsimdjson-dev libarchive-dev libvalijson-dev libcli11-dev
  libhowardhinnant-date-dev prometheus-cpp-dev unixodbc-dev openssl
  libsodium-dev libpqxx-dev libkainjow-mustache-dev zlib1g-dev
)
# For quickstart.sh's own checking.
quickstart_packages=(
  curl jq sqlite3 bsdextrautils postgresql mariadb-server odbc-postgresql odbc-mariadb
)
# To make the Debian package, and for the tests of what is in it.
packaging_packages=(debhelper dpkg-dev git)
# For the tests, beside those.
test_packages=(
  libgtest-dev libgmock-dev postgresql mariadb-server odbc-postgresql odbc-mariadb libsqliteodbc
  tdsodbc curl jq sqlite3 zstd tar coreutils procps iproute2 clang-19
  libclang-rt-19-dev clang-format nodejs npm chromium fonts-noto-cjk perl-base
  "${packaging_packages[@]}" lintian systemd man-db groff debootstrap zsh strace rsyslog prometheus
)

# install_packages NAME…: installs what is missing; says what to run where it may not.
install_packages() {
  local missing=() name
  for name in "$@"; do
    # npm may come from elsewhere than Debian: what counts is that the command is there.
    case $name in
      nodejs) command -v node >/dev/null && continue ;;
      npm) command -v npm >/dev/null && continue ;;
    esac
    dpkg-query -W -f '${db:Status-Abbrev}' "$name" 2>/dev/null | grep -q '^ii' || missing+=("$name")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      echo "these packages are missing; install them as root: apt-get install ${missing[*]}" >&2
      return 1
    fi
    as_root=(sudo)
  fi
  echo "installing ${#missing[@]} packages: ${missing[*]}"
  "${as_root[@]}" apt-get update -qq
  # A private cluster is started where one is needed: Debian must not make one of its own.
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
    --no-install-recommends "${missing[@]}" >/dev/null
}
