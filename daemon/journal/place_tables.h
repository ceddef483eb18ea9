// The statements about where a batch's rows stood in their sources, and about what a batch that
// waits takes; no transaction of its own, as journal_tables.h.
#pragma once

#include <cstdint>
#include <string>

#include "journal/held.h"
#include "sqlite/database.h"

namespace sluice::journal {

class PlaceTables {
 public:
  template <class T>
  using Result = sqlite::Result<T>;

  // The database has the tables of schemas/journal.sql.
  [[nodiscard]] static Result<PlaceTables> prepare(sqlite::Database& database);

  // Of a batch of the stream's epoch, or one of an earlier epoch that is held, what PlacesOfRows
  // reads. Empty: nobody knows.
  [[nodiscard]] Result<std::string> find(const HeldBatch& batch);
  // What such a batch counts for in a backlog: its payload, and this.
  [[nodiscard]] Result<std::uint64_t> backlog_bytes(const HeldBatch& batch);

 private:
  sqlite::Statement find_, backlog_bytes_;
};

}  // namespace sluice::journal
