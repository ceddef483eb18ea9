// The queue as a supervisor sees it: how deep and how old, who does how much, one task with its
// history, and what can be done with it.
#pragma once

#include <expected>
#include <functional>
#include <string>
#include <vector>

#include <date/tz.h>

#include "jobs/task_orders.h"
#include "pages/entrance.h"
#include "pages/page.h"
#include "pages/surroundings.h"
#include "pages/view/supervision_view.h"
#include "pages/view/task_view.h"
#include "pages/workbench.h"

namespace sluice::pages {

// Thread-safe. References must outlive it.
class SupervisionPages {
 public:
  SupervisionPages(const Surroundings& surroundings, const Pages& pages, const Entrance& entrance,
                   Workbench& bench)
      : surroundings_(surroundings), pages_(pages), entrance_(entrance), bench_(bench) {}

  [[nodiscard]] std::vector<Page> routes();

 private:
  [[nodiscard]] server::Response show(const Visit& visit);
  [[nodiscard]] server::Response page_of(const Visit& visit, const record::BureauId& bureau,
                                         NewTaskForm added, unsigned status);
  [[nodiscard]] server::Response add_task(const Visit& visit);
  [[nodiscard]] server::Response show_task(const Visit& visit);
  [[nodiscard]] server::Response task_page_of(const Visit& visit, tasks::Tasks& queue,
                                              const tasks::KeyedTask& keyed,
                                              std::optional<RefusedTaskForm> refused,
                                              unsigned status);
  // A supervisor's action on the task of the path, made from the form.
  using Make = std::function<std::expected<jobs::TaskOrder, RefusedTaskForm>(const Visit&,
                                                                             const tasks::Task&)>;
  [[nodiscard]] server::Response act(const Visit& visit, const Make& make, std::string_view notice);
  // Those that the task may be given to, behind nobody.
  [[nodiscard]] std::vector<Choice> people_for(const Visit& visit, const tasks::Task& task) const;
  // Whom `to` of the form names; else why the task is not given to this person.
  [[nodiscard]] std::expected<people::AccountName, std::string> recipient(
      const Visit& visit, const tasks::Task& task) const;
  [[nodiscard]] jobs::TaskDirector director(const Visit& visit, tasks::Tasks& queue) const;
  [[nodiscard]] const date::time_zone& zone() const;

  const Surroundings& surroundings_;
  const Pages& pages_;
  const Entrance& entrance_;
  Workbench& bench_;
};

}  // namespace sluice::pages
