// The queue of tasks as those see it who work on them: what waits, what they have before them, the
// next one at one press; and beside it the codes of a field and the form on paper.
#pragma once

#include <optional>
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
  // What waits of one bureau for one kind of work.
  struct WorkList {
    record::BureauId bureau;
    tasks::TaskState state = tasks::TaskState::open;
    friend bool operator==(const WorkList&, const WorkList&) = default;
  };
  // By `bureau` and `work`. Nothing: there is no such work, or it is not this person's.
  [[nodiscard]] std::optional<WorkList> named_work(const Visit& visit, const Form& form) const;
  // Adds what waits of one bureau: the first of each list, or of `whole` the page that was asked
  // for.
  [[nodiscard]] tasks::Result<void> add_bureau(const Visit& visit, const record::BureauId& bureau,
                                               const std::optional<WorkList>& whole,
                                               tasks::Tasks& queue, QueueView& view);
  // Both of the list whose kind of work was added last.
  [[nodiscard]] tasks::Result<void> add_first(const Visit& visit, const WorkList& list,
                                              tasks::Tasks& queue, QueueView& view);
  [[nodiscard]] tasks::Result<void> add_whole(const Visit& visit, const WorkList& list,
                                              tasks::Tasks& queue, QueueView& view);
  // The bureaus for which the person keys, checks, reviews or directs.
  [[nodiscard]] std::vector<record::BureauId> bureaus(const Visit& visit) const;

  const Surroundings& surroundings_;
  const Pages& pages_;
  const Entrance& entrance_;
  Workbench& bench_;
};

}  // namespace sluice::pages
