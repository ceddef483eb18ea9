// One number out of a file, for who must leave no trace: nothing is made, not even the files that
// SQLite has beside it, and nothing is changed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "sqlite/database.h"

namespace sluice::sqlite {

// The first column of the query's first row; 0 where there is none. What a process that was killed
// left in the log without its index is not seen.
[[nodiscard]] Result<std::int64_t> look_up(const std::filesystem::path& file,
                                           const std::string& query);

}  // namespace sluice::sqlite
