// A batch takes effect once, whatever store it is applied in: it and its entry in the ledger are
// committed together, and one that comes again is answered with its receipt and not applied.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>

#include "store/batch_application.h"
#include "store/dataset_tables.h"
#include "store/store.h"
#include "store/stream_place.h"

namespace sluice::store {

// What the ledger has under a batch's number.
struct LedgerAnswer {
  std::string manifest;  // digest, as text
  record::SignedReceipt receipt;
  std::int64_t held = 0;  // its id, where it is held and not settled; else 0
};

struct DrawnId {
  std::int64_t id = 0;
  // When the version began of the dataset's tables that rows go into, which is no time of the
  // stream's; the beginning of time: no rows do, or it is the first.
  record::Time begun_at{};
};

// A store's open transaction, which is rolled back unless it is committed.
class ApplyTransaction {
 public:
  virtual ~ApplyTransaction() = default;

  // Where the bureau's stream stands. Nobody else applies its batches until the transaction ends.
  [[nodiscard]] virtual Result<std::optional<StreamPlace>> lock_stream(
      const record::BureauId& bureau) = 0;
  [[nodiscard]] virtual Result<std::optional<LedgerAnswer>> find(const record::StreamId& stream,
                                                                 record::Sequence sequence) = 0;
  // The first batch of the dataset that is held and not settled: its ledger id.
  [[nodiscard]] virtual Result<std::optional<std::int64_t>> first_held(
      const record::BureauId& bureau, const record::DatasetId& dataset) = 0;
  // Of the ledger's next entry.
  [[nodiscard]] virtual Result<DrawnId> draw_id() = 0;
  // The dataset's tables, for the rows of that entry.
  [[nodiscard]] virtual DatasetTables& begin_batch(std::int64_t id, record::Time applied_at) = 0;
  [[nodiscard]] virtual Result<void> write(const LedgerEntry& entry,
                                           const record::Batch& batch) = 0;
  // After a failure it may have been committed or not: the ledger knows.
  [[nodiscard]] virtual Result<void> commit() = 0;
};

// A batch that is to be entered as rejected, in the same way.
[[nodiscard]] Result<record::SignedReceipt> reject_once(const RejectedBatch& rejected,
                                                        const ReceiptMaker& make_receipt,
                                                        const std::function<record::Time()>& now,
                                                        ApplyTransaction& transaction);

// The same of one that is to be entered as held.
[[nodiscard]] Result<record::SignedReceipt> hold_once(const RejectedBatch& held,
                                                      const ReceiptMaker& make_receipt,
                                                      const std::function<record::Time()>& now,
                                                      ApplyTransaction& transaction);

// `expectation` is what to expect of the dataset's next batch: read, and set after the commit.
// `now` is asked once the stream is locked.
[[nodiscard]] Result<record::SignedReceipt> apply_once(const AdmittedBatch& admitted,
                                                       const ReceiptMaker& make_receipt,
                                                       const std::function<record::Time()>& now,
                                                       ApplyTransaction& transaction,
                                                       Expectation& expectation);

}  // namespace sluice::store
