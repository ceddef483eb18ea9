// Which datasets a central store in PostgreSQL could not take, for who only looks.
#pragma once

#include <vector>

#include "store/postgresql/postgresql_store.h"
#include "store/store.h"

namespace sluice::store {

// Of each of these why prepare() would fail. Nothing is made, not even in an empty database.
[[nodiscard]] Result<std::vector<StoreFailure>> postgresql_conflicts(
    const PostgresqlAccess& access, const std::vector<const record::Dataset*>& datasets);

}  // namespace sluice::store
