// What a run's outcome, or the state of anything, looks like beside its word.
#pragma once

#include <string_view>

namespace sluice::pages {

// The style sheet's class for an outcome of runs::Run: "good", "held" (somebody should look) or
// "stopped" (it did not come through). Empty: it is under way.
[[nodiscard]] constexpr std::string_view outcome_mark(std::string_view outcome) {
  if (outcome.empty()) return "running";
  if (outcome == "succeeded") return "good";
  for (const std::string_view look :
       {"quarantined", "differs", "held-back", "backlog-full", "stopped", "lost"}) {
    if (outcome == look) return "held";
  }
  return "stopped";
}

}  // namespace sluice::pages
