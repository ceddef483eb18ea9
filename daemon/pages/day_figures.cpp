#include "pages/day_figures.h"

#include <chrono>
#include <cstddef>

#include "record/try.h"

namespace sluice::pages {
namespace {

constexpr std::chrono::minutes longest_kept{1};
constexpr std::size_t most_persons = 1000;

}  // namespace

tasks::Result<tasks::ClerkFigures> DayFigures::of(const Whose& whose, record::Time midnight,
                                                  record::Time now, tasks::Tasks& queue) {
  {
    const std::lock_guard lock(mutex_);
    const auto known = counted_.find(whose);
    // What comes from the future is none: the clock was set back.
    if (known != counted_.end() && known->second.midnight == midnight && now >= known->second.at &&
        now - known->second.at < longest_kept) {
      return known->second.figures;
    }
  }
  auto figures = SLUICE_TRY(queue.work_of(whose.account, whose.bureau, midnight));
  const std::lock_guard lock(mutex_);
  if (counted_.size() >= most_persons) counted_.clear();
  counted_.insert_or_assign(whose, Counted{figures, midnight, now, now});
  return figures;
}

void DayFigures::add(const Whose& whose, std::uint64_t tasks::ClerkFigures::*what,
                     record::Time now) {
  const std::lock_guard lock(mutex_);
  const auto known = counted_.find(whose);
  if (known == counted_.end()) return;
  Counted& counted = known->second;
  counted.figures.*what += 1;
  const auto pause = now - counted.last;
  if (pause > pause.zero() && pause <= tasks::longest_pause) counted.figures.active += pause;
  counted.last = now;
}

void DayFigures::count_anew(const Whose& whose) {
  const std::lock_guard lock(mutex_);
  counted_.erase(whose);
}

}  // namespace sluice::pages
