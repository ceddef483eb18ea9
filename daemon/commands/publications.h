// What a bureau publishes from its exchange database, as `sluice collect` and `sluice reconcile`
// are asked for it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "foundation/foundation.h"

namespace sluice::commands {

struct CollectedPublications {
  const settings::Bureau& bureau;
  std::vector<const settings::Publication*> publications;  // at least one
};

// `dataset`: only this one; empty: all. Nothing after printing why there are none.
[[nodiscard]] std::optional<CollectedPublications> collected_publications(
    const foundation::Foundation& foundation, const std::string& bureau,
    const std::string& dataset);

}  // namespace sluice::commands
