// Who stands behind a certificate: a subject is exactly one bureau's or one node's.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "record/identifiers.h"

namespace sluice::trust {

// A value; safe to read from many threads.
class Directory {
 public:
  // Keys are subjects as RFC 2253 text, as `openssl x509 -subject -nameopt RFC2253,-esc_msb`
  // prints.
  using Holder = std::variant<record::BureauId, record::NodeId>;
  using Subjects = std::map<std::string, Holder, std::less<>>;

  Directory() = default;
  explicit Directory(Subjects subjects) : subjects_(std::move(subjects)) {}

  // Null: nobody of ours. Lives as long as the directory.
  [[nodiscard]] const Holder* find(std::string_view subject) const {
    const auto found = subjects_.find(subject);
    return found == subjects_.end() ? nullptr : &found->second;
  }

 private:
  Subjects subjects_;
};

}  // namespace sluice::trust
