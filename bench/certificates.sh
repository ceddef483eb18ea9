# shellcheck shell=bash
# shellcheck disable=SC2154  # run.sh sets the rest
# A throw-away CA and the certificates of a server on 127.0.0.1 and of the bureau that posts to it.

bureau_subject='CN=bench'

make_certificates() {
  local dir=$work/certificates
  [[ ! -d $dir ]] || return 0
  mkdir -m 700 "$dir"
  (
    cd "$dir"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 2 -subj '/CN=bench CA' \
      -keyout ca.key -out ca.pem
    issue server /CN=localhost 'subjectAltName=IP:127.0.0.1,DNS:localhost'
    issue bureau "/$bureau_subject" 'extendedKeyUsage=clientAuth'
  ) >"$work/openssl.log" 2>&1 || die "certificates: $(tail -n 3 "$work/openssl.log")"
}

issue() {
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -subj "$2" -keyout "$1.key" -out "$1.csr"
  printf '%s\nkeyUsage=digitalSignature\n' "$3" >"$1.extensions"
  openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \
    -extfile "$1.extensions" -out "$1.pem"
}
