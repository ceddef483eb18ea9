#include "sqlite/copy.h"

#include <cerrno>
#include <memory>
#include <system_error>

#include <sqlite3.h>

#include "files/sync.h"

namespace sluice::sqlite {
namespace {

struct EndBackup {
  void operator()(sqlite3_backup* backup) const { sqlite3_backup_finish(backup); }
};

Error error_of(int code, sqlite3* database) {
  return {code, sqlite3_errmsg(database), errno};
}

Result<void> copy_all(sqlite3_backup* backup, sqlite3* to, const CopyPace& pace) {
  for (;;) {
    const auto begun = std::chrono::steady_clock::now();
    errno = 0;
    const int result = sqlite3_backup_step(backup, pace.pages);
    if (result == SQLITE_DONE) return {};
    if (result != SQLITE_OK) return std::unexpected(error_of(result, to));
    if (pace.pause) pace.pause(std::chrono::steady_clock::now() - begun);
  }
}

Result<void> synced(const std::filesystem::path& path) {
  if (files::sync(path)) return {};
  const int system_error = errno;
  return std::unexpected(Error{SQLITE_IOERR_FSYNC,
                               path.string() + ": " + std::generic_category().message(system_error),
                               system_error});
}

}  // namespace

Result<void> copy(Database& from, Database& to, const CopyPace& pace) {
  // Held for as long as the copy takes: else each commit by somebody would begin it anew.
  auto moment = Transaction::begin_reading(from);
  if (!moment) return std::unexpected(moment.error());
  auto first = from.execute("SELECT count(*) FROM sqlite_master");
  if (!first) return first;
  const std::unique_ptr<sqlite3_backup, EndBackup> backup(
      sqlite3_backup_init(to.handle(), "main", from.handle(), "main"));
  if (!backup) return std::unexpected(error_of(sqlite3_errcode(to.handle()), to.handle()));
  return copy_all(backup.get(), to.handle(), pace);
}

Result<void> copy_file(const std::filesystem::path& from, const std::filesystem::path& to,
                       const CopyPace& pace) {
  std::error_code missing;
  if (!std::filesystem::is_regular_file(from, missing)) {
    return std::unexpected(Error{SQLITE_CANTOPEN, "there is no such file", ENOENT});
  }
  auto source = Database::open(from);
  if (!source) return std::unexpected(source.error());
  {
    auto made = Database::open(to);
    if (!made) return std::unexpected(made.error());
    // It counts only once it was synced whole.
    if (auto off = made->execute("PRAGMA synchronous=OFF"); !off) return off;
    if (auto done = copy(*source, *made, pace); !done) return done;
    if (auto emptied = made->empty_log(); !emptied) return emptied;
  }
  if (auto done = synced(to); !done) return done;
  return synced(to.parent_path());
}

Result<std::string> check(Database& database, Check how) {
  auto looked =
      database.prepare(how == Check::quick ? "PRAGMA quick_check(1)" : "PRAGMA integrity_check(1)");
  if (!looked) return std::unexpected(looked.error());
  const auto row = looked->step();
  if (!row) return std::unexpected(row.error());
  std::string found(*row ? looked->text(0) : "it says nothing");
  return found == "ok" ? std::string() : found;
}

}  // namespace sluice::sqlite
