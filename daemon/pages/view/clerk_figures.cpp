#include "pages/view/clerk_figures.h"

#include <fmt/format.h>

namespace sluice::pages {

Values figures_values(const ClerkFigures& figures, const Wording& words) {
  std::optional<std::string> rate;
  if (figures.per_hour) rate = fmt::format("{:.0f}", *figures.per_hour);
  std::optional<std::string> errors;
  if (figures.error_percent) errors = fmt::format("{:.1f}", *figures.error_percent);
  return Values()
      .text("done", words.number(figures.done))
      .text("rate", rate)
      .text("errors", errors)
      .text("waiting", words.number(figures.waiting))
      .text("overdue", words.number(figures.overdue))
      .when("has_overdue", figures.overdue > 0);
}

}  // namespace sluice::pages
