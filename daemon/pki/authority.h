// A small certificate authority in a folder, for an exchange that has none of its own: whoever runs
// the center certifies its nodes and its bureaus' systems by it, and takes certificates back.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "files/new_file.h"
#include "pki/certificate_request.h"
#include "pki/failure.h"
#include "record/openssl_handle.h"
#include "record/time.h"

namespace sluice::pki {

// What one who is certified does with the certificate, and so what it is good for.
enum class Purpose {
  node,    // serves, calls, and signs batches and receipts
  caller,  // calls
};

// Why a certificate is taken back, by the names of RFC 5280, 5.3.1. Any but the three of `after`
// refuses what was signed before, too, where it still waits (record/certificate_judgement.h).
inline constexpr std::string_view revocation_reasons[] = {
    "superseded",    "cessationOfOperation", "affiliationChanged",  // after
    "keyCompromise", "privilegeWithdrawn",   "unspecified"};

struct Certified {
  std::string subject;      // RFC 2253
  std::string serial;       // hexadecimal
  std::string certificate;  // PEM
  record::Time ends{};
};

// DIR/ca.key        the authority's key; of its owner alone
// DIR/ca.pem        its certificate, for `identity.authorities`
// DIR/crl.pem       its revocation list, for `identity.revocations`
// DIR/issued/N.pem  every certificate, by its serial number
// DIR/revoked       a line for each that was taken back: its number, when, and why
class Authority {
 public:
  struct Lifetimes {
    std::chrono::days authority{3650};
    std::chrono::days certificate{365};
    std::chrono::days list{90};
  };

  // Makes the folder, which must not be there yet; on a failure nothing of it stays. `readers`: who
  // may read all but the key.
  [[nodiscard]] static Result<Authority> found(const std::filesystem::path& directory,
                                               const std::string& subject,
                                               std::optional<gid_t> readers,
                                               const Lifetimes& lifetimes, record::Time now);
  [[nodiscard]] static Result<Authority> open(const std::filesystem::path& directory,
                                              std::optional<gid_t> readers);

  // Whether the subject is who it says must have been found before. `hosts` are what the
  // certificate is good for as a server's, whatever was asked for. Refuses a key that no signature
  // would count by, and an end behind the authority's own.
  [[nodiscard]] Result<Certified> certify(const CertificateRequest& request, Purpose purpose,
                                          const std::vector<std::string>& hosts,
                                          std::chrono::days lifetime, record::Time now) const;
  // One that it issued, by its serial number. The list has it from now on. For one that was taken
  // back before, only a reason that refuses more than that one's is taken.
  [[nodiscard]] Result<Certified> revoke(const std::string& serial, std::string_view reason,
                                         std::chrono::days list_lifetime, record::Time now) const;
  // A new revocation list, in the place of the old one; until when it is good.
  [[nodiscard]] Result<record::Time> renew_list(std::chrono::days lifetime, record::Time now) const;

  [[nodiscard]] std::string subject() const;  // RFC 2253
  [[nodiscard]] std::filesystem::path certificate_file() const { return directory_ / "ca.pem"; }
  [[nodiscard]] std::filesystem::path list_file() const { return directory_ / "crl.pem"; }

 private:
  Authority(std::filesystem::path directory, std::optional<gid_t> readers,
            record::openssl::PrivateKey key, record::openssl::Certificate certificate)
      : directory_(std::move(directory)),
        readers_(readers),
        key_(std::move(key)),
        certificate_(std::move(certificate)) {}

  [[nodiscard]] std::filesystem::path issued_file(const std::string& serial) const {
    return directory_ / "issued" / (serial + ".pem");
  }
  [[nodiscard]] std::filesystem::path revoked_file() const { return directory_ / "revoked"; }
  [[nodiscard]] Result<void> write_beginning(const Lifetimes& lifetimes, record::Time now) const;
  // By who has the turn, or is alone yet.
  [[nodiscard]] Result<record::Time> write_list(std::chrono::days lifetime, record::Time now) const;

  std::filesystem::path directory_;
  std::optional<gid_t> readers_;
  record::openssl::PrivateKey key_;
  record::openssl::Certificate certificate_;
};

// Of a certificate in a PEM file, or, where there is no such file, of a serial number as people
// write it: "4f:a0", "4FA0".
[[nodiscard]] Result<std::string> serial_of(const std::string& file_or_number);

}  // namespace sluice::pki
