#include "sqlite/shrinking.h"

#include <memory>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sqlite3.h>

#include "files/file_descriptor.h"

namespace sluice::sqlite {
namespace {

struct CloseHandle {
  void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
};

Result<std::int64_t> number_of(Database& database, const char* pragma) {
  auto statement = database.prepare(pragma);
  if (!statement) return std::unexpected(statement.error());
  const auto row = statement->step();
  if (!row) return std::unexpected(row.error());
  return *row ? statement->integer(0) : 0;
}

}  // namespace

Result<void> make_shrinkable(const std::filesystem::path& file) {
  std::error_code missing;
  if (const auto bytes = std::filesystem::file_size(file, missing); !missing && bytes > 0) {
    return {};
  }
  // Made here first so that it is never readable by others; who opens it tells why it can not be.
  const files::FileDescriptor made(
      ::open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!made) return {};
  sqlite3* opened = nullptr;
  const int result = sqlite3_open_v2(file.c_str(), &opened,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE, nullptr);
  const std::unique_ptr<sqlite3, CloseHandle> handle(opened);
  if (result != SQLITE_OK) return {};
  sqlite3_busy_timeout(opened, Database::default_busy_timeout_ms);
  // Only what writes the first page keeps it.
  const int set = sqlite3_exec(opened, "PRAGMA auto_vacuum=INCREMENTAL; PRAGMA user_version=0",
                               nullptr, nullptr, nullptr);
  if (set == SQLITE_OK) return {};
  return std::unexpected(Error{sqlite3_extended_errcode(opened), sqlite3_errmsg(opened)});
}

Result<bool> shrink(Database& database, int most_pages) {
  constexpr std::int64_t in_steps = 2;
  const auto how = number_of(database, "PRAGMA auto_vacuum");
  if (!how) return std::unexpected(how.error());
  const auto free = number_of(database, "PRAGMA freelist_count");
  if (!free) return std::unexpected(free.error());
  if (*how != in_steps || *free == 0) return false;
  const auto cut =
      database.execute("PRAGMA incremental_vacuum(" + std::to_string(most_pages) + ")");
  if (!cut) return std::unexpected(cut.error());
  if (auto moved = database.checkpoint(); !moved) return std::unexpected(moved.error());
  return true;
}

}  // namespace sluice::sqlite
