// Takes a dataset's tables for a transaction alone, past those who have them open for long (a dump,
// a report): the lock that this takes is waited for in short attempts, since everybody who comes
// after it queues behind it, even to read.
#pragma once

#include "store/migrations.h"
#include "store/postgresql/connection.h"

namespace sluice::store::postgresql {

// Within an open transaction, which stays whole whatever comes of an attempt, and then has the
// current and the history table until it ends. `unavailable` where the order's patience ends first.
[[nodiscard]] Result<void> take_in_turns(Connection& connection, const record::DatasetId& dataset,
                                         const MigrationOrder& order);

}  // namespace sluice::store::postgresql
