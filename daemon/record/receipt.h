// The center's signed answer to a batch (回执). The origin keeps the batch until this is back.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "record/checkpoint.h"
#include "record/failure.h"
#include "record/manifest.h"
#include "record/refused_rows.h"

namespace sluice::record {

// `held`: the batch is in the ledger and the archive, and none of its rows anywhere yet: another
// receipt follows, which tells what became of them. Until then nobody lets go of it.
enum class Outcome { accepted, duplicate, rejected, held };
[[nodiscard]] std::string_view to_string(Outcome outcome);
[[nodiscard]] std::optional<Outcome> parse_outcome(std::string_view text);

// What became of a batch's rows; they add up to its changes, but for those of a held one, which are
// not counted yet.
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
  DatasetId dataset;  // empty in one of format 1
  Digest manifest;
  Outcome outcome = Outcome::accepted;
  std::string reason;  // why a rejected batch was rejected, or a held one is held
  RowOutcomes rows;
  // By their first rows. One of format 1 names 1,000 at most; `rows.rejected` has the count.
  std::vector<RefusedRows> refused;
  Time at{};
  // The newest that the center had made of its ledger, as far as it knew of one.
  std::optional<Checkpoint> checkpoint = std::nullopt;
  friend bool operator==(const Receipt&, const Receipt&) = default;
};

// Whether each row that it counts as rejected is named.
[[nodiscard]] inline bool names_all_refused(const Receipt& receipt) {
  return count_of(receipt.refused) == receipt.rows.rejected;
}

struct SignedReceipt {
  std::string json;
  std::string signature;
};

// In format 2. Reads 1, too, as centers of before wrote it.
[[nodiscard]] std::string to_json(const Receipt& receipt);
enum class ReceiptProblem {
  malformed,
  later_format,  // of a later version: nothing is wrong with it
};
[[nodiscard]] std::expected<Receipt, Failure<ReceiptProblem>> parse_receipt(std::string_view json);

}  // namespace sluice::record
