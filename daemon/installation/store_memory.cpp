#include "installation/store_memory.h"

#include <fmt/format.h>

#include "record/recast.h"
#include "record/try.h"
#include "sqlite/database.h"

namespace sluice::installation {
namespace {

constexpr const char* store_ddl = R"sql(
  CREATE TABLE IF NOT EXISTS store(
    one INTEGER PRIMARY KEY CHECK (one = 1),
    incarnation INTEGER NOT NULL
  ) STRICT)sql";

sqlite::Result<sqlite::Database> open_memory(const std::filesystem::path& file) {
  auto database = SLUICE_TRY(sqlite::Database::open(file));
  SLUICE_TRY(database.execute(store_ddl));
  return database;
}

sqlite::Result<std::optional<std::uint32_t>> find_in(const std::filesystem::path& file) {
  auto database = SLUICE_TRY(open_memory(file));
  auto select = SLUICE_TRY(database.prepare("SELECT incarnation FROM store"));
  if (!SLUICE_TRY(select.step())) return std::nullopt;
  return static_cast<std::uint32_t>(select.integer(0));
}

sqlite::Result<void> replace_in(const std::filesystem::path& file, std::uint32_t incarnation) {
  auto database = SLUICE_TRY(open_memory(file));
  auto put = SLUICE_TRY(database.prepare("INSERT OR REPLACE INTO store VALUES(1, ?1)"));
  return put.bind(1, std::int64_t{incarnation}).run();
}

template <class T>
store::Result<T> as_store_failure(sqlite::Result<T> result, const std::filesystem::path& file) {
  return record::recast(std::move(result), [&](const sqlite::Error& error) {
    return store::StoreFailure{
        error.is_busy() ? store::StoreProblem::unavailable : store::StoreProblem::failed,
        file.string(),
        fmt::format("what this node remembers of its store can not be read or written: {}",
                    error.message)};
  });
}

}  // namespace

store::Result<std::optional<std::uint32_t>> StoreMemory::find() const {
  return as_store_failure(find_in(file_), file_);
}

store::Result<void> StoreMemory::replace(std::uint32_t incarnation) const {
  return as_store_failure(replace_in(file_, incarnation), file_);
}

}  // namespace sluice::installation
