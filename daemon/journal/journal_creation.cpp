#include "journal/journal_creation.h"

#include <fmt/format.h>

#include "journal/ddl.h"
#include "journal/format.h"
#include "record/digest.h"
#include "record/try.h"
#include "sqlite/format.h"

namespace sluice::journal {
namespace {

sqlite::Result<std::int64_t> number(sqlite::Database& database, std::string_view query) {
  auto statement = SLUICE_TRY(database.prepare(query));
  SLUICE_TRY(statement.step());
  return statement.integer(0);
}

sqlite::Result<bool> has_column(sqlite::Database& database, std::string_view table,
                                std::string_view column) {
  auto columns =
      SLUICE_TRY(database.prepare("SELECT count(*) FROM pragma_table_info(?1) WHERE name = ?2"));
  SLUICE_TRY(columns.bind(1, table).bind(2, column).step());
  return columns.integer(0) > 0;
}

sqlite::Result<void> make_tables(sqlite::Database& database) {
  SLUICE_TRY(database.execute(journal_ddl));
  // Of versions 1 and 2: quarantine_group does its work.
  SLUICE_TRY(database.execute("DROP INDEX IF EXISTS quarantine_waiting"));
  // Those of versions 1 to 3 have no such columns.
  if (!SLUICE_TRY(has_column(database, "stream", "follows"))) {
    SLUICE_TRY(database.execute(
        R"sql(
          ALTER TABLE stream ADD COLUMN follows INTEGER NOT NULL DEFAULT 0;
          ALTER TABLE stream ADD COLUMN refused TEXT NOT NULL DEFAULT '')sql"));
  }
  // Nor those of version 4 these.
  if (!SLUICE_TRY(has_column(database, "stream", "sealed_at"))) {
    SLUICE_TRY(database.execute(
        R"sql(
          ALTER TABLE stream ADD COLUMN sealed_at INTEGER NOT NULL DEFAULT 0;
          ALTER TABLE stream ADD COLUMN confirmed_at INTEGER NOT NULL DEFAULT 0)sql"));
  }
  // Nor those of version 6 these: of the rows that are there nobody knows the places.
  for (const std::string_view table : {"batch", "open_lines", "held_batch"}) {
    if (SLUICE_TRY(has_column(database, table, "places"))) continue;
    SLUICE_TRY(database.execute(
        fmt::format("ALTER TABLE {} ADD COLUMN places BLOB NOT NULL DEFAULT x''", table)));
  }
  return database.execute(fmt::format("PRAGMA user_version={}", newest_format));
}

sqlite::Result<void> begin_stream(sqlite::Database& database, const record::BureauId& bureau,
                                  record::Time now) {
  auto insert = SLUICE_TRY(
      database.prepare("INSERT INTO stream VALUES(1, ?1, ?2, 0, ?3, 0, 0, 0, 0, '', 0, 0)"));
  const record::Digest zeros;
  const std::string_view no_manifest(reinterpret_cast<const char*>(zeros.bytes.data()),
                                     zeros.bytes.size());
  return insert.bind(1, bureau.str())
      .bind(2, now.time_since_epoch().count())
      .bind_blob(3, no_manifest)
      .run();
}

}  // namespace

sqlite::Result<std::string> create_or_check(sqlite::Database& database,
                                            const record::BureauId& bureau, record::Time now) {
  // The lock first: two processes may open a new journal at the same moment.
  auto transaction = SLUICE_TRY(sqlite::Transaction::begin(database));
  const std::int64_t version = SLUICE_TRY(number(database, "PRAGMA user_version"));
  if (auto why = sqlite::why_too_late(version, newest_format)) return *std::move(why);
  if (version == newest_format) return {};
  const std::int64_t tables = SLUICE_TRY(number(database, "SELECT count(*) FROM sqlite_master"));
  if (version == 0 && tables != 0) return "it is a database of something else";
  SLUICE_TRY(make_tables(database));
  if (version == 0) SLUICE_TRY(begin_stream(database, bureau, now));
  SLUICE_TRY(transaction.commit());
  return {};
}

}  // namespace sluice::journal
