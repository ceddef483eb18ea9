// The reports at the centers of a central store in PostgreSQL: a table in its schema `sluice`.
#pragma once

#include <memory>

#include "edges/kept_reports.h"
#include "postgresql/access.h"

namespace sluice::edges {

// Connects when it is first needed, and again after a connection was lost: with the server down
// this succeeds and the calls say `unavailable`. The table is made by the first keep(). Fails where
// the access can not be understood.
[[nodiscard]] Result<std::unique_ptr<KeptReports>> open_postgresql(postgresql::Access access);

}  // namespace sluice::edges
