// How the stores read back what they keep as a number or a text.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "record/digest.h"
#include "record/time.h"

namespace sluice::store {

[[nodiscard]] inline record::Time kept_time(std::int64_t milliseconds) {
  return record::Time(std::chrono::milliseconds(milliseconds));
}

// Zeros where somebody wrote there what is none: it is then not the digest of anything.
[[nodiscard]] inline record::Digest kept_digest(std::string_view text) {
  return record::parse_digest(text).value_or(record::Digest{});
}

}  // namespace sluice::store
