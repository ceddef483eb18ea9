#include "installation/store_memory.h"

#include <fmt/format.h>

#include "journal/marks_format.h"
#include "record/recast.h"
#include "record/try.h"
#include "sqlite/database.h"
#include "sqlite/format.h"

namespace sluice::installation {
namespace {

constexpr const char* store_ddl = R"sql(
  CREATE TABLE IF NOT EXISTS store(
    one INTEGER PRIMARY KEY CHECK (one = 1),
    incarnation INTEGER NOT NULL
  ) STRICT)sql";

template <class T>
store::Result<T> as_store_result(sqlite::Result<T> result, const std::filesystem::path& file) {
  return record::recast(std::move(result), [&](const sqlite::Error& error) {
    return store::StoreFailure{
        error.is_busy() ? store::StoreProblem::unavailable : store::StoreProblem::failed,
        file.string(),
        fmt::format("what this node remembers of its store can not be read or written: {}",
                    error.message)};
  });
}

store::Result<sqlite::Database> open_memory(const std::filesystem::path& file) {
  auto database = SLUICE_TRY(as_store_result(sqlite::Database::open(file), file));
  auto why = SLUICE_TRY(as_store_result(
      sqlite::make_or_check(database, {journal::newest_marks_format, store_ddl}), file));
  if (!why) return database;
  return std::unexpected(
      store::StoreFailure{store::StoreProblem::failed, file.string(), *std::move(why)});
}

sqlite::Result<std::optional<std::uint32_t>> find_in(sqlite::Database& database) {
  auto select = SLUICE_TRY(database.prepare("SELECT incarnation FROM store"));
  if (!SLUICE_TRY(select.step())) return std::nullopt;
  return static_cast<std::uint32_t>(select.integer(0));
}

sqlite::Result<void> replace_in(sqlite::Database& database, std::uint32_t incarnation) {
  auto put = SLUICE_TRY(database.prepare("INSERT OR REPLACE INTO store VALUES(1, ?1)"));
  return put.bind(1, std::int64_t{incarnation}).run();
}

}  // namespace

store::Result<std::optional<std::uint32_t>> StoreMemory::find() const {
  auto database = SLUICE_TRY(open_memory(file_));
  return as_store_result(find_in(database), file_);
}

store::Result<void> StoreMemory::replace(std::uint32_t incarnation) const {
  auto database = SLUICE_TRY(open_memory(file_));
  return as_store_result(replace_in(database, incarnation), file_);
}

}  // namespace sluice::installation
