// The pages' own files: under names that change with their content, so that a browser asks for each
// once.
#pragma once

#include <vector>

#include "pages/view/assets.h"
#include "server/router.h"

namespace sluice::pages {

// `assets` must outlive the routes.
[[nodiscard]] std::vector<server::Route> asset_routes(const Assets& assets);

}  // namespace sluice::pages
