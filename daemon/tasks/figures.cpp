#include "tasks/figures.h"

#include <ratio>

namespace sluice::tasks {

void count(Figures& figures, const HappeningCount& counted) {
  switch (counted.what) {
    case Happening::keyed:
    case Happening::entered:
      figures.clerks[counted.who].keyed += counted.entries;
      break;
    case Happening::agreed:
    case Happening::differed:
      figures.clerks[counted.who].checked += counted.entries;
      break;
    case Happening::settled:
      figures.clerks[counted.who].settled += counted.entries;
      break;
    case Happening::confirmed:
      figures.clerks[counted.who].confirmed += counted.entries;
      break;
    case Happening::declined:
      figures.clerks[counted.who].declined += counted.entries;
      break;
    default:
      break;  // no work that is counted by person
  }
}

std::optional<double> per_hour(const ClerkFigures& clerk) {
  if (clerk.active < shortest_active) return std::nullopt;
  const auto steps =
      static_cast<double>(clerk.keyed + clerk.checked + clerk.settled + delivered(clerk));
  return steps / std::chrono::duration<double, std::ratio<3600>>(clerk.active).count();
}

}  // namespace sluice::tasks
