// How the statements about the journal's tables are made, how they write times and counts, and how
// rows of them are read.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>
#include <utility>

#include "record/time.h"
#include "record/try.h"
#include "sqlite/database.h"

namespace sluice::journal {

// Prepares the statements that are members of `tables`.
template <class Tables, std::size_t size>
[[nodiscard]] sqlite::Result<void> prepare_all(
    sqlite::Database& database, Tables& tables,
    const std::pair<sqlite::Statement Tables::*, std::string_view> (&statements)[size]) {
  for (const auto& [member, sql] : statements) {
    auto statement = SLUICE_TRY(database.prepare(sql));
    tables.*member = std::move(statement);
  }
  return {};
}

[[nodiscard]] inline std::int64_t milliseconds(record::Time time) {
  return time.time_since_epoch().count();
}
[[nodiscard]] inline record::Time time_of(std::int64_t milliseconds) {
  return record::Time(std::chrono::milliseconds(milliseconds));
}

[[nodiscard]] inline std::uint64_t count(const sqlite::Statement& row, int column) {
  return static_cast<std::uint64_t>(row.integer(column));
}

// Steps once, reads the row if there is one, and resets, so that no read stays open.
template <class Read>
[[nodiscard]] auto first_row(sqlite::Statement& statement, Read read)
    -> sqlite::Result<std::optional<decltype(read(statement))>> {
  const auto row = statement.step();
  if (!row) {
    statement.reset();
    return std::unexpected(row.error());
  }
  std::optional<decltype(read(statement))> result;
  if (*row) result = read(statement);
  statement.reset();
  return result;
}

// Steps to the end, reads each row, and resets.
template <class Read>
[[nodiscard]] sqlite::Result<void> each_row(sqlite::Statement& statement, Read read) {
  while (true) {
    const auto row = statement.step();
    if (row && *row) {
      read(statement);
      continue;
    }
    statement.reset();
    if (!row) return std::unexpected(row.error());
    return {};
  }
}

}  // namespace sluice::journal
