// How a certificate is checked and read, for connections and for files alike.
#pragma once

#include <filesystem>
#include <string_view>

#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include "trust/tls_context.h"

namespace sluice::trust {

// For people and for metrics, of an X509_V_ERR_…: "expired".
[[nodiscard]] std::string_view reason_name(int error);

[[nodiscard]] PeerCertificate known_by(const X509* certificate);

// Whether a certificate may take the place of the one that is in use: of the same subject, by which
// others know this node, and not one that does not hold for one that does.
[[nodiscard]] std::expected<void, TlsFailure> check_successor(
    const record::CertificateFacts& in_use, const record::CertificateFacts& next,
    const std::filesystem::path& file, record::Time now);

// Every certificate of a chain is looked for in these lists from now on; none where `revocations`
// is empty.
[[nodiscard]] std::expected<void, TlsFailure> heed_revocations(
    X509_STORE* store, const std::filesystem::path& revocations);

}  // namespace sluice::trust
