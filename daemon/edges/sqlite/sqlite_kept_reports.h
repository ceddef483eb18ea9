// The reports at a center with the embedded store: one SQLite file of their own, so that an import,
// which locks the store's file, does not hold up an edge.
#pragma once

#include <filesystem>
#include <memory>

#include "edges/kept_reports.h"
#include "sqlite/database.h"

namespace sluice::edges {

// Touches nothing: the file (mode 0600) is made by the first keep(). Its folder must be there by
// then.
[[nodiscard]] std::unique_ptr<KeptReports> open_sqlite(std::filesystem::path file,
                                                       sqlite::OnFailedSync told = {});

}  // namespace sluice::edges
