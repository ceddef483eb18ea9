// What a clerk has done today, and how well: always in sight of the clerk, and of the supervisor.
#pragma once

#include <cstdint>
#include <optional>

#include "pages/view/template.h"
#include "pages/view/wording.h"

namespace sluice::pages {

struct ClerkFigures {
  std::uint64_t done = 0;          // since midnight
  std::optional<double> per_hour;  // nothing: it is too early to tell
  // Of the fields that others checked, those that differed, in per cent; nothing: none was checked.
  std::optional<double> error_percent;
  std::uint64_t waiting = 0;  // tasks that the person could take
  std::uint64_t overdue = 0;  // of those that the person holds
};

// For the template `clerk_figures`.
[[nodiscard]] Values figures_values(const ClerkFigures& figures, const Wording& words);

}  // namespace sluice::pages
