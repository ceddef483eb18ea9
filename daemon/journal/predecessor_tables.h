// The statements about what a stream's epoch follows, which its first batch will say whenever it is
// sealed; no transaction of its own, as journal_tables.h.
#pragma once

#include <cstdint>
#include <optional>

#include "record/manifest.h"
#include "sqlite/database.h"

namespace sluice::journal {

class PredecessorTables {
 public:
  template <class T>
  using Result = sqlite::Result<T>;

  // The database has the tables of schemas/journal.sql.
  [[nodiscard]] static Result<PredecessorTables> prepare(sqlite::Database& database);

  [[nodiscard]] Result<std::optional<record::Predecessor>> find();
  // Nothing: it is forgotten what was said before.
  [[nodiscard]] Result<void> put(const std::optional<record::Predecessor>& follows);
  // How many batches there are, waiting or retained.
  [[nodiscard]] Result<std::uint64_t> batches();

 private:
  sqlite::Statement find_, put_, forget_, batches_;
};

}  // namespace sluice::journal
