#include "pki/certificate.h"

#include <array>

#include <openssl/bn.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "pki/written.h"

namespace sluice::pki {
namespace {

// RFC 5280, 4.1.2.2: positive, at most 20 octets; 127 bits of chance, so that nobody foresees what
// will be signed.
void set_random_serial(X509* certificate) {
  const std::unique_ptr<BIGNUM, record::openssl::Free<BN_free>> number(BN_new());
  constexpr int bits = 127;
  if (!number || BN_rand(number.get(), bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) != 1 ||
      BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) == nullptr) {
    throw_openssl();
  }
}

}  // namespace

Period period_from(record::Time now, std::chrono::days lifetime) {
  constexpr std::chrono::hours clocks_differ{1};
  return {now - clocks_differ, now + lifetime};
}

void set_time(ASN1_TIME* target, record::Time time) {
  if (ASN1_TIME_set(target, std::chrono::system_clock::to_time_t(time)) == nullptr) throw_openssl();
}

record::openssl::Certificate blank_certificate(const X509_NAME* subject, EVP_PKEY* key,
                                               const Period& period) {
  record::openssl::Certificate certificate(X509_new());
  if (!certificate || X509_set_version(certificate.get(), X509_VERSION_3) != 1 ||
      X509_set_subject_name(certificate.get(), subject) != 1 ||
      X509_set_pubkey(certificate.get(), key) != 1) {
    throw_openssl();
  }
  set_random_serial(certificate.get());
  set_time(X509_getm_notBefore(certificate.get()), period.from);
  set_time(X509_getm_notAfter(certificate.get()), period.until);
  return certificate;
}

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, record::openssl::Free<X509_EXTENSION_free>> extension(
      X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  if (!extension || X509_add_ext(certificate, extension.get(), -1) != 1) throw_openssl();
}

void sign_certificate(X509* certificate, EVP_PKEY* key) {
  if (X509_sign(certificate, key, EVP_sha256()) <= 0) throw_openssl();
}

std::string certificate_pem(X509* certificate) {
  return pem_of([&](BIO* out) { return PEM_write_bio_X509(out, certificate); });
}

}  // namespace sluice::pki
