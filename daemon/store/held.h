// Batches that are in the ledger and whose rows are not in the tables yet (hold() in store.h): a
// dataset that can not be taken now holds back none but its own.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "record/batch.h"
#include "record/receipt.h"

namespace sluice::store {

// What is held of one dataset and not settled.
struct HeldDataset {
  record::BureauId bureau;
  record::DatasetId dataset;
  std::uint64_t batches = 0;
  std::int64_t first = 0;         // ledger id
  record::Time since{};           // when that one was entered
  record::SignedReceipt receipt;  // of that one: it says why
};

struct HeldBatch {
  std::int64_t id = 0;  // of the ledger
  record::Batch batch;
};

// The first of a dataset, or the one of a number.
struct FirstOfDataset {
  record::BureauId bureau;
  record::DatasetId dataset;
};
struct NumberOfStream {
  record::StreamId stream;
  record::Sequence sequence;
};
using HeldPlace = std::variant<FirstOfDataset, NumberOfStream>;

}  // namespace sluice::store
