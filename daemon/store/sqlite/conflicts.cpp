#include "store/sqlite/conflicts.h"

#include <utility>

#include "record/try.h"
#include "store/evolution.h"
#include "store/sqlite/central_file.h"
#include "store/sqlite/schema_tables.h"

namespace sluice::store {

Result<std::vector<StoreFailure>> sqlite_conflicts(
    const std::filesystem::path& file, const std::vector<const record::Dataset*>& datasets) {
  auto database = sqlite::Database::open(file);
  if (!database) return std::unexpected(sqlite::sqlite_failure(database.error(), file.string()));
  sqlite::CentralFile central(std::move(*database), file.string(), nullptr);
  auto known = SLUICE_TRY(central.statement("SELECT 1 FROM sqlite_schema WHERE name = 'dataset'"));
  if (!SLUICE_TRY(central.step(known))) return std::vector<StoreFailure>();
  sqlite::SchemaTablesOfFile tables(central);
  return conflicts_of(
      datasets, [&](const record::Dataset& dataset) { return compare_schema(dataset, tables); });
}

}  // namespace sluice::store
