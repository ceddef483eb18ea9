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

// Every certificate of a chain is looked for in these lists from now on; none where `revocations`
// is empty.
[[nodiscard]] std::expected<void, TlsFailure> heed_revocations(
    X509_STORE* store, const std::filesystem::path& revocations);

}  // namespace sluice::trust
