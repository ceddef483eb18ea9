// The central store in PostgreSQL 13 or later, or what speaks its protocol. Beside the tables of
// schemas/central-store.postgresql.sql it holds data."DATASET" and history."DATASET" for each
// dataset (docs/store.md). Several centers may share one database.
#pragma once

#include <expected>
#include <functional>
#include <memory>

#include "postgresql/access.h"
#include "store/store.h"
#include "store/store_number.h"

namespace sluice::store {

using PostgresqlAccess = sluice::postgresql::Access;

// Connects when it is first needed, and again after a connection was lost: with the server down
// this succeeds and the calls say `unavailable`. Fails where `connection` can not be understood.
// `now` says when a batch is applied. A database of another number is `another_store` to every
// call.
[[nodiscard]] Result<std::unique_ptr<Store>> open_postgresql(PostgresqlAccess access,
                                                             std::function<record::Time()> now,
                                                             StoreNumber number = {});

}  // namespace sluice::store
