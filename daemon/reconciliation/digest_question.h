// The questions of CentralDigests as one node asks them of another (docs/reconciliation.md), and
// what it is answered.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reconciliation/central_digests.h"
#include "record/digest.h"
#include "record/failure.h"
#include "record/key_digest.h"

namespace sluice::reconciliation {

struct DigestQuestion {
  // Of the asker's schema: with another one, all digests would differ.
  record::Digest schema;
  record::KeyRange range;
  // Sums of the range cut after these keys; nothing: a listing of it.
  std::optional<std::vector<record::Key>> bounds;
};

// How many bounds one question may have.
inline constexpr std::size_t most_bounds = 1000;

[[nodiscard]] std::string to_json(const DigestQuestion& question);
// The error says what was found and what was expected.
[[nodiscard]] std::expected<DigestQuestion, record::Flaw> parse_question(std::string_view json);

[[nodiscard]] std::string to_json(const std::vector<record::RecordSum>& sums);
[[nodiscard]] std::string to_json(const Listing& listing);
[[nodiscard]] std::optional<std::vector<record::RecordSum>> parse_sums(std::string_view json);
[[nodiscard]] std::optional<Listing> parse_listing(std::string_view json);

}  // namespace sluice::reconciliation
