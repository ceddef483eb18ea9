#include "store/sqlite/applying.h"

#include <utility>

#include "record/try.h"

namespace sluice::store::sqlite {

Applying::Applying(CentralFile& file, Ledger& ledger, Transaction transaction,
                   const std::optional<Target>& target)
    : file_(file), ledger_(ledger), transaction_(std::move(transaction)), target_(target) {}

Result<std::optional<StreamPlace>> Applying::lock_stream(const record::BureauId& bureau) {
  return ledger_.place(bureau);
}

Result<std::optional<LedgerAnswer>> Applying::find(const record::StreamId& stream,
                                                   record::Sequence sequence) {
  return ledger_.find(stream, sequence);
}

Result<std::optional<std::int64_t>> Applying::first_held(const record::BureauId& bureau,
                                                         const record::DatasetId& dataset) {
  return ledger_.first_held(bureau, dataset);
}

Result<DrawnId> Applying::draw_id() {
  return DrawnId{SLUICE_TRY(ledger_.next_id()), target_ ? target_->begun_at : record::Time{}};
}

DatasetTables& Applying::begin_batch(std::int64_t id, record::Time applied_at) {
  target_->tables.begin_batch(id, applied_at);
  return target_->tables;
}

Result<void> Applying::write(const LedgerEntry& entry, const record::Batch& batch) {
  return ledger_.write(entry, batch);
}

Result<void> Applying::commit() {
  return file_.commit(transaction_);
}

}  // namespace sluice::store::sqlite
