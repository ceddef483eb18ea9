// What a bureau publishes from its exchange database, as `sluice collect` and `sluice reconcile`
// are asked for it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "installation/installation.h"
#include "runs/exit_status.h"

namespace sluice::commands {

struct CollectedPublications {
  const settings::Bureau& bureau;
  std::vector<const settings::Publication*> publications;  // at least one
};

// `dataset`: only this one; empty: all. Nothing after printing why there are none.
[[nodiscard]] std::optional<CollectedPublications> collected_publications(
    const installation::Installation& installation, const std::string& bureau,
    const std::string& dataset);

// Does it for each. One that fails does not keep the others from being done; the worst of their
// statuses comes back.
[[nodiscard]] runs::ExitStatus for_each(
    const CollectedPublications& collected,
    const std::function<runs::ExitStatus(const settings::Publication&)>& done);

}  // namespace sluice::commands
