// The embedded store's ledger, with the archive of signed batches and where each stream stands. No
// transaction of its own: the store says which steps belong together.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <vector>

#include "store/apply_once.h"
#include "store/sqlite/central_file.h"
#include "store/store.h"
#include "store/stream_place.h"

namespace sluice::store::embedded {

// `file` must outlive it.
class Ledger {
 public:
  explicit Ledger(CentralFile& file) : file_(file) {}

  [[nodiscard]] std::expected<std::optional<LedgerAnswer>, StoreFailure> find(
      const record::StreamId& stream, record::Sequence sequence);
  [[nodiscard]] std::expected<std::optional<StreamPlace>, StoreFailure> place(
      const record::BureauId& bureau);
  [[nodiscard]] std::expected<std::int64_t, StoreFailure> next_id();
  [[nodiscard]] std::expected<void, StoreFailure> write(const LedgerEntry& entry,
                                                        const record::RowOutcomes& rows,
                                                        const record::Batch& batch);

  // The last entry of the dataset at that moment; 0: none.
  [[nodiscard]] std::expected<std::int64_t, StoreFailure> id_at(const record::DatasetId& dataset,
                                                                record::Time as_of);
  // As in store.h, the next three.
  [[nodiscard]] std::expected<record::ChainHead, StoreFailure> head(const record::StreamId& stream);
  [[nodiscard]] std::expected<std::vector<record::StreamId>, StoreFailure> streams();
  [[nodiscard]] std::expected<void, StoreFailure> walk(
      const Extent& extent,
      const std::function<bool(const LedgerEntry&, const record::Batch&)>& consume);

 private:
  CentralFile& file_;
};

}  // namespace sluice::store::embedded
