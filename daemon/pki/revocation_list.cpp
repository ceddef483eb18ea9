#include "pki/revocation_list.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include <fmt/format.h>
#include <openssl/bn.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "pki/authority.h"
#include "pki/written.h"

namespace sluice::pki {
namespace {

namespace openssl = record::openssl;

using List = std::unique_ptr<X509_CRL, openssl::Free<X509_CRL_free>>;
using Integer = std::unique_ptr<ASN1_INTEGER, openssl::Free<ASN1_INTEGER_free>>;
using Enumerated = std::unique_ptr<ASN1_ENUMERATED, openssl::Free<ASN1_ENUMERATED_free>>;
using Moment = std::unique_ptr<ASN1_TIME, openssl::Free<ASN1_TIME_free>>;
using Entry = std::unique_ptr<X509_REVOKED, openssl::Free<X509_REVOKED_free>>;

struct FreeNumber {
  void operator()(BIGNUM* number) const { BN_free(number); }
};

// RFC 5280, 5.3.1; nothing is written for "unspecified".
long reason_number(const std::string& name) {
  static const std::map<std::string, long, std::less<>> numbers = {
      {"keyCompromise", CRL_REASON_KEY_COMPROMISE},
      {"affiliationChanged", CRL_REASON_AFFILIATION_CHANGED},
      {"superseded", CRL_REASON_SUPERSEDED},
      {"cessationOfOperation", CRL_REASON_CESSATION_OF_OPERATION},
      {"privilegeWithdrawn", CRL_REASON_PRIVILEGE_WITHDRAWN}};
  const auto found = numbers.find(name);
  return found == numbers.end() ? CRL_REASON_UNSPECIFIED : found->second;
}

Moment asn1_time(record::Time time) {
  Moment moment(ASN1_TIME_new());
  if (!moment) throw_openssl();
  set_time(moment.get(), time);
  return moment;
}

// Nothing: it is no hexadecimal number.
Integer serial_number(const std::string& hexadecimal) {
  BIGNUM* read = nullptr;
  const int digits = BN_hex2bn(&read, hexadecimal.c_str());
  const std::unique_ptr<BIGNUM, FreeNumber> number(read);
  if (static_cast<std::size_t>(digits) != hexadecimal.size()) return {};
  return Integer(BN_to_ASN1_INTEGER(number.get(), nullptr));
}

Entry entry_of(const Revoked& revoked) {
  Entry entry(X509_REVOKED_new());
  const Integer serial = serial_number(revoked.serial);
  if (!entry || !serial || X509_REVOKED_set_serialNumber(entry.get(), serial.get()) != 1 ||
      X509_REVOKED_set_revocationDate(entry.get(), asn1_time(revoked.at).get()) != 1) {
    throw_openssl();
  }
  const long number = reason_number(revoked.reason);
  if (number == CRL_REASON_UNSPECIFIED) return entry;
  const Enumerated reason(ASN1_ENUMERATED_new());
  if (!reason || ASN1_ENUMERATED_set(reason.get(), number) != 1 ||
      X509_REVOKED_add1_ext_i2d(entry.get(), NID_crl_reason, reason.get(), 0, 0) != 1) {
    throw_openssl();
  }
  return entry;
}

// RFC 5280 wants a number that grows from list to list, and the identifier of who signed.
void number_and_name(X509_CRL* list, X509* issuer, record::Time now) {
  const Integer number(ASN1_INTEGER_new());
  if (!number || ASN1_INTEGER_set_int64(number.get(), now.time_since_epoch().count()) != 1 ||
      X509_CRL_add1_ext_i2d(list, NID_crl_number, number.get(), 0, 0) != 1) {
    throw_openssl();
  }
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, nullptr, nullptr, list, 0);
  const std::unique_ptr<X509_EXTENSION, openssl::Free<X509_EXTENSION_free>> identifier(
      X509V3_EXT_conf_nid(nullptr, &context, NID_authority_key_identifier, "keyid:always"));
  if (!identifier || X509_CRL_add_ext(list, identifier.get(), -1) != 1) throw_openssl();
}

}  // namespace

std::string to_lines(const std::vector<Revoked>& revoked) {
  std::string lines;
  for (const Revoked& one : revoked)
    lines += fmt::format("{} {} {}\n", one.serial, record::to_string(one.at), one.reason);
  return lines;
}

Result<std::vector<Revoked>> read_revoked(const std::filesystem::path& file) {
  std::vector<Revoked> revoked;
  std::ifstream in(file);
  if (!in) {
    return std::unexpected(PkiFailure{
        PkiProblem::unreadable, file.string(),
        "is not there, or can not be read by this user: put it back from a backup; without it "
        "certificates that were taken back would count again"});
  }
  std::size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    std::istringstream words(line);
    Revoked one;
    std::string at;
    words >> one.serial >> at >> one.reason;
    const auto time = record::parse_time(at);
    if (!time || !serial_number(one.serial) ||
        std::ranges::find(revocation_reasons, one.reason) == std::ranges::end(revocation_reasons)) {
      return std::unexpected(PkiFailure{
          PkiProblem::unreadable, fmt::format("{}:{}", file.string(), number),
          "expected a serial number, a moment and a reason, such as `4FA0 "
          "2026-12-01T00:00:00.000Z superseded`: put the file back from a backup; without a line a "
          "certificate that was taken back counts again"});
    }
    one.at = *time;
    revoked.push_back(std::move(one));
  }
  if (in.bad()) {
    return std::unexpected(
        PkiFailure{PkiProblem::unreadable, file.string(), "could not be read to its end"});
  }
  return revoked;
}

std::string revocation_list(const std::vector<Revoked>& revoked, X509* issuer, EVP_PKEY* key,
                            const Period& period) {
  const List list(X509_CRL_new());
  if (!list || X509_CRL_set_version(list.get(), X509_CRL_VERSION_2) != 1 ||
      X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(issuer)) != 1 ||
      X509_CRL_set1_lastUpdate(list.get(), asn1_time(period.from).get()) != 1 ||
      X509_CRL_set1_nextUpdate(list.get(), asn1_time(period.until).get()) != 1) {
    throw_openssl();
  }
  for (const Revoked& one : revoked) {
    Entry entry = entry_of(one);
    if (X509_CRL_add0_revoked(list.get(), entry.get()) != 1) throw_openssl();
    static_cast<void>(entry.release());  // the list's
  }
  number_and_name(list.get(), issuer, period.from);
  X509_CRL_sort(list.get());
  if (X509_CRL_sign(list.get(), key, EVP_sha256()) <= 0) throw_openssl();
  return pem_of([&](BIO* out) { return PEM_write_bio_X509_CRL(out, list.get()); });
}

}  // namespace sluice::pki
