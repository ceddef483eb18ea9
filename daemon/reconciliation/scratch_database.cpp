#include "reconciliation/scratch_database.h"

#include <system_error>
#include <utility>

namespace sluice::reconciliation {
namespace {

void remove_files(const std::filesystem::path& file) {
  std::error_code ignored;  // what is left is removed before the next work
  for (const char* const suffix : {"", "-wal", "-shm"}) {
    static_cast<void>(std::filesystem::remove(file.string() + suffix, ignored));
  }
}

}  // namespace

std::expected<ScratchDatabase, Failure> ScratchDatabase::create(std::filesystem::path file) {
  remove_files(file);
  auto database = sqlite::Database::open(file);
  if (!database) {
    return std::unexpected(Failure{Problem::scratch, file.string(), database.error().message});
  }
  ScratchDatabase scratch(std::move(*database), std::move(file));
  auto set = scratch.execute(
      "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE; "
      "PRAGMA cache_size=-16384");
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

std::expected<void, Failure> ScratchDatabase::execute(const std::string& sql) {
  if (auto done = database_.execute(sql); !done) return failed(done.error());
  return {};
}

std::expected<sqlite::Statement, Failure> ScratchDatabase::prepare(std::string_view sql) {
  auto statement = database_.prepare(sql);
  if (!statement) return failed(statement.error());
  return std::move(*statement);
}

std::expected<bool, Failure> ScratchDatabase::step(sqlite::Statement& statement) const {
  const auto row = statement.step();
  if (!row) return failed(row.error());
  return *row;
}

std::expected<void, Failure> ScratchDatabase::run(sqlite::Statement& statement) const {
  if (auto done = statement.run(); !done) return failed(done.error());
  return {};
}

}  // namespace sluice::reconciliation
