#include "journal/gap_tables.h"

#include <string>
#include <utility>

#include "journal/journal_columns.h"
#include "record/try.h"

namespace sluice::journal {

sqlite::Result<GapTables> GapTables::prepare(sqlite::Database& database) {
  using Own = GapTables;
  Own tables;
  const std::pair<sqlite::Statement Own::*, std::string_view> statements[] = {
      {&Own::remember_,
       R"sql(
         INSERT OR REPLACE INTO let_go
         SELECT sequence, closed_at, said ->> '$.dataset', said ->> '$.mode',
           (said ->> '$.upserts') + (said ->> '$.deletes')
         FROM (SELECT sequence, closed_at, CAST(manifest AS TEXT) AS said FROM batch
               WHERE sequence = ?1))sql"},
      {&Own::forget_,
       R"sql(
         DELETE FROM let_go
         WHERE sequence IN (SELECT sequence FROM let_go ORDER BY sequence LIMIT 2)
           AND closed_at < ?1)sql"},
      {&Own::forget_all_, "DELETE FROM let_go"},
      {&Own::first_known_, "SELECT min(sequence) FROM let_go WHERE sequence BETWEEN ?1 AND ?2"},
      {&Own::add_known_,
       R"sql(
         INSERT INTO gap(noticed_at, epoch, first, last, dataset, mode, first_at, last_at, batches,
           rows)
         SELECT ?4, ?3, min(sequence), max(sequence), dataset, mode, min(closed_at),
           max(closed_at), count(*), sum(rows)
         FROM let_go
         WHERE sequence BETWEEN ?1 AND ?2
         GROUP BY dataset, mode)sql"},
      {&Own::add_unknown_,
       R"sql(
         INSERT INTO gap(noticed_at, epoch, first, last, dataset, mode, batches, rows)
         VALUES(?4, ?3, ?1, ?2, '', '', ?2 - ?1 + 1, 0))sql"},
      {&Own::last_id_, "SELECT coalesce(max(id), 0) FROM gap"},
      {&Own::gaps_,
       R"sql(
         SELECT noticed_at, epoch, first, last, dataset, mode, first_at, last_at, batches, rows
         FROM gap
         WHERE id > ?1
         ORDER BY id)sql"},
      {&Own::settle_, "DELETE FROM gap"},
  };
  SLUICE_TRY(prepare_all(database, tables, statements));
  return tables;
}

sqlite::Result<void> GapTables::remember(record::Sequence sequence) {
  return remember_.bind(1, sequence.value).run();
}

sqlite::Result<void> GapTables::forget(record::Time closed_before) {
  return forget_.bind(1, milliseconds(closed_before)).run();
}

sqlite::Result<void> GapTables::forget_all() {
  return forget_all_.run();
}

sqlite::Result<std::int64_t> GapTables::last_id() {
  const auto found =
      SLUICE_TRY(first_row(last_id_, [](const sqlite::Statement& row) { return row.integer(0); }));
  return found.value_or(0);
}

sqlite::Result<std::vector<Gap>> GapTables::add(const Extent& extent, record::Time noticed_at) {
  const std::int64_t before = SLUICE_TRY(last_id());
  const auto bound = [&](sqlite::Statement& statement, std::uint64_t last) -> sqlite::Statement& {
    return statement.bind(1, extent.from.value)
        .bind(2, last)
        .bind(3, extent.epoch.value)
        .bind(4, milliseconds(noticed_at));
  };
  first_known_.bind(1, extent.from.value).bind(2, extent.to.value);
  const auto known = SLUICE_TRY(first_row(first_known_, [](const sqlite::Statement& row) {
    return row.is_null(0) ? std::uint64_t{0} : count(row, 0);
  }));
  // What is remembered is forgotten from the lowest number on.
  const std::uint64_t first_known = known.value_or(0);
  if (first_known != extent.from.value) {
    const std::uint64_t last = first_known == 0 ? extent.to.value : first_known - 1;
    SLUICE_TRY(bound(add_unknown_, last).run());
  }
  SLUICE_TRY(bound(add_known_, extent.to.value).run());
  return gaps_after(before);
}

sqlite::Result<std::vector<Gap>> GapTables::gaps() {
  return gaps_after(0);
}

sqlite::Result<std::vector<Gap>> GapTables::gaps_after(std::int64_t id) {
  std::vector<Gap> found;
  gaps_.bind(1, id);
  const auto time = [](const sqlite::Statement& row, int column) {
    return row.is_null(column) ? std::nullopt : std::optional(time_of(row.integer(column)));
  };
  SLUICE_TRY(each_row(gaps_, [&](const sqlite::Statement& row) {
    found.push_back({.noticed_at = time_of(row.integer(0)),
                     .epoch = {count(row, 1)},
                     .from = {count(row, 2)},
                     .to = {count(row, 3)},
                     .dataset = std::string(row.text(4)),
                     .mode = std::string(row.text(5)),
                     .first_at = time(row, 6),
                     .last_at = time(row, 7),
                     .batches = count(row, 8),
                     .rows = count(row, 9)});
  }));
  return found;
}

sqlite::Result<void> GapTables::settle() {
  return settle_.run();
}

}  // namespace sluice::journal
