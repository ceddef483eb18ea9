// A certificate authority that lives as long as a test.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "record/manifest.h"

namespace sluice::record::test {

// When a certificate or a revocation list holds.
struct Validity {
  Time from{};
  Time until{};
};

class TestAuthority {
 public:
  // Its own certificate holds from 2000 to 2100.
  explicit TestAuthority(const std::string& name);
  // One that `superior` has certified.
  TestAuthority(const std::string& name, TestAuthority& superior);
  ~TestAuthority();
  TestAuthority(const TestAuthority&) = delete;
  TestAuthority& operator=(const TestAuthority&) = delete;

  struct Issued {
    std::string certificate;  // PEM
    std::string key;          // PEM
    long serial = 0;
  };
  // As in OpenSSL's extensions; none where it is empty.
  struct Kind {
    std::string purposes = {};  // extendedKeyUsage, such as "clientAuth"
    std::string usage = "critical,digitalSignature";
    std::string key = "P-256";  // a curve, or as "RSA-3072"
  };
  [[nodiscard]] Issued issue(const std::string& common_name, Validity validity, const Kind& kind);
  [[nodiscard]] Issued issue(const std::string& common_name, Validity validity) {
    return issue(common_name, validity, Kind{});
  }

  struct Revocation {
    long serial = 0;
    Time at{};
    std::string reason = {};  // as in OpenSSL's CRLReason, such as "keyCompromise"; empty: none
  };
  [[nodiscard]] std::string revocation_list(const std::vector<Revocation>& revoked,
                                            Validity validity) const;
  [[nodiscard]] std::string certificate() const;  // PEM
  [[nodiscard]] long serial() const;              // of its own certificate

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The files of one signer, written where a Signer reads them.
struct SignerFiles {
  std::filesystem::path certificate;
  std::filesystem::path key;
};
[[nodiscard]] SignerFiles write_signer(const TestAuthority::Issued& issued,
                                       const std::filesystem::path& directory,
                                       const std::string& name);

}  // namespace sluice::record::test
