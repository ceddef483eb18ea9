#include "journal/place_tables.h"

#include <utility>

#include "journal/journal_columns.h"
#include "record/try.h"

namespace sluice::journal {

sqlite::Result<PlaceTables> PlaceTables::prepare(sqlite::Database& database) {
  using Own = PlaceTables;
  Own tables;
  const std::pair<sqlite::Statement Own::*, std::string_view> statements[] = {
      {&Own::find_,
       R"sql(
         SELECT places
         FROM batch
         WHERE sequence = ?2 AND ?1 = (SELECT epoch FROM stream)
         UNION ALL
         SELECT places
         FROM held_batch
         WHERE epoch = ?1 AND sequence = ?2)sql"},
      // length() of a column reads none of it.
      {&Own::backlog_bytes_,
       R"sql(
         SELECT length(payload) + length(places)
         FROM batch
         WHERE sequence = ?2 AND ?1 = (SELECT epoch FROM stream)
         UNION ALL
         SELECT length(payload) + length(places)
         FROM held_batch
         WHERE epoch = ?1 AND sequence = ?2)sql"},
  };
  SLUICE_TRY(prepare_all(database, tables, statements));
  return tables;
}

sqlite::Result<std::string> PlaceTables::find(const HeldBatch& batch) {
  find_.bind(1, batch.epoch.value).bind(2, batch.sequence.value);
  const auto found = SLUICE_TRY(
      first_row(find_, [](const sqlite::Statement& row) { return std::string(row.text(0)); }));
  return found.value_or("");
}

sqlite::Result<std::uint64_t> PlaceTables::backlog_bytes(const HeldBatch& batch) {
  backlog_bytes_.bind(1, batch.epoch.value).bind(2, batch.sequence.value);
  const auto found = SLUICE_TRY(
      first_row(backlog_bytes_, [](const sqlite::Statement& row) { return count(row, 0); }));
  return found.value_or(0);
}

}  // namespace sluice::journal
