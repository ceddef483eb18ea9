// What became of a call's rows, and the answer that says so.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "adapters/direct/problem.h"
#include "intake/row.h"
#include "record/identifiers.h"

namespace sluice::adapters::direct {

// A row that went to quarantine.
struct FailedRow {
  std::uint64_t row = 0;  // its place in the call
  std::string field;
  std::string rule;
  std::string sentence;
  friend bool operator==(const FailedRow&, const FailedRow&) = default;
};

// An answer names at most so many rows; its count has all, and the quarantine as well.
inline constexpr std::size_t max_failed_rows_listed = 1000;

struct Outcome {
  std::uint64_t accepted = 0;
  std::uint64_t quarantined = 0;
  std::vector<FailedRow> failed;  // the first ones of the quarantined

  void add_failure(std::uint64_t row, const intake::RowProblem& problem);
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

// Where a call's accepted rows lie.
struct BatchPlace {
  record::StreamId stream;
  record::Sequence sequence;
  std::uint64_t first_row = 0;  // 1 is the batch's first line
};

// All rows taken, or none sent: 200, JSON. Some taken: 200, and the same members within a problem
// (RFC 9457) that lists the others. None taken: 422. `place`: nothing where no row was accepted.
[[nodiscard]] Reply answer(const Outcome& outcome, const std::optional<BatchPlace>& place);

}  // namespace sluice::adapters::direct
