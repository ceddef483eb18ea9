// What is asked of a signature beside that it is good: it lies in an archive for years, and must
// prove something then. ECDSA on P-256 or P-384, or RSA from 3072 bits on, with SHA-256 or better
// (128 bits of strength, NIST SP 800-57), by a certificate that is for signing.
#pragma once

#include <optional>
#include <string>

#include <openssl/cms.h>
#include <openssl/x509.h>

namespace sluice::record {

// Each says what was found and what is wanted; nothing: there is nothing to say against it.
[[nodiscard]] std::optional<std::string> unfit_for_signing(X509* certificate);
[[nodiscard]] std::optional<std::string> too_weak_digest(CMS_SignerInfo* signer);

}  // namespace sluice::record
