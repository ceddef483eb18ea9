// One address, two desks: a person works on a task at `/entry/{task}`, whether its record is keyed
// into ours or delivered into another system. Which desk answers is decided here, once the task is
// found and the person holds it.
#pragma once

#include <vector>

#include "pages/desk_steps.h"
#include "pages/entrance.h"
#include "pages/page.h"
#include "pages/workbench.h"

namespace sluice::pages {

// Of two pages with the same method and path the one of the task's kind answers; a page that only
// one desk has is not there for the other kind. The references must outlive the pages.
[[nodiscard]] std::vector<Page> desks_by_kind(std::vector<DeskPage> incoming,
                                              std::vector<DeskPage> outgoing,
                                              const Entrance& entrance, Workbench& bench,
                                              const DeskSteps& steps);

}  // namespace sluice::pages
