#include "journal/taken_tables.h"

#include <string>
#include <utility>

#include "journal/journal_columns.h"
#include "record/try.h"

namespace sluice::journal {

sqlite::Result<TakenTables> TakenTables::prepare(sqlite::Database& database) {
  using Own = TakenTables;
  Own tables;
  const std::pair<sqlite::Statement Own::*, std::string_view> statements[] = {
      {&Own::add_,
       R"sql(
         INSERT INTO taken
         VALUES(?1, ?2, ?3, 0)
         ON CONFLICT(dataset, mode) DO UPDATE SET rows = rows + excluded.rows)sql"},
      {&Own::all_, "SELECT dataset, mode, rows, quarantined FROM taken ORDER BY dataset, mode"},
  };
  SLUICE_TRY(prepare_all(database, tables, statements));
  return tables;
}

sqlite::Result<void> TakenTables::add(const DatasetOrigin& origin, std::uint64_t rows) {
  return add_.bind(1, origin.dataset.str())
      .bind(2, static_cast<std::int64_t>(origin.mode))
      .bind(3, rows)
      .run();
}

sqlite::Result<std::vector<TakenRows>> TakenTables::all() {
  std::vector<TakenRows> found;
  SLUICE_TRY(each_row(all_, [&](const sqlite::Statement& row) {
    found.push_back({record::DatasetId(std::string(row.text(0))),
                     static_cast<record::Mode>(row.integer(1)), count(row, 2), count(row, 3)});
  }));
  return found;
}

}  // namespace sluice::journal
