#include "journal/anchor_tables.h"

#include <algorithm>
#include <string>
#include <utility>

#include "journal/journal_columns.h"
#include "record/try.h"

namespace sluice::journal {
namespace {

std::int64_t hour_of(record::Time time) {
  return std::chrono::floor<std::chrono::hours>(time).time_since_epoch().count();
}

}  // namespace

sqlite::Result<AnchorTables> AnchorTables::prepare(sqlite::Database& database) {
  using Own = AnchorTables;
  Own tables;
  const std::pair<sqlite::Statement Own::*, std::string_view> statements[] = {
      {&Own::keep_,
       R"sql(
         INSERT INTO anchor(hour, line, number, json, signature)
         VALUES(?1, ?2, ?3, ?4, ?5)
         ON CONFLICT(hour, line) DO UPDATE SET number=excluded.number, json=excluded.json,
           signature=excluded.signature
         WHERE excluded.number > number)sql"},
      // A few at a time, so that no one receipt pays for all.
      {&Own::forget_,
       R"sql(
         DELETE FROM anchor
         WHERE rowid IN (SELECT rowid FROM anchor WHERE hour < ?1 ORDER BY hour LIMIT 2))sql"},
      {&Own::read_, "SELECT json, signature FROM anchor ORDER BY hour, number"},
  };
  SLUICE_TRY(prepare_all(database, tables, statements));
  return tables;
}

sqlite::Result<void> AnchorTables::keep(const record::Receipt& receipt,
                                        const record::SignedReceipt& signed_receipt,
                                        record::Time now) {
  if (!receipt.checkpoint || signed_receipt.json.size() > longest_anchor) return {};
  const std::int64_t hour = hour_of(receipt.at);
  SLUICE_TRY(keep_.bind(1, hour)
                 .bind(2, std::string_view(receipt.checkpoint->line))
                 .bind(3, receipt.checkpoint->number)
                 .bind_blob(4, signed_receipt.json)
                 .bind_blob(5, signed_receipt.signature)
                 .run());
  // This one stays, whatever the center's clock says.
  return forget_.bind(1, std::min(hour_of(now - anchor_age), hour)).run();
}

sqlite::Result<void> AnchorTables::read(
    const std::function<bool(const record::SignedReceipt&)>& consume) {
  for (auto row = read_.step();; row = read_.step()) {
    const bool goes_on =
        row && *row && consume({std::string(read_.text(0)), std::string(read_.text(1))});
    if (goes_on) continue;
    read_.reset();
    if (!row) return std::unexpected(row.error());
    return {};
  }
}

}  // namespace sluice::journal
