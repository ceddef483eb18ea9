// The people of a central store in PostgreSQL: a table in its schema `sluice`, the same for every
// center that shares it.
#pragma once

#include <functional>
#include <memory>

#include "people/people.h"
#include "postgresql/access.h"

namespace sluice::people {

// Connects when it is first needed, and again after a connection was lost: with the server down
// this succeeds and the calls say `unavailable`. The table is made by the first add(). Fails where
// the access can not be understood. `now` says when an account is added or changed.
[[nodiscard]] Result<std::unique_ptr<People>> open_postgresql(postgresql::Access access,
                                                              std::function<record::Time()> now);

}  // namespace sluice::people
