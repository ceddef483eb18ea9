// A page of a list of tasks, as the address asks for it by `after` or `before`, each a task's
// number; with the links to the pages beside it.
#pragma once

#include <string_view>
#include <vector>

#include "pages/form.h"
#include "pages/view/listing.h"
#include "tasks/tasks.h"

namespace sluice::pages {

struct TurnedTasks {
  std::vector<tasks::Task> tasks;
  Turning turning;
};

// `here` is the list's own address, which has a `?` in it. A number that is no task's is passed
// over.
[[nodiscard]] tasks::Result<TurnedTasks> turned_tasks(tasks::Tasks& queue,
                                                      const tasks::TaskFilter& filter,
                                                      const Form& query, std::string_view here,
                                                      record::Time now);

}  // namespace sluice::pages
