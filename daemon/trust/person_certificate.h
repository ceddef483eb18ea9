// The certificate of a person in a file, before it is bound to an account: an operator is told of
// the wrong file at once, and not by whoever can not sign in.
#pragma once

#include "trust/tls_context.h"

namespace sluice::trust {

// The first certificate of a PEM file; those behind it are intermediates. Where there are
// `authorities`, fails (`refused`) where a connection would not take it now.
[[nodiscard]] std::expected<PeerCertificate, TlsFailure> read_person_certificate(
    const std::filesystem::path& file, const std::filesystem::path& authorities,
    const std::filesystem::path& revocations);

}  // namespace sluice::trust
