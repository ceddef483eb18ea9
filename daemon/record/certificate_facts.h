// What a certificate says of itself, as far as it is told to people and asked by us.
#pragma once

#include <optional>
#include <string>

#include "record/manifest.h"

typedef struct x509_st X509;

namespace sluice::record {

struct CertificateFacts {
  std::string subject;  // RFC 2253
  std::string serial;   // hexadecimal, as `openssl x509 -serial` prints it
  Time not_before{};
  Time not_after{};

  [[nodiscard]] bool holds(Time at) const { return not_before <= at && at <= not_after; }
  friend bool operator==(const CertificateFacts&, const CertificateFacts&) = default;
};

// For people, of a node's own certificate: why nothing is signed with it at this moment; nothing:
// it holds.
[[nodiscard]] std::optional<std::string> why_not_signing(const CertificateFacts& certificate,
                                                         Time at);

[[nodiscard]] CertificateFacts facts_of(const X509* certificate);

}  // namespace sluice::record
