#include "sqlite/look_up.h"

#include <memory>
#include <string_view>
#include <system_error>

#include <sqlite3.h>

namespace sluice::sqlite {
namespace {

struct CloseLooked {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
struct FinalizeLooked {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

constexpr int patience_of_look_ms = 1000;

// SQLite makes the log's index where there is none, even for a reader. Without it the file is read
// as if nobody wrote to it: whoever does has made one.
std::string address_of(const std::filesystem::path& file) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string address = "file:";
  for (const char c : file.string()) {
    if (c == '?' || c == '#' || c == '%') {
      address += '%';
      address += digits[static_cast<unsigned char>(c) >> 4U];
      address += digits[static_cast<unsigned char>(c) & 0xFU];
    } else {
      address += c;
    }
  }
  std::error_code ignored;
  const bool has_index = std::filesystem::exists(file.string() + "-wal", ignored) &&
                         std::filesystem::exists(file.string() + "-shm", ignored);
  return address + (has_index ? "?mode=ro" : "?mode=ro&immutable=1");
}

Error said_of(sqlite3* database) {
  return {sqlite3_extended_errcode(database), sqlite3_errmsg(database),
          sqlite3_system_errno(database)};
}

}  // namespace

Result<std::int64_t> look_up(const std::filesystem::path& file, const std::string& query) {
  sqlite3* opened = nullptr;
  const int result = sqlite3_open_v2(
      address_of(file).c_str(), &opened,
      SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
      nullptr);
  const std::unique_ptr<sqlite3, CloseLooked> database(opened);
  if (result != SQLITE_OK) return std::unexpected(said_of(opened));
  sqlite3_busy_timeout(opened, patience_of_look_ms);
  sqlite3_stmt* prepared = nullptr;
  const int compiled = sqlite3_prepare_v2(opened, query.c_str(), -1, &prepared, nullptr);
  const std::unique_ptr<sqlite3_stmt, FinalizeLooked> statement(prepared);
  if (compiled != SQLITE_OK) return std::unexpected(said_of(opened));
  const int row = sqlite3_step(prepared);
  if (row == SQLITE_DONE) return 0;
  if (row != SQLITE_ROW) return std::unexpected(said_of(opened));
  return sqlite3_column_int64(prepared, 0);
}

}  // namespace sluice::sqlite
