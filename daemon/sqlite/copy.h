// A whole database copied as it is at one moment, while others go on writing to it.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>

#include "sqlite/database.h"

namespace sluice::sqlite {

// So that a copy leaves the disk to those who work: after each piece it waits as long as the piece
// took, or as `pause` says.
struct CopyPace {
  int pages = 1024;  // a piece; -1: all at once
  // Told how long the last piece took. Empty: there is no pause.
  std::function<void(std::chrono::nanoseconds)> pause = {};
};

// Into a database that is there or new, in place of what is in it. Of `from` the moment is when the
// copy begins; its log is part of it, and grows until the copy ends. Not durable: the caller syncs.
[[nodiscard]] Result<void> copy(Database& from, Database& to, const CopyPace& pace = {});

// Makes `to`, a file that is not there yet, by such a copy of `from`, which must be there; fsynced,
// in one piece without a log.
[[nodiscard]] Result<void> copy_file(const std::filesystem::path& from,
                                     const std::filesystem::path& to, const CopyPace& pace = {});

// What SQLite finds wrong with a database, `thorough` or with a look at each page only; empty:
// nothing. Reads all of it.
enum class Check { quick, thorough };
[[nodiscard]] Result<std::string> check(Database& database, Check how);

}  // namespace sluice::sqlite
