#include "record/certificate_facts.h"

#include <memory>

#include <fmt/format.h>
#include <openssl/bn.h>
#include <openssl/x509.h>

#include "record/openssl_handle.h"

namespace sluice::record {
namespace {

struct FreeText {
  void operator()(char* text) const { OPENSSL_free(text); }
};

std::string serial_of(const X509* certificate) {
  const std::unique_ptr<BIGNUM, openssl::Free<BN_free>> number(
      ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
  const std::unique_ptr<char, FreeText> text(number ? BN_bn2hex(number.get()) : nullptr);
  return text ? text.get() : "";
}

}  // namespace

std::optional<std::string> why_not_signing(const CertificateFacts& certificate, Time at) {
  if (certificate.holds(at)) return std::nullopt;
  const bool is_over = certificate.not_after < at;
  return fmt::format(
      "this node's certificate (serial number {}) {} {}: nothing is taken, sealed or receipted "
      "until one that holds is in its place; or check this machine's clock",
      certificate.serial, is_over ? "ended at" : "does not begin before",
      to_string(is_over ? certificate.not_after : certificate.not_before));
}

CertificateFacts facts_of(const X509* certificate) {
  return {.subject = openssl::name_text(X509_get_subject_name(certificate)),
          .serial = serial_of(certificate),
          .not_before = openssl::time_of(X509_get0_notBefore(certificate)),
          .not_after = openssl::time_of(X509_get0_notAfter(certificate))};
}

}  // namespace sluice::record
