#include "journal/predecessor_tables.h"

#include <string_view>
#include <utility>

#include "journal/journal_columns.h"
#include "record/try.h"

namespace sluice::journal {

sqlite::Result<PredecessorTables> PredecessorTables::prepare(sqlite::Database& database) {
  using Own = PredecessorTables;
  Own tables;
  const std::pair<sqlite::Statement Own::*, std::string_view> statements[] = {
      {&Own::find_, "SELECT epoch, sequence, numbered, lost, reason FROM predecessor"},
      {&Own::put_, "INSERT OR REPLACE INTO predecessor VALUES(1, ?1, ?2, ?3, ?4, ?5)"},
      {&Own::forget_, "DELETE FROM predecessor"},
      {&Own::batches_, "SELECT count(*) FROM batch"},
  };
  SLUICE_TRY(prepare_all(database, tables, statements));
  return tables;
}

sqlite::Result<std::optional<record::Predecessor>> PredecessorTables::find() {
  return first_row(find_, [](const sqlite::Statement& row) {
    return record::Predecessor{.epoch = {count(row, 0)},
                               .sequence = {count(row, 1)},
                               .numbered = {count(row, 2)},
                               .lost = count(row, 3),
                               .reason = static_cast<record::EpochReason>(row.integer(4))};
  });
}

sqlite::Result<void> PredecessorTables::put(const std::optional<record::Predecessor>& follows) {
  if (!follows) return forget_.run();
  return put_.bind(1, follows->epoch.value)
      .bind(2, follows->sequence.value)
      .bind(3, follows->numbered.value)
      .bind(4, follows->lost)
      .bind(5, static_cast<std::int64_t>(follows->reason))
      .run();
}

sqlite::Result<std::uint64_t> PredecessorTables::batches() {
  const auto found =
      SLUICE_TRY(first_row(batches_, [](const sqlite::Statement& row) { return count(row, 0); }));
  return found.value_or(0);
}

}  // namespace sluice::journal
