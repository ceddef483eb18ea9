// What became of the jobs that run by a schedule, and the orders that steer them: all of `sluice
// jobs`.
#pragma once

#include <vector>

#include "pages/entrance.h"
#include "pages/page.h"
#include "pages/surroundings.h"
#include "pages/view/runs_view.h"

namespace sluice::pages {

// Thread-safe. References must outlive it.
class RunsPages {
 public:
  RunsPages(const Surroundings& surroundings, const Pages& pages, const Entrance& entrance)
      : surroundings_(surroundings), pages_(pages), entrance_(entrance) {}

  [[nodiscard]] std::vector<Page> routes();

 private:
  [[nodiscard]] server::Response show(const Visit& visit) const;
  [[nodiscard]] server::Response obey(const Visit& visit, runs::Scheduler::Order order) const;
  [[nodiscard]] std::vector<SteeredBureau> steered(const Visit& visit,
                                                   const runs::RunFilter& filter) const;

  const Surroundings& surroundings_;
  const Pages& pages_;
  const Entrance& entrance_;
};

}  // namespace sluice::pages
