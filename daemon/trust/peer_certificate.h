// What is known of the other end of a TLS connection by the certificate that it presented.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace sluice::trust {

// A verified one. The names are RFC 2253 text.
struct PeerCertificate {
  std::string subject;
  std::chrono::sys_seconds expires;
  std::string issuer;
};

// Why one was not taken.
struct CertificateRefusal {
  std::string reason;   // "expired", "revoked", "unknown-authority" …, or "none-presented"
  std::string subject;  // RFC 2253; as the peer claims it, proved by nobody; at most 256 bytes
};

// Of who need not present one: at most one of the two.
struct PresentedCertificate {
  std::optional<PeerCertificate> good{};
  std::optional<CertificateRefusal> refused{};  // it counts as none
};

}  // namespace sluice::trust
