#include "trust/certificate_check.h"

#include <fmt/format.h>
#include <openssl/x509v3.h>

#include "record/openssl_handle.h"

namespace sluice::trust {

std::string_view reason_name(int error) {
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "expired";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "not-yet-valid";
    case X509_V_ERR_CERT_REVOKED:
      return "revoked";
    case X509_V_ERR_CRL_HAS_EXPIRED:
      return "revocation-list-expired";
    case X509_V_ERR_UNABLE_TO_GET_CRL:
      return "revocation-list-missing";
    case X509_V_ERR_INVALID_PURPOSE:
      return "wrong-purpose";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "wrong-name";
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return "unknown-authority";
    default:
      return "bad-certificate";
  }
}

PeerCertificate known_by(const X509* certificate) {
  record::CertificateFacts facts = record::facts_of(certificate);
  return {.subject = std::move(facts.subject),
          .expires = std::chrono::floor<std::chrono::seconds>(facts.not_after),
          .issuer = record::openssl::name_text(X509_get_issuer_name(certificate))};
}

std::expected<void, TlsFailure> check_successor(const record::CertificateFacts& in_use,
                                                const record::CertificateFacts& next,
                                                const std::filesystem::path& file,
                                                record::Time now) {
  if (next.subject != in_use.subject) {
    return std::unexpected(TlsFailure{
        TlsProblem::mismatched, file.string(),
        fmt::format("it is the certificate of {}, and this node is {}: put one of the same subject "
                    "in its place, or restart sluiced to give the node another name",
                    next.subject, in_use.subject)});
  }
  if (in_use.holds(now) && !next.holds(now)) {
    return std::unexpected(TlsFailure{
        TlsProblem::refused, file.string(),
        fmt::format("it holds from {} to {}, which is not now, and the one in use does hold: put "
                    "one in its place that does, or check this machine's clock",
                    record::to_string(next.not_before), record::to_string(next.not_after))});
  }
  return {};
}

std::expected<void, TlsFailure> heed_revocations(X509_STORE* store,
                                                 const std::filesystem::path& revocations) {
  unsigned long flags = X509_V_FLAG_TRUSTED_FIRST;
  if (!revocations.empty()) {
    X509_LOOKUP* lookup = X509_STORE_add_lookup(store, X509_LOOKUP_file());
    if (lookup == nullptr ||
        X509_load_crl_file(lookup, revocations.c_str(), X509_FILETYPE_PEM) < 1) {
      return std::unexpected(
          TlsFailure{TlsProblem::unreadable, revocations.string(),
                     "expected PEM revocation lists: " + record::openssl::last_error()});
    }
    flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL;
  }
  X509_STORE_set_flags(store, flags);
  return {};
}

}  // namespace sluice::trust
