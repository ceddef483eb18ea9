// Which form a file's tables are of: a number in the file itself (PRAGMA user_version), raised when
// something comes to them. What a later version wrote is left as it is, and told of in the same
// words whatever the file holds (docs/upgrades.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sqlite/database.h"

namespace sluice::sqlite {

// 0: it has none, since it is new or of a version that gave it none.
[[nodiscard]] Result<std::int64_t> format_of(Database& database);

// Why a file of the format `found` is not for who knows those up to `newest`, and what to do.
// Nothing: it is.
[[nodiscard]] std::optional<std::string> why_too_late(std::int64_t found, std::int64_t newest);

struct Tables {
  int format = 0;  // from 1 on
  // Makes those that are not there, and leaves the others as they are: a file may hold tables of
  // two owners, and what has no number yet may have the tables of format 1.
  const char* ddl = "";
};

// Makes the tables and writes the number, in one transaction; where the number is there already,
// only the tables. Nothing: all is well. Else why the file is not to be used, as above: then
// nothing of it was changed.
[[nodiscard]] Result<std::optional<std::string>> make_or_check(Database& database,
                                                               const Tables& tables);

}  // namespace sluice::sqlite
