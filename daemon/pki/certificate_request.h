// What a node, or a bureau's system, asks an authority to certify (PKCS#10): its key, its subject,
// and the names that it is called by.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pki/failure.h"
#include "record/openssl_handle.h"

namespace sluice::pki {

// PEM. `hosts`: DNS names and IP addresses.
[[nodiscard]] Result<std::string> make_request(EVP_PKEY* key, const std::string& subject,
                                               const std::vector<std::string>& hosts);

struct CertificateRequest {
  std::string subject;              // RFC 2253
  std::vector<std::string> hosts;   // DNS names and IP addresses, in its order
  record::openssl::PrivateKey key;  // the public half alone
};

// Of what anybody may have sent. Refuses one that the key's owner has not signed, and names of
// other kinds than `hosts`. `place`: whence it is, for people.
[[nodiscard]] Result<CertificateRequest> read_request(std::string_view pem,
                                                      const std::string& place);

// As OpenSSL's extension subjectAltName wants them: "DNS:center.example,IP:10.0.0.1". Refuses what
// is neither.
[[nodiscard]] Result<std::string> alternative_names(const std::vector<std::string>& hosts);

}  // namespace sluice::pki
