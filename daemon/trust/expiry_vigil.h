// What is said of a node's own certificate as its end comes near and passes: early enough to renew
// it, and not more than once a day.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "record/certificate_facts.h"

namespace sluice::trust {

// One owner, one thread.
class ExpiryVigil {
 public:
  enum class Word {
    nothing,
    ends_soon,
    does_not_hold,  // it has ended, or has not begun
    holds_again,
  };
  static constexpr std::chrono::days soon{30};
  static constexpr std::chrono::days between_words{1};

  // What is to be said now of the certificate in use.
  [[nodiscard]] Word look(const record::CertificateFacts& certificate, record::Time now);

 private:
  // Whether it is a day since the last word, or a clock was set back.
  [[nodiscard]] bool may_speak(record::Time now);

  std::string serial_;                  // of the certificate that was looked at last
  bool held_ = true;                    // it, then
  std::optional<record::Time> said_{};  // when something was said of it
};

}  // namespace sluice::trust
