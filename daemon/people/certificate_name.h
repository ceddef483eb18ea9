// Whose certificate it is, by what stays the same when its authority renews it
// (docs/decisions/0024).
#pragma once

#include <compare>
#include <string>

namespace sluice::people {

// Both are RFC 2253 text. Says nothing of whether the certificate is good: whoever binds or takes
// one has checked it against the authorities.
struct CertificateName {
  std::string issuer;
  std::string subject;
  friend auto operator<=>(const CertificateName&, const CertificateName&) = default;
};

}  // namespace sluice::people
