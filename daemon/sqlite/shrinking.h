// Files that give room back to the disk: SQLite keeps what was deleted for itself, unless a file
// was made for it from the start.
#pragma once

#include <filesystem>

#include "sqlite/database.h"

namespace sluice::sqlite {

// Makes the file so where it is not there yet or empty; else does nothing.
[[nodiscard]] Result<void> make_shrinkable(const std::filesystem::path& file);

// Cuts at most so many free pages off and moves the log into the file, which costs about as many
// pages of the log. False: there is nothing to cut off, or the file was not made for it.
[[nodiscard]] Result<bool> shrink(Database& database, int most_pages);

}  // namespace sluice::sqlite
