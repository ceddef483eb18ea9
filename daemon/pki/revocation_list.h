// The list by which verifiers learn of certificates that were taken back, and the lines that it is
// made from.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "pki/certificate.h"
#include "pki/failure.h"

namespace sluice::pki {

struct Revoked {
  std::string serial;  // hexadecimal
  record::Time at{};
  std::string reason;  // one of revocation_reasons
};

// A line each: "4FA0… 2026-12-01T00:00:00.000Z superseded".
[[nodiscard]] std::string to_lines(const std::vector<Revoked>& revoked);
// An authority has one from its beginning on: one that is missing is a failure.
[[nodiscard]] Result<std::vector<Revoked>> read_revoked(const std::filesystem::path& file);

// PEM, signed by the issuer's key.
[[nodiscard]] std::string revocation_list(const std::vector<Revoked>& revoked, X509* issuer,
                                          EVP_PKEY* key, const Period& period);

}  // namespace sluice::pki
