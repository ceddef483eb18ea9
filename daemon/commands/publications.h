// What a bureau publishes from its exchange database, as `sluice collect` and `sluice reconcile`
// are asked for it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "foundation/foundation.h"
#include "jobs/exit_status.h"

namespace sluice::commands {

struct CollectedPublications {
  const settings::Bureau& bureau;
  std::vector<const settings::Publication*> publications;  // at least one
};

// `dataset`: only this one; empty: all. Nothing after printing why there are none.
[[nodiscard]] std::optional<CollectedPublications> collected_publications(
    const foundation::Foundation& foundation, const std::string& bureau,
    const std::string& dataset);

// Does it for each. One that fails does not keep the others from being done; the worst of their
// statuses comes back.
[[nodiscard]] jobs::ExitStatus for_each(
    const CollectedPublications& collected,
    const std::function<jobs::ExitStatus(const settings::Publication&)>& done);

}  // namespace sluice::commands
