// The statements about batches that a center lost and this node has no more: what is remembered of
// each batch that was let go of, and which of them turned out to be missed; no transaction of its
// own, as journal_tables.h.
#pragma once

#include <cstdint>
#include <vector>

#include "journal/journal.h"
#include "sqlite/database.h"

namespace sluice::journal {

class GapTables {
 public:
  template <class T>
  using Result = sqlite::Result<T>;

  // The database has the tables of schemas/journal.sql.
  [[nodiscard]] static Result<GapTables> prepare(sqlite::Database& database);

  // Remembers what a batch was, that is in the file still.
  [[nodiscard]] Result<void> remember(record::Sequence sequence);
  // Of a batch that was closed before; at most two.
  [[nodiscard]] Result<void> forget(record::Time closed_before);
  // Of a new epoch: numbers begin anew.
  [[nodiscard]] Result<void> forget_all();

  // Both ends are missed. What of them belongs to one dataset and came in one mode is one gap.
  struct Extent {
    record::Epoch epoch;
    record::Sequence from;
    record::Sequence to;
  };
  [[nodiscard]] Result<std::vector<Gap>> add(const Extent& extent, record::Time noticed_at);
  [[nodiscard]] Result<std::vector<Gap>> gaps();
  [[nodiscard]] Result<void> settle();

 private:
  [[nodiscard]] Result<std::int64_t> last_id();
  [[nodiscard]] Result<std::vector<Gap>> gaps_after(std::int64_t id);

  sqlite::Statement remember_, forget_, forget_all_, first_known_, add_known_, add_unknown_,
      last_id_, gaps_, settle_;
};

}  // namespace sluice::journal
