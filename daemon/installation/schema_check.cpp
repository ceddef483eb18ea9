#include "installation/schema_check.h"

#include <chrono>
#include <filesystem>
#include <variant>

#include "record/try.h"
#include "store/postgresql/conflicts.h"
#include "store/sqlite/conflicts.h"

namespace sluice::installation {
namespace {

// A person waits for the answer.
constexpr std::chrono::seconds patience_for_looking{2};

}  // namespace

store::Result<void> check_schema(store::Store& store, const exchange::KnownDataset& known) {
  SLUICE_TRY(store.compare(known.dataset));
  const auto kept = SLUICE_TRY(store.schema(known.schema));
  return kept ? store::Result<void>() : store.keep(known.dataset.schema);
}

bool has_begun_store(const settings::Settings& settings) {
  if (!settings.node.store) return false;
  const auto* embedded = std::get_if<settings::SqliteLocation>(&*settings.node.store);
  std::error_code error;
  return embedded == nullptr || std::filesystem::exists(embedded->file, error);
}

store::Result<std::vector<store::StoreFailure>> schema_conflicts(
    const settings::Settings& settings) {
  if (!has_begun_store(settings)) return {};
  std::vector<const record::Dataset*> datasets;
  for (const auto& [id, dataset] : settings.datasets)
    datasets.push_back(&dataset);
  if (const auto* embedded = std::get_if<settings::SqliteLocation>(&*settings.node.store)) {
    return store::sqlite_conflicts(embedded->file, datasets);
  }
  const auto& server = std::get<settings::PostgresqlLocation>(*settings.node.store);
  return store::postgresql_conflicts(
      {server.connection, server.password_file, patience_for_looking}, datasets);
}

}  // namespace sluice::installation
