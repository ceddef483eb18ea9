#!/bin/sh
# Makes a development CA and the certificates of one node and of bureaus, for trying Sluice out on
# one machine. Not for a production gateway: the authority's key lies beside what it signs.
#
#   config/dev-ca.sh DIR NODE BUREAU...
#
# Writes into DIR: ca.pem (the authority), ca.key, crl.pem (an empty revocation list), and NAME.pem and
# NAME.key for the node and each bureau. A bureau's subject is CN=BUREAU,O=Sluice development. The node's
# certificate is for localhost, and for what SLUICE_DEV_NAMES says, such as DNS:center.example,IP:10.0.0.1.
# What is there already is kept, so that bureaus can be added later. Needs openssl 3.
set -eu

if [ $# -lt 2 ]; then
  echo "usage: $0 DIR NODE BUREAU..." >&2
  exit 2
fi
dir=$1
node=$2
shift 2
umask 077
mkdir -p "$dir"
cd "$dir"

organisation="Sluice development"
days=365

new_key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"; }

quietly() {
  if ! output=$("$@" 2>&1); then
    printf '%s: %s failed:\n%s\n' "$0" "$1 $2" "$output" >&2
    exit 1
  fi
}

make_authority() {
  [ -e ca.key ] || new_key ca.key
  quietly openssl req -x509 -new -key ca.key -sha256 -days 3650 -out ca.pem \
    -subj "/O=$organisation/CN=Sluice development CA" \
    -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign,cRLSign"
}

make_revocation_list() {
  : > index.txt
  printf '[ca]\ndefault_ca = dev\n[dev]\ndatabase = index.txt\ndefault_md = sha256\n' > ca.cnf
  quietly openssl ca -config ca.cnf -gencrl -keyfile ca.key -cert ca.pem -crldays "$days" -out crl.pem
  rm -f ca.cnf index.txt index.txt.attr
}

# issue NAME EXTENSIONS
issue() {
  if [ -e "$1.pem" ]; then return; fi
  new_key "$1.key"
  quietly openssl req -new -key "$1.key" -subj "/O=$organisation/CN=$1" -out "$1.csr"
  printf '%s\n' "basicConstraints = CA:FALSE" "keyUsage = critical,digitalSignature" "$2" > "$1.ext"
  quietly openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -sha256 -days "$days" \
    -set_serial "0x$(openssl rand -hex 16)" -extfile "$1.ext" -out "$1.pem"
  chmod 644 "$1.pem"
  rm -f "$1.csr" "$1.ext"
}

[ -e ca.pem ] || make_authority
[ -e crl.pem ] || make_revocation_list
chmod 644 ca.pem crl.pem
# A node serves and calls by TLS, and signs batches and receipts (CMS, as in S/MIME).
issue "$node" "extendedKeyUsage = serverAuth,clientAuth,emailProtection
subjectAltName = DNS:localhost,IP:127.0.0.1${SLUICE_DEV_NAMES:+,$SLUICE_DEV_NAMES}"
for bureau in "$@"; do
  issue "$bureau" "extendedKeyUsage = clientAuth"
done
