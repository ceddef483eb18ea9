// Detached CMS signatures (RFC 5652) over manifests and receipts, by OpenSSL: what
// `openssl cms -verify -binary -content manifest.json` checks without us.
#pragma once

#include <expected>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "record/certificate_facts.h"
#include "record/failure.h"
#include "record/judgement.h"
#include "record/manifest.h"

namespace sluice::record {

enum class SignatureProblem {
  unreadable,     // a key, certificate or signature is not what it should be
  wrong_digest,   // the content is not what was signed
  untrusted,      // no path to an authority of ours
  expired,        // a certificate above it did not hold when it was made
  revoked,        // one was revoked by then, or for a reason that works backwards
  unfit,          // too weak, or by a certificate that is not for signing
  unlisted,       // no revocation list of ours covers one of its authorities
  outdated_list,  // the newest list of one is not in force now
};
using SignatureFailure = Failure<SignatureProblem>;

// A node's signing key and certificate. Thread-safe.
class Signer {
 public:
  // PEM files. The key's file must not be readable by others than its owner and group. One whose
  // signatures a Verifier would refuse as `unfit` is refused here.
  [[nodiscard]] static std::expected<Signer, SignatureFailure> load(
      const std::filesystem::path& certificate, const std::filesystem::path& key);
  Signer(Signer&&) noexcept;
  Signer& operator=(Signer&&) noexcept;
  ~Signer();

  // DER of a detached CMS SignedData with the signer's certificate and the signing time.
  [[nodiscard]] std::string sign(std::string_view content) const;
  // RFC 2253 text of the certificate's subject.
  [[nodiscard]] const std::string& subject() const;
  [[nodiscard]] const CertificateFacts& certificate() const;

 private:
  struct State;
  explicit Signer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Who signed.
struct Signatory {
  std::string subject;  // RFC 2253, and so the next
  std::string issuer;
  // As the signature claims beside what is signed; nothing is judged by it, since what is signed
  // tells its time itself.
  Time signed_at{};
};

// The authorities whose word counts. Thread-safe.
class Verifier {
 public:
  // PEM bundles; `revocations` may be empty (no CRL is then checked). Else it must have one of each
  // authority of a signer's chain. `seen`: the DER files of lists that were in force once, whose
  // entries count still.
  [[nodiscard]] static std::expected<Verifier, SignatureFailure> load(
      const std::filesystem::path& authorities, const std::filesystem::path& revocations,
      const std::vector<std::filesystem::path>& seen = {});
  Verifier(Verifier&&) noexcept;
  Verifier& operator=(Verifier&&) noexcept;
  ~Verifier();

  [[nodiscard]] std::expected<Signatory, SignatureFailure> verify(std::string_view content,
                                                                  std::string_view signature,
                                                                  const Judgement& judgement) const;

 private:
  struct State;
  explicit Verifier(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sluice::record
