// The tasks of a central store in PostgreSQL: tables in its schema `sluice`, the same for every
// center that shares it.
#pragma once

#include <memory>

#include "postgresql/access.h"
#include "tasks/tasks.h"

namespace sluice::tasks {

// Connects when it is first needed, and again after a connection was lost: with the server down
// this succeeds and the calls say `unavailable`. The tables are made by the first add(). Fails
// where the access can not be understood.
[[nodiscard]] Result<std::unique_ptr<Tasks>> open_postgresql(postgresql::Access access);

}  // namespace sluice::tasks
