// Whose signatures count for somebody, and for which times: certificates get another subject, or
// come from another authority, and what was signed before stays signed.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "record/signature.h"

namespace sluice::record {

// The names in a certificate, and when it spoke for whom it is listed.
struct SignerName {
  std::string subject = {};                  // RFC 2253
  std::string issuer = {};                   // the same; empty: any of our authorities
  std::optional<Time> from = std::nullopt;   // from then on; nothing: always
  std::optional<Time> until = std::nullopt;  // before then; nothing: for ever

  [[nodiscard]] bool is_of(const std::string& by_subject, const std::string& by_issuer) const {
    return subject == by_subject && (issuer.empty() || issuer == by_issuer);
  }
  [[nodiscard]] bool spoke_at(Time at) const {
    return (!from || *from <= at) && (!until || at < *until);
  }
  friend bool operator==(const SignerName&, const SignerName&) = default;
};

// A value.
class Signers {
 public:
  Signers() = default;
  // Subjects that count at any time, whoever certified them.
  Signers(std::initializer_list<std::string> subjects);
  explicit Signers(std::vector<SignerName> names) : names_(std::move(names)) {}

  void add(SignerName name) { names_.push_back(std::move(name)); }
  [[nodiscard]] const std::vector<SignerName>& names() const { return names_; }

  // Why this one's word did not count at that moment: a clause that goes on after "it was signed by
  // …, "; nothing: it did.
  [[nodiscard]] std::optional<std::string> objection(const Signatory& signatory, Time at) const;

  friend bool operator==(const Signers&, const Signers&) = default;

 private:
  std::vector<SignerName> names_;
};

}  // namespace sluice::record
