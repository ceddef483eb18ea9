#include "store/postgresql/applying.h"

#include <utility>

#include "record/recast.h"
#include "record/try.h"
#include "store/postgresql/ledger.h"
#include "store/postgresql/migrations.h"

namespace sluice::store::postgresql {

Applying::Applying(Connection& connection, PostgresqlTransaction transaction,
                   const std::optional<Target>& target, std::string place, bool& in_doubt)
    : connection_(connection),
      transaction_(std::move(transaction)),
      target_(target),
      place_(std::move(place)),
      in_doubt_(in_doubt) {}

template <class T>
Result<T> Applying::ours(Connection::Answer<T> answer) const {
  return record::recast(std::move(answer),
                        [this](const ServerError& error) { return store_failure(error, place_); });
}

Result<std::optional<StreamPlace>> Applying::lock_stream(const record::BureauId& bureau) {
  return ours(postgresql::lock_stream(connection_, bureau));
}

Result<std::optional<LedgerAnswer>> Applying::find(const record::StreamId& stream,
                                                   record::Sequence sequence) {
  return ours(find_in_ledger(connection_, stream, sequence));
}

Result<std::optional<std::int64_t>> Applying::first_held(const record::BureauId& bureau,
                                                         const record::DatasetId& dataset) {
  return ours(postgresql::first_held(connection_, bureau, dataset));
}

Result<DrawnId> Applying::draw_id() {
  if (!target_) return DrawnId{.id = SLUICE_TRY(ours(draw_ledger_id(connection_)))};
  return draw_ledger_id_of_version(connection_, target_->dataset, target_->version);
}

DatasetTables& Applying::begin_batch(std::int64_t id, record::Time applied_at) {
  target_->tables.begin_batch(connection_, id, applied_at);
  return target_->tables;
}

Result<void> Applying::write(const LedgerEntry& entry, const record::Batch& batch) {
  return ours(write_ledger(connection_, entry, batch));
}

Result<void> Applying::commit() {
  auto committed = ours(transaction_.commit());
  in_doubt_ = !committed && committed.error().code == StoreProblem::unavailable;
  return committed;
}

}  // namespace sluice::store::postgresql
