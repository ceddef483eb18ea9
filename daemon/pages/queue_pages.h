// The queue of tasks as those see it who work on them: what waits, what they have before them, the
// next one at one press; and beside it the codes of a field and the form on paper.
#pragma once

#include <vector>

#include "pages/entrance.h"
#include "pages/page.h"
#include "pages/surroundings.h"
#include "pages/view/queue_view.h"
#include "pages/workbench.h"

namespace sluice::pages {

// Thread-safe. References must outlive it.
class QueuePages {
 public:
  QueuePages(const Surroundings& surroundings, const Pages& pages, const Entrance& entrance,
             Workbench& bench)
      : surroundings_(surroundings), pages_(pages), entrance_(entrance), bench_(bench) {}

  [[nodiscard]] std::vector<Page> routes();

 private:
  [[nodiscard]] server::Response show(const Visit& visit);
  [[nodiscard]] server::Response take_next(const Visit& visit);
  [[nodiscard]] server::Response claim(const Visit& visit);
  [[nodiscard]] server::Response find_codes(const Visit& visit) const;
  [[nodiscard]] server::Response print_form(const Visit& visit) const;
  // Adds what waits of one bureau.
  [[nodiscard]] tasks::Result<void> add_bureau(const Visit& visit, const record::BureauId& bureau,
                                               tasks::Tasks& queue, QueueView& view);
  // Of these, the first that wait in this state and are not in the person's hands.
  [[nodiscard]] tasks::Result<void> add_waiting(const Visit& visit, const record::BureauId& bureau,
                                                tasks::TaskState state, tasks::Tasks& queue,
                                                QueueView& view);
  // The bureaus for which the person keys, checks, reviews or directs.
  [[nodiscard]] std::vector<record::BureauId> bureaus(const Visit& visit) const;

  const Surroundings& surroundings_;
  const Pages& pages_;
  const Entrance& entrance_;
  Workbench& bench_;
};

}  // namespace sluice::pages
