#include "record/certificate_judgement.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <openssl/x509v3.h>

#include "record/certificate_facts.h"
#include "record/openssl_handle.h"
#include "record/try.h"

namespace sluice::record {
namespace {

struct FreeChain {
  void operator()(STACK_OF(X509) * chain) const { sk_X509_pop_free(chain, X509_free); }
};
using CertificateChain = std::unique_ptr<STACK_OF(X509), FreeChain>;

struct FreeLists {
  void operator()(STACK_OF(X509_CRL) * lists) const { sk_X509_CRL_pop_free(lists, X509_CRL_free); }
};
using RevocationLists = std::unique_ptr<STACK_OF(X509_CRL), FreeLists>;

std::string subject_of(const X509* certificate) {
  return openssl::name_text(X509_get_subject_name(certificate));
}

std::string issuer_of(const X509* certificate) {
  return openssl::name_text(X509_get_issuer_name(certificate));
}

// A context for judging `certificate` as of `moment`.
openssl::StoreContext context_of(X509* certificate, const TrustedStore& trusted, Time moment) {
  openssl::StoreContext context(X509_STORE_CTX_new());
  if (!context || X509_STORE_CTX_init(context.get(), trusted.store, certificate, nullptr) != 1) {
    throw std::runtime_error("verifying failed: " + openssl::last_error());
  }
  X509_VERIFY_PARAM_set_time(X509_STORE_CTX_get0_param(context.get()),
                             std::chrono::system_clock::to_time_t(moment));
  return context;
}

SignatureFailure refuse_chain(X509_STORE_CTX* context, X509* certificate, Time made) {
  const int error = X509_STORE_CTX_get_error(context);
  const std::string subject = subject_of(certificate);
  if (error == X509_V_ERR_CERT_HAS_EXPIRED || error == X509_V_ERR_CERT_NOT_YET_VALID) {
    X509* const current = X509_STORE_CTX_get_current_cert(context);
    const CertificateFacts facts = facts_of(current == nullptr ? certificate : current);
    return {
        SignatureProblem::expired, subject,
        fmt::format("it was made at {}, and the certificate of {} (serial number {}) holds from "
                    "{} to {}: renew the certificate of who signs, or set its clock right",
                    to_string(made), facts.subject, facts.serial, to_string(facts.not_before),
                    to_string(facts.not_after))};
  }
  return {SignatureProblem::untrusted, subject,
          fmt::format("the signer's certificate is not one of our authorities': {} (it names {} as "
                      "its issuer; `identity.authorities` must have that one)",
                      X509_verify_cert_error_string(error), issuer_of(certificate))};
}

std::expected<CertificateChain, SignatureFailure> chain_of(X509* certificate,
                                                           const TrustedStore& trusted, Time made) {
  const auto context = context_of(certificate, trusted, made);
  if (X509_verify_cert(context.get()) != 1) {
    return std::unexpected(refuse_chain(context.get(), certificate, made));
  }
  return CertificateChain(X509_STORE_CTX_get1_chain(context.get()));
}

// What is judged elsewhere: the certificates' times for the moment of the signature, revocations by
// their dates.
int look_at_lists_alone(int good, X509_STORE_CTX* context) {
  if (good == 1) return good;
  switch (X509_STORE_CTX_get_error(context)) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
    case X509_V_ERR_CERT_REVOKED:
      return 1;
    default:
      return 0;
  }
}

// An authority that is no more publishes nothing either; its last list will do.
int look_at_lists_of_any_age(int good, X509_STORE_CTX* context) {
  if (good == 1) return good;
  switch (X509_STORE_CTX_get_error(context)) {
    case X509_V_ERR_CRL_HAS_EXPIRED:
    case X509_V_ERR_CRL_NOT_YET_VALID:
      return 1;
    default:
      return look_at_lists_alone(good, context);
  }
}

std::expected<void, SignatureFailure> check_lists_are_there(X509* certificate,
                                                            const TrustedStore& trusted,
                                                            const Judgement& judgement) {
  const auto context = context_of(certificate, trusted, judgement.now());
  X509_VERIFY_PARAM_set_flags(X509_STORE_CTX_get0_param(context.get()),
                              X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
  X509_STORE_CTX_set_verify_cb(
      context.get(), judgement.is_of_kept() ? look_at_lists_of_any_age : look_at_lists_alone);
  if (X509_verify_cert(context.get()) == 1) return {};
  const int error = X509_STORE_CTX_get_error(context.get());
  X509* const current = X509_STORE_CTX_get_current_cert(context.get());
  const std::string authority = issuer_of(current == nullptr ? certificate : current);
  switch (error) {
    case X509_V_ERR_CRL_HAS_EXPIRED:
    case X509_V_ERR_CRL_NOT_YET_VALID:
      return std::unexpected(SignatureFailure{
          SignatureProblem::outdated_list, subject_of(certificate),
          fmt::format(
              "the newest revocation list of {} {}, and one that is in force at {} is "
              "needed: put it into `identity.revocations`, or set this machine's clock right",
              authority,
              error == X509_V_ERR_CRL_HAS_EXPIRED ? "is out of date" : "is of the future",
              to_string(judgement.now()))});
    case X509_V_ERR_UNABLE_TO_GET_CRL:
      return std::unexpected(SignatureFailure{
          SignatureProblem::unlisted, subject_of(certificate),
          fmt::format("there is no revocation list of {}, and one of each authority above the "
                      "signer's certificate is needed, the root's too: put it into "
                      "`identity.revocations`",
                      authority)});
    default:
      return std::unexpected(SignatureFailure{
          SignatureProblem::untrusted, subject_of(certificate),
          fmt::format("the revocation list of {} can not be used: {}; put a good one into "
                      "`identity.revocations`",
                      authority, X509_verify_cert_error_string(error))});
  }
}

// What a list says of a certificate.
struct Revocation {
  Time at{};
  int reason = CRL_REASON_UNSPECIFIED;
};

int reason_of(const X509_REVOKED* entry) {
  const std::unique_ptr<ASN1_ENUMERATED, openssl::Free<ASN1_ENUMERATED_free>> reason(
      static_cast<ASN1_ENUMERATED*>(
          X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, nullptr, nullptr)));
  return reason ? static_cast<int>(ASN1_ENUMERATED_get(reason.get())) : CRL_REASON_UNSPECIFIED;
}

std::optional<Revocation> revocation_in(X509_CRL* list, X509* certificate) {
  X509_REVOKED* entry = nullptr;
  // 2 is "removeFromCRL", which is the opposite.
  if (X509_CRL_get0_by_cert(list, &entry, certificate) != 1) return std::nullopt;
  return Revocation{openssl::time_of(X509_REVOKED_get0_revocationDate(entry)), reason_of(entry)};
}

// Those of the certificate's authority, and not of another of the same name.
std::vector<X509_CRL*> lists_about(X509* certificate, X509* authority,
                                   const STACK_OF(X509_CRL) * lists) {
  std::vector<X509_CRL*> own;
  for (int i = 0; i < sk_X509_CRL_num(lists); ++i) {
    X509_CRL* const list = sk_X509_CRL_value(lists, i);
    X509_REVOKED* entry = nullptr;
    // The signature is looked at only where it matters; few are revoked.
    if (X509_CRL_get0_by_cert(list, &entry, certificate) == 0) continue;
    if (X509_CRL_verify(list, X509_get0_pubkey(authority)) == 1) own.push_back(list);
  }
  ERR_clear_error();
  return own;
}

// A hold can be taken back, and then is in no list any more. (A certificate that has ended may drop
// off a list though it was never taken back.)
bool was_taken_back(X509_CRL* holding, X509* certificate, X509* authority,
                    const STACK_OF(X509_CRL) * lists) {
  const auto issued_at = [](const X509_CRL* list) {
    return openssl::time_of(X509_CRL_get0_lastUpdate(list));
  };
  const Time ends = openssl::time_of(X509_get0_notAfter(certificate));
  for (int i = 0; i < sk_X509_CRL_num(lists); ++i) {
    X509_CRL* const other = sk_X509_CRL_value(lists, i);
    if (issued_at(other) <= issued_at(holding) || issued_at(other) > ends) continue;
    if (revocation_in(other, certificate)) continue;
    if (X509_CRL_verify(other, X509_get0_pubkey(authority)) == 1) return true;
  }
  ERR_clear_error();
  return false;
}

// Whether the key may have been in other hands before anybody noticed.
bool casts_doubt_backwards(int reason) {
  switch (reason) {
    case CRL_REASON_SUPERSEDED:
    case CRL_REASON_CESSATION_OF_OPERATION:
    case CRL_REASON_AFFILIATION_CHANGED:
      return false;
    default:
      return true;
  }
}

// As RFC 5280, 5.3.1 calls them.
std::string_view name_of_reason(int reason) {
  switch (reason) {
    case CRL_REASON_UNSPECIFIED:
      return "no reason given";
    case CRL_REASON_KEY_COMPROMISE:
      return "keyCompromise";
    case CRL_REASON_CA_COMPROMISE:
      return "cACompromise";
    case CRL_REASON_AFFILIATION_CHANGED:
      return "affiliationChanged";
    case CRL_REASON_SUPERSEDED:
      return "superseded";
    case CRL_REASON_CESSATION_OF_OPERATION:
      return "cessationOfOperation";
    case CRL_REASON_CERTIFICATE_HOLD:
      return "certificateHold";
    case CRL_REASON_PRIVILEGE_WITHDRAWN:
      return "privilegeWithdrawn";
    default:
      return "another reason";
  }
}

SignatureFailure revoked_failure(const X509* certificate, const Revocation& revocation,
                                 const Judgement& judgement, const std::string& signer) {
  const bool is_before = revocation.at <= judgement.made();
  return {
      SignatureProblem::revoked, signer,
      fmt::format(
          "it was made at {}, and the certificate of {} (serial number {}) was revoked as of {} "
          "({}){}: if the key was never in other hands, seal anew with another certificate "
          "(`sluice journal new-epoch`); else find out who signed this",
          to_string(judgement.made()), subject_of(certificate), facts_of(certificate).serial,
          to_string(revocation.at), name_of_reason(revocation.reason),
          is_before ? "" : ", which revokes what had not come by then, too")};
}

std::expected<void, SignatureFailure> check_revocations(const STACK_OF(X509) * chain,
                                                        const TrustedStore& trusted,
                                                        const Judgement& judgement) {
  const int count = sk_X509_num(chain);
  X509* const signer = sk_X509_value(chain, 0);
  const auto context = context_of(signer, trusted, judgement.made());
  for (int i = 0; i < count; ++i) {
    X509* const certificate = sk_X509_value(chain, i);
    X509* const authority = sk_X509_value(chain, std::min(i + 1, count - 1));
    const RevocationLists lists(
        X509_STORE_CTX_get1_crls(context.get(), X509_get_issuer_name(certificate)));
    if (!lists) continue;
    for (X509_CRL* list : lists_about(certificate, authority, lists.get())) {
      const auto revocation = revocation_in(list, certificate);
      if (!revocation) continue;
      if (revocation->reason == CRL_REASON_CERTIFICATE_HOLD &&
          was_taken_back(list, certificate, authority, lists.get())) {
        continue;
      }
      const bool works_backwards =
          !judgement.is_of_kept() && casts_doubt_backwards(revocation->reason);
      if (revocation->at <= judgement.made() || works_backwards) {
        return std::unexpected(
            revoked_failure(certificate, *revocation, judgement, subject_of(signer)));
      }
    }
  }
  return {};
}

}  // namespace

std::expected<void, SignatureFailure> judge_certificate(X509* certificate,
                                                        const TrustedStore& trusted,
                                                        const Judgement& judgement) {
  const auto chain = SLUICE_TRY(chain_of(certificate, trusted, judgement.made()));
  if (!trusted.asks_lists) return {};
  SLUICE_TRY(check_lists_are_there(certificate, trusted, judgement));
  return check_revocations(chain.get(), trusted, judgement);
}

}  // namespace sluice::record
