#include "reconciliation/scratch_database.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "files/sync.h"
#include "record/try.h"

namespace sluice::reconciliation {
namespace {

// Of the tables in a file that is kept; another one is not taken up.
constexpr int kept_format = 1;

void remove_files(const std::filesystem::path& file) {
  std::error_code ignored;  // what is left is removed before the next work
  for (const char* const suffix : {"", "-wal", "-shm"}) {
    static_cast<void>(std::filesystem::remove(file.string() + suffix, ignored));
  }
}

}  // namespace

Result<ScratchDatabase> ScratchDatabase::create(std::filesystem::path file) {
  remove_files(file);
  return open(std::move(file));
}

Result<ScratchDatabase> ScratchDatabase::take_up(const std::filesystem::path& kept) {
  std::filesystem::path working = kept.string() + ".working";
  remove_files(working);
  std::error_code is_not_there;
  std::filesystem::rename(kept, working, is_not_there);
  if (!is_not_there) {
    auto taken = open(working);
    if (taken && taken->has_kept_format()) return taken;
  }
  auto made = create(std::move(working));
  if (!made) return made;
  SLUICE_TRY(made->execute(fmt::format("PRAGMA user_version={}", kept_format)));
  return made;
}

bool ScratchDatabase::has_kept_format() {
  auto format = prepare("PRAGMA user_version");
  if (!format) return false;
  const auto row = step(*format);
  return row && *row && format->integer(0) == kept_format;
}

Result<void> ScratchDatabase::keep(const std::filesystem::path& kept) {
  const auto cannot = [&](const char* what) {
    return std::unexpected(Failure{Problem::scratch, kept.string(),
                                   fmt::format("{}: {}", what, std::strerror(errno))});
  };
  if (!files::sync(file_)) return cannot("can not be written");
  if (std::rename(file_.c_str(), kept.c_str()) != 0) return cannot("can not be put back");
  file_.clear();
  if (!files::sync(kept.parent_path())) return cannot("can not be written");
  return {};
}

Result<ScratchDatabase> ScratchDatabase::open(std::filesystem::path file) {
  auto database = sqlite::Database::open(file);
  if (!database) {
    return std::unexpected(Failure{Problem::scratch, file.string(), database.error().message});
  }
  ScratchDatabase scratch(std::move(*database), std::move(file));
  auto set = scratch.execute(
      R"sql(
        PRAGMA journal_mode=OFF;
        PRAGMA synchronous=OFF;
        PRAGMA locking_mode=EXCLUSIVE;
        PRAGMA cache_size=-16384)sql");
  if (!set) return std::unexpected(set.error());
  return scratch;
}

ScratchDatabase::ScratchDatabase(ScratchDatabase&& other) noexcept
    : database_(std::move(other.database_)), file_(std::exchange(other.file_, {})) {}

ScratchDatabase::~ScratchDatabase() {
  if (!file_.empty()) remove_files(file_);
}

std::unexpected<Failure> ScratchDatabase::failed(const sqlite::Error& error) const {
  return std::unexpected(Failure{Problem::scratch, file_.string(), error.message});
}

Result<void> ScratchDatabase::execute(const std::string& sql) {
  if (auto done = database_.execute(sql); !done) return failed(done.error());
  return {};
}

Result<sqlite::Statement> ScratchDatabase::prepare(std::string_view sql) {
  auto statement = database_.prepare(sql);
  if (!statement) return failed(statement.error());
  return std::move(*statement);
}

Result<bool> ScratchDatabase::step(sqlite::Statement& statement) const {
  const auto row = statement.step();
  if (!row) return failed(row.error());
  return *row;
}

Result<void> ScratchDatabase::run(sqlite::Statement& statement) const {
  if (auto done = statement.run(); !done) return failed(done.error());
  return {};
}

}  // namespace sluice::reconciliation
