#include "exchange/known_versions.h"

#include <utility>

#include "record/recast.h"
#include "record/try.h"

namespace sluice::exchange {

// What the tables are is asked first: where they are migrated meanwhile, the next call sees that
// they are others.
store::Result<const DatasetVersions*> KnownVersions::of(const record::Dataset& dataset) {
  auto& migrations = store_.migrations();
  const auto current = SLUICE_TRY(migrations.current(dataset.id));
  // Where there are no tables, nothing was migrated; what it is kept as, no tables are.
  const store::TablesVersion as_of = current.value_or(store::TablesVersion{{1}, ""});
  // Another center may have brought one meanwhile, and this one's again after that.
  auto schemas = SLUICE_TRY(migrations.schemas(dataset.id, as_of.number));
  const auto known = known_.find(dataset.id);
  if (known != known_.end() && known->second.as_of == as_of && known->second.schemas == schemas) {
    return &known->second.versions;
  }
  auto entries = SLUICE_TRY(migrations.of(dataset.id));
  auto versions = SLUICE_TRY(
      record::recast(DatasetVersions::read(std::move(entries), {dataset.schema, schemas}),
                     [&](const record::Flaw& flaw) {
                       return store::StoreFailure{store::StoreProblem::schema_conflict,
                                                  "dataset " + dataset.id.str(), flaw.sentence};
                     }));
  return &known_.insert_or_assign(dataset.id, Known{as_of, std::move(schemas), std::move(versions)})
              .first->second.versions;
}

}  // namespace sluice::exchange
