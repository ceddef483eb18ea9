# shellcheck shell=bash
# What the benchmark needs from Debian, named all at once.

require_packages() {
  local missing=()
  require() { command -v "$1" >/dev/null || missing+=("$2"); }
  require jq jq
  require column bsdextrautils
  require setpriv util-linux
  require openssl openssl
  require psql postgresql-client
  [[ -x /usr/bin/time ]] || missing+=(time)
  postgresql_bin || missing+=(postgresql)
  if takes_part pgloader; then require pgloader pgloader; fi
  if [[ $1 = front-end ]]; then
    odbc_driver=$(find /usr/lib -name psqlodbcw.so -print -quit 2>/dev/null)
    [[ -n $odbc_driver ]] || missing+=(odbc-postgresql)
    if takes_part mariadb; then
      require mariadbd mariadb-server
      [[ -e ${odbc_driver%/*}/libmaodbc.so ]] || missing+=(odbc-mariadb)
    fi
    if takes_part sqlite; then
      require sqlite3 sqlite3
      [[ -e ${odbc_driver%/*}/libsqlite3odbc.so ]] || missing+=(libsqliteodbc)
    fi
  fi
  if [[ $1 = pages ]]; then require curl curl; fi
  if takes_part nginx; then
    PATH=$PATH:/usr/sbin require nginx nginx-light
  fi
  if [[ ${#missing[@]} -gt 0 ]]; then
    die "packages are missing; install them with: apt-get install ${missing[*]}"
  fi
}

# Sets `pg_bin` to the newest server's programs.
postgresql_bin() {
  local candidate
  pg_bin=''
  for candidate in /usr/lib/postgresql/*/bin; do
    if [[ -x $candidate/initdb ]]; then pg_bin=$candidate; fi
  done
  [[ -n $pg_bin ]]
}
