// The center's signed answer to a batch (回执). The origin keeps the batch until this is back.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "record/failure.h"
#include "record/manifest.h"

namespace sluice::record {

enum class Outcome { accepted, duplicate, rejected };
[[nodiscard]] std::string_view to_string(Outcome outcome);

// A row that the center would not take although its batch was taken.
struct RejectedRow {
  std::uint64_t row = 0;  // 1 is the first line of the payload
  std::string field;      // empty where no single field is to blame
  std::string rule;
  std::string sentence;
  friend bool operator==(const RejectedRow&, const RejectedRow&) = default;
};

// What became of a batch's rows; they add up to its changes.
struct RowOutcomes {
  RowCount inserted;
  RowCount updated;
  RowCount unchanged;  // the same as what the store held, or a delete of what it did not hold
  RowCount deleted;
  RowCount rejected;
  friend bool operator==(const RowOutcomes&, const RowOutcomes&) = default;
};

struct Receipt {
  StreamId stream;
  Sequence sequence;
  Digest manifest;
  Outcome outcome = Outcome::accepted;
  std::string reason;  // why a rejected batch was rejected
  RowOutcomes rows;
  std::vector<RejectedRow>
      rejected_rows;  // at most max_rejected_rows; `rows.rejected` has the count
  Time at{};
  friend bool operator==(const Receipt&, const Receipt&) = default;
};

inline constexpr std::size_t max_rejected_rows = 1000;

struct SignedReceipt {
  std::string json;
  std::string signature;
};

[[nodiscard]] std::string to_json(const Receipt& receipt);
enum class ReceiptProblem { malformed };
[[nodiscard]] std::expected<Receipt, Failure<ReceiptProblem>> parse_receipt(std::string_view json);

}  // namespace sluice::record
