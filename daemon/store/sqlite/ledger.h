// The embedded store's ledger, with the archive of signed batches and where each stream stands. No
// transaction of its own: the store says which steps belong together.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "store/apply_once.h"
#include "store/sqlite/central_file.h"
#include "store/store.h"
#include "store/store_number.h"
#include "store/stream_place.h"

namespace sluice::store::sqlite {

// Its parameters: ?1 ids after, ?2 bureau, ?3 sequence.
[[nodiscard]] std::string walk_sql(const Extent& extent);

// `file` must outlive it.
class Ledger {
 public:
  explicit Ledger(CentralFile& file) : file_(file) {}

  [[nodiscard]] Result<std::optional<LedgerAnswer>> find(const record::StreamId& stream,
                                                         record::Sequence sequence);
  [[nodiscard]] Result<std::optional<StreamPlace>> place(const record::BureauId& bureau);
  [[nodiscard]] Result<std::optional<std::int64_t>> first_held(const record::BureauId& bureau,
                                                               const record::DatasetId& dataset);
  [[nodiscard]] Result<std::int64_t> next_id();
  // That id is an entry's which is no batch's: the ledger goes on behind it.
  [[nodiscard]] Result<void> take_id(std::int64_t id);
  // Whether the ids are those of this store's number; the last one drawn remembers it.
  [[nodiscard]] Result<Numbering> numbering(StoreNumber wanted);
  [[nodiscard]] Result<void> set_number(StoreNumber number);
  [[nodiscard]] Result<void> write(const LedgerEntry& entry, const record::Batch& batch);

  // The last entry of the dataset at that moment, be it a batch or a migration; 0: none.
  [[nodiscard]] Result<std::int64_t> id_at(const record::DatasetId& dataset, record::Time as_of);
  // As in store.h, the next six.
  [[nodiscard]] Result<std::vector<HeldDataset>> held();
  [[nodiscard]] Result<std::optional<HeldBatch>> find_held(const HeldPlace& place);
  [[nodiscard]] Result<record::ChainHead> head(const record::StreamId& stream);
  [[nodiscard]] Result<std::vector<record::StreamId>> streams();
  [[nodiscard]] Result<Activity> activity(const record::DatasetId& dataset, record::Time since,
                                          std::chrono::milliseconds span);
  [[nodiscard]] Result<void> walk(
      const Extent& extent,
      const std::function<bool(const LedgerEntry&, const record::Batch&)>& consume);

 private:
  [[nodiscard]] Result<std::int64_t> last_drawn_id();
  // Of what is held, and of where its stream stands, what the entry changes.
  [[nodiscard]] Result<void> write_settlement(const LedgerEntry& entry);
  [[nodiscard]] Result<void> write_place(const LedgerEntry& entry, const record::Batch& batch);

  CentralFile& file_;
};

}  // namespace sluice::store::sqlite
