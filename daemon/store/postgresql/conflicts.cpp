#include "store/postgresql/conflicts.h"

#include "record/try.h"
#include "store/evolution.h"
#include "store/postgresql/dataset_ddl.h"
#include "store/postgresql/session.h"

namespace sluice::store {

Result<std::vector<StoreFailure>> postgresql_conflicts(
    const PostgresqlAccess& access, const std::vector<const record::Dataset*>& datasets) {
  auto connection = SLUICE_TRY(postgresql::open_bare_session(access));
  const auto is_there = connection.execute("SELECT to_regclass('sluice.dataset') IS NOT NULL");
  if (!is_there) {
    return std::unexpected(postgresql::store_failure(is_there.error(), "central store"));
  }
  if (is_there->text(0, 0) != "t") return std::vector<StoreFailure>();
  return conflicts_of(datasets, [&](const record::Dataset& dataset) {
    return postgresql::compare_tables(connection, dataset);
  });
}

}  // namespace sluice::store
