// The statements that count the rows which ever came, so that the count outlives the rows and every
// process that brings some; no transaction of its own, as journal_tables.h. What goes to the
// quarantine the file counts itself.
#pragma once

#include <vector>

#include "journal/journal.h"
#include "sqlite/database.h"

namespace sluice::journal {

class TakenTables {
 public:
  template <class T>
  using Result = sqlite::Result<T>;

  // The database has the tables of schemas/journal.sql.
  [[nodiscard]] static Result<TakenTables> prepare(sqlite::Database& database);

  // So many rows more, of this dataset and mode.
  [[nodiscard]] Result<void> add(const DatasetOrigin& origin, std::uint64_t rows);
  // By dataset and mode.
  [[nodiscard]] Result<std::vector<TakenRows>> all();

 private:
  sqlite::Statement add_, all_;
};

}  // namespace sluice::journal
