// Batches that the center has in its ledger and holds (record::Outcome::held): each stays here
// until a receipt says what became of its rows.
#pragma once

#include <compare>
#include <cstdint>

#include "record/batch.h"

namespace sluice::journal {

struct HeldBatch {
  record::Epoch epoch;  // of the stream, or an earlier one
  record::Sequence sequence;
  friend auto operator<=>(const HeldBatch&, const HeldBatch&) = default;
};

struct HeldDataset {
  record::DatasetId dataset;
  std::uint64_t batches = 0;
  record::Time since{};  // when the center entered the first of them
  friend bool operator==(const HeldDataset&, const HeldDataset&) = default;
};

}  // namespace sluice::journal
