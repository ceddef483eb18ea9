// The transaction in which a batch is entered in the embedded store, with its rows or without.
#pragma once

#include <cstdint>
#include <optional>

#include "store/apply_once.h"
#include "store/sqlite/central_file.h"
#include "store/sqlite/ledger.h"
#include "store/sqlite/tables.h"

namespace sluice::store::sqlite {

// The file is locked from its beginning. What it is given must outlive it.
class Applying final : public ApplyTransaction {
 public:
  // Where the rows go.
  struct Target {
    Tables& tables;
    record::Time begun_at;  // when their version was
  };
  // `target`: nothing where no rows go in.
  Applying(CentralFile& file, Ledger& ledger, Transaction transaction,
           const std::optional<Target>& target);

  Result<std::optional<StreamPlace>> lock_stream(const record::BureauId& bureau) override;
  Result<std::optional<LedgerAnswer>> find(const record::StreamId& stream,
                                           record::Sequence sequence) override;
  Result<std::optional<std::int64_t>> first_held(const record::BureauId& bureau,
                                                 const record::DatasetId& dataset) override;
  Result<DrawnId> draw_id() override;
  DatasetTables& begin_batch(std::int64_t id, record::Time applied_at) override;
  Result<void> write(const LedgerEntry& entry, const record::Batch& batch) override;
  Result<void> commit() override;

 private:
  CentralFile& file_;
  Ledger& ledger_;
  Transaction transaction_;
  std::optional<Target> target_;
};

}  // namespace sluice::store::sqlite
