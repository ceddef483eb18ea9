#include "pages/held_task.h"

#include <algorithm>
#include <cstdint>

namespace sluice::pages {

bool HeldTask::is_current(const Visit& visit) const {
  const auto version = whole_number(visit.form.value("version"));
  return version && static_cast<std::uint64_t>(*version) == task().version.value;
}

std::string HeldTask::said_with() const {
  constexpr std::uint64_t looked_back = 3;  // it is claimed after that, or claimed anew
  const std::uint64_t version = task().version.value;
  const auto recent = queue->history(
      task().id, tasks::TaskVersion{version > looked_back ? version - looked_back : 0},
      looked_back);
  if (!recent) return {};
  const auto told = std::find_if(recent->rbegin(), recent->rend(), [](const auto& entry) {
    return entry.what == tasks::Happening::sent_back ||
           entry.what == tasks::Happening::handed_back || entry.what == tasks::Happening::reopened;
  });
  return told == recent->rend() ? std::string() : told->note;
}

}  // namespace sluice::pages
