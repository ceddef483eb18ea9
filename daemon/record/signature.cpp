#include "record/signature.h"

#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#include "record/certificate_judgement.h"
#include "record/openssl_handle.h"
#include "record/signature_demands.h"
#include "record/try.h"

namespace sluice::record {
namespace {

SignatureFailure unreadable(const std::filesystem::path& file, std::string_view expected) {
  return {SignatureProblem::unreadable, file.string(),
          fmt::format("expected {}; OpenSSL says: {}", expected, openssl::last_error())};
}

openssl::Bio memory(std::string_view bytes) {
  // A null pointer would make no BIO, and no BIO would mean: the content is in the signature.
  if (bytes.data() == nullptr) bytes = "";
  return openssl::Bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

// CMS_verify() of OpenSSL 3.0 makes a BIO of its own of a memory BIO, and forgets it where the
// signature names no digest algorithm (its pull requests 30471 and 30535): of what a peer sends,
// each would leave some memory behind. It takes any other kind as it is.
openssl::Bio memory_for_verifying(std::string_view bytes) {
  openssl::Bio filter(BIO_new(BIO_f_null()));
  openssl::Bio source = memory(bytes);
  if (!filter || !source) throw std::runtime_error("verifying failed: " + openssl::last_error());
  BIO_push(filter.get(), source.release());
  return filter;
}

openssl::Bio open_file(const std::filesystem::path& file) {
  return openssl::Bio(BIO_new_file(file.c_str(), "r"));
}

Time signing_time(CMS_SignerInfo* signer) {
  const auto* attribute = static_cast<const ASN1_TYPE*>(nullptr);
  const int at = CMS_signed_get_attr_by_NID(signer, NID_pkcs9_signingTime, -1);
  if (at >= 0) attribute = X509_ATTRIBUTE_get0_type(CMS_signed_get_attr(signer, at), 0);
  if (attribute == nullptr) return {};
  const ASN1_TIME* time = nullptr;
  if (attribute->type == V_ASN1_UTCTIME) time = attribute->value.utctime;
  if (attribute->type == V_ASN1_GENERALIZEDTIME) time = attribute->value.generalizedtime;
  if (time == nullptr) return {};
  return openssl::time_of(time);
}

}  // namespace

struct Signer::State {
  openssl::Certificate certificate;
  openssl::PrivateKey key;
  CertificateFacts facts;
};

Signer::Signer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Signer::Signer(Signer&&) noexcept = default;
Signer& Signer::operator=(Signer&&) noexcept = default;
Signer::~Signer() = default;

std::expected<Signer, SignatureFailure> Signer::load(const std::filesystem::path& certificate,
                                                     const std::filesystem::path& key) {
  struct stat status {};
  if (stat(key.c_str(), &status) == 0 && (status.st_mode & S_IRWXO) != 0) {
    return std::unexpected(SignatureFailure{
        SignatureProblem::unreadable, key.string(),
        "the private key can be read by everyone on this machine; run chmod 0600 on it"});
  }
  ERR_clear_error();
  auto state = std::make_unique<State>();
  if (const auto file = open_file(certificate)) {
    state->certificate.reset(PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr));
  }
  if (!state->certificate) return std::unexpected(unreadable(certificate, "a PEM certificate"));
  if (const auto file = open_file(key)) {
    state->key.reset(PEM_read_bio_PrivateKey(file.get(), nullptr, openssl::no_passphrase, nullptr));
  }
  if (!state->key)
    return std::unexpected(unreadable(key, "a PEM private key without a passphrase"));
  if (X509_check_private_key(state->certificate.get(), state->key.get()) != 1) {
    return std::unexpected(
        unreadable(key, fmt::format("the private key of {}", certificate.string())));
  }
  if (auto unfit = unfit_for_signing(state->certificate.get())) {
    return std::unexpected(
        SignatureFailure{SignatureProblem::unfit, certificate.string(), std::move(*unfit)});
  }
  state->facts = facts_of(state->certificate.get());
  return Signer(std::move(state));
}

std::string Signer::sign(std::string_view content) const {
  const auto input = memory(content);
  const openssl::CmsContent cms(CMS_sign(state_->certificate.get(), state_->key.get(), nullptr,
                                         input.get(), CMS_DETACHED | CMS_BINARY | CMS_NOSMIMECAP));
  unsigned char* der = nullptr;
  const int size = cms ? i2d_CMS_ContentInfo(cms.get(), &der) : -1;
  if (size < 0) throw std::runtime_error("signing failed: " + openssl::last_error());
  std::string signature(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return signature;
}

const std::string& Signer::subject() const {
  return state_->facts.subject;
}

const CertificateFacts& Signer::certificate() const {
  return state_->facts;
}

struct Verifier::State {
  openssl::CertificateStore store{X509_STORE_new()};
  bool asks_lists = false;
};

Verifier::Verifier(std::unique_ptr<State> state) : state_(std::move(state)) {}
Verifier::Verifier(Verifier&&) noexcept = default;
Verifier& Verifier::operator=(Verifier&&) noexcept = default;
Verifier::~Verifier() = default;

std::expected<Verifier, SignatureFailure> Verifier::load(
    const std::filesystem::path& authorities, const std::filesystem::path& revocations,
    const std::vector<std::filesystem::path>& seen) {
  auto state = std::make_unique<State>();
  if (X509_STORE_load_file(state->store.get(), authorities.c_str()) != 1) {
    return std::unexpected(unreadable(authorities, "the PEM certificates of our authorities"));
  }
  if (!revocations.empty()) {
    X509_LOOKUP* lookup = X509_STORE_add_lookup(state->store.get(), X509_LOOKUP_file());
    if (X509_load_crl_file(lookup, revocations.c_str(), X509_FILETYPE_PEM) < 1) {
      return std::unexpected(unreadable(revocations, "PEM revocation lists"));
    }
    for (const std::filesystem::path& list : seen) {
      // Gone since it was listed: another process has found that others say all of it.
      if (!std::filesystem::exists(list)) continue;
      if (X509_load_crl_file(lookup, list.c_str(), X509_FILETYPE_ASN1) != 1) {
        return std::unexpected(unreadable(
            list,
            "a revocation list in DER that was seen before; if it can not be had back, remove "
            "the file: what it alone knew is forgotten then"));
      }
    }
    state->asks_lists = true;
  }
  return Verifier(std::move(state));
}

std::expected<Signatory, SignatureFailure> Verifier::verify(std::string_view content,
                                                            std::string_view signature,
                                                            const Judgement& judgement) const {
  const auto* der = reinterpret_cast<const unsigned char*>(signature.data());
  const openssl::CmsContent cms(
      d2i_CMS_ContentInfo(nullptr, &der, static_cast<long>(signature.size())));
  const auto* const end =
      reinterpret_cast<const unsigned char*>(signature.data()) + signature.size();
  if (!cms || der != end || CMS_is_detached(cms.get()) != 1) {
    return std::unexpected(unreadable("signature", "a detached CMS SignedData in DER"));
  }
  // Before OpenSSL, which may know nothing of a digest that is too weak, looks at it.
  const STACK_OF(CMS_SignerInfo)* const infos = CMS_get0_SignerInfos(cms.get());
  for (int i = 0; i < sk_CMS_SignerInfo_num(infos); ++i) {
    if (auto weak = too_weak_digest(sk_CMS_SignerInfo_value(infos, i))) {
      return std::unexpected(
          SignatureFailure{SignatureProblem::unfit, "signature", std::move(*weak)});
    }
  }
  const auto input = memory_for_verifying(content);
  // The certificate is judged below, by hand, for a time that the caller names.
  if (CMS_verify(cms.get(), nullptr, nullptr, input.get(), nullptr,
                 CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) != 1) {
    return std::unexpected(SignatureFailure{
        SignatureProblem::wrong_digest, "signature",
        fmt::format("the content is not what was signed: {}", openssl::last_error())});
  }
  const std::unique_ptr<STACK_OF(X509), openssl::Free<[](STACK_OF(X509) * s) { sk_X509_free(s); }>>
      signers(CMS_get0_signers(cms.get()));
  if (!signers || sk_X509_num(signers.get()) != 1) {
    return std::unexpected(unreadable("signature", "exactly one signer"));
  }
  X509* const certificate = sk_X509_value(signers.get(), 0);
  const std::string subject = openssl::name_text(X509_get_subject_name(certificate));
  SLUICE_TRY(judge_certificate(certificate, {state_->store.get(), state_->asks_lists}, judgement));
  if (auto unfit = unfit_for_signing(certificate)) {
    return std::unexpected(SignatureFailure{SignatureProblem::unfit, subject, std::move(*unfit)});
  }
  return Signatory{subject, openssl::name_text(X509_get_issuer_name(certificate)),
                   signing_time(sk_CMS_SignerInfo_value(infos, 0))};
}

}  // namespace sluice::record
