// Certificates for tests, made on the spot: an authority with a revocation list, and whatever it or
// another authority issues.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

namespace sluice::test {

struct IssuedFiles {
  std::filesystem::path certificate;
  std::filesystem::path key;
};

// ECDSA P-256 throughout. Writes ca.pem and crl.pem, and NAME.pem and NAME.key (mode 0600) for each
// certificate, into the directory, which must exist. Failures throw.
class DevelopmentCa {
 public:
  explicit DevelopmentCa(std::filesystem::path directory,
                         const std::string& name = "Sluice test CA");
  ~DevelopmentCa();

  enum class Validity { current, expired, not_yet };
  // Subject CN=name,O=Sluice development; good for servers, clients and signatures, or for what
  // `purposes` says as in OpenSSL's extendedKeyUsage.
  IssuedFiles issue(const std::string& name, Validity validity = Validity::current,
                    const std::string& purposes = "serverAuth,clientAuth,emailProtection");
  // Puts the certificate that issue() made last under that name on the revocation list.
  void revoke(const std::string& name);
  // The list as it stands, good from now for a day; or one that is out of date.
  void write_revocations(Validity validity = Validity::current);

  [[nodiscard]] std::filesystem::path authorities() const;
  [[nodiscard]] std::filesystem::path revocations() const;
  [[nodiscard]] static std::string subject(const std::string& name);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sluice::test
