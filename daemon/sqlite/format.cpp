#include "sqlite/format.h"

#include <fmt/format.h>

namespace sluice::sqlite {

Result<std::int64_t> format_of(Database& database) {
  auto asked = database.prepare("PRAGMA user_version");
  if (!asked) return std::unexpected(asked.error());
  if (auto row = asked->step(); !row) return std::unexpected(row.error());
  return asked->integer(0);
}

std::optional<std::string> why_too_late(std::int64_t found, std::int64_t newest) {
  if (found <= newest) return std::nullopt;
  return fmt::format(
      "it is of format {}, this program reads up to {}: a later version has written to it; run "
      "that version, or restore the backup of before (docs/upgrades.md)",
      found, newest);
}

Result<std::optional<std::string>> make_or_check(Database& database, const Tables& tables) {
  const auto seen = format_of(database);
  if (!seen) return std::unexpected(seen.error());
  if (auto why = why_too_late(*seen, tables.format)) return why;
  // Who finds all there waits for nobody who writes.
  if (*seen == tables.format) {
    if (auto made = database.execute(tables.ddl); !made) return std::unexpected(made.error());
    return std::nullopt;
  }
  auto transaction = Transaction::begin(database);
  if (!transaction) return std::unexpected(transaction.error());
  // Under the lock: another process may have been faster, and of a later version.
  const auto found = format_of(database);
  if (!found) return std::unexpected(found.error());
  if (auto why = why_too_late(*found, tables.format)) return why;
  const std::string number = fmt::format("PRAGMA user_version={}", tables.format);
  for (const std::string& step : {std::string(tables.ddl), number}) {
    if (auto done = database.execute(step); !done) return std::unexpected(done.error());
  }
  if (auto committed = transaction->commit(); !committed) {
    return std::unexpected(committed.error());
  }
  return std::nullopt;
}

}  // namespace sluice::sqlite
