// The transaction in which a batch is entered in PostgreSQL, with its rows or without.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "store/apply_once.h"
#include "store/migrations.h"
#include "store/postgresql/connection.h"
#include "store/postgresql/session.h"
#include "store/postgresql/tables.h"

namespace sluice::store::postgresql {

// Its failures name the batch. What it is given must outlive it.
class Applying final : public ApplyTransaction {
 public:
  // Where the rows go.
  struct Target {
    const record::DatasetId& dataset;
    Version version;
    Tables& tables;
  };
  // `target`: nothing where no rows go in. `in_doubt` is set where a commit failed that may have
  // succeeded.
  Applying(Connection& connection, PostgresqlTransaction transaction,
           const std::optional<Target>& target, std::string place, bool& in_doubt);

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
  template <class T>
  [[nodiscard]] Result<T> ours(Connection::Answer<T> answer) const;

  Connection& connection_;
  PostgresqlTransaction transaction_;
  std::optional<Target> target_;
  std::string place_;
  bool& in_doubt_;
};

}  // namespace sluice::store::postgresql
