#include "journal/journal_creation.h"

#include <fmt/format.h>

#include "journal/journal_format.h"
#include "record/digest.h"
#include "record/try.h"

namespace sluice::journal {
namespace {

sqlite::Result<std::int64_t> number(sqlite::Database& database, std::string_view query) {
  auto statement = SLUICE_TRY(database.prepare(query));
  SLUICE_TRY(statement.step());
  return statement.integer(0);
}

sqlite::Result<void> set_version(sqlite::Database& database) {
  return database.execute(fmt::format("PRAGMA user_version={}", format_version));
}

sqlite::Result<void> create(sqlite::Database& database, const record::BureauId& bureau,
                            record::Time now) {
  SLUICE_TRY(database.execute(create_tables));
  SLUICE_TRY(database.execute(create_tally));
  auto insert =
      SLUICE_TRY(database.prepare("INSERT INTO stream VALUES(1, ?1, ?2, 0, ?3, 0, 0, 0)"));
  const record::Digest zeros;
  const std::string_view no_manifest(reinterpret_cast<const char*>(zeros.bytes.data()),
                                     zeros.bytes.size());
  if (auto done = insert.bind(1, bureau.str())
                      .bind(2, now.time_since_epoch().count())
                      .bind_blob(3, no_manifest)
                      .run();
      !done) {
    return done;
  }
  return set_version(database);
}

sqlite::Result<void> upgrade_from_version_1(sqlite::Database& database) {
  SLUICE_TRY(database.execute(create_tally));
  return set_version(database);
}

}  // namespace

std::expected<void, std::string> create_or_check(sqlite::Database& database,
                                                 const record::BureauId& bureau, record::Time now) {
  // The lock first: two processes may open a new journal at the same moment.
  auto transaction = sqlite::Transaction::begin(database);
  if (!transaction) return std::unexpected(transaction.error().message);
  const auto version = number(database, "PRAGMA user_version");
  if (!version) return std::unexpected(version.error().message);
  if (*version > format_version) {
    return std::unexpected(fmt::format(
        "it is of format {}, this program reads up to {}; upgrade it", *version, format_version));
  }
  if (*version == format_version) return {};
  const auto tables = number(database, "SELECT count(*) FROM sqlite_master");
  if (!tables) return std::unexpected(tables.error().message);
  if (*version == 0 && *tables != 0) return std::unexpected("it is a database of something else");
  const auto made =
      *version == 1 ? upgrade_from_version_1(database) : create(database, bureau, now);
  if (!made) return std::unexpected(made.error().message);
  if (auto done = transaction->commit(); !done) return std::unexpected(done.error().message);
  return {};
}

}  // namespace sluice::journal
