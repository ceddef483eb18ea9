// The desk of outgoing tasks: a record that is delivered to a bureau, before the clerk who carries
// it into the bureau's own system. That system's receipt number, or the reason why it does not take
// the record, is what the delivery is answered with.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pages/desk_steps.h"
#include "pages/entrance.h"
#include "pages/held_task.h"
#include "pages/keyed_texts.h"
#include "pages/surroundings.h"
#include "pages/view/outgoing_view.h"
#include "pages/workbench.h"

namespace sluice::pages {

// Thread-safe. References must outlive it.
class OutgoingPages {
 public:
  OutgoingPages(const Surroundings& surroundings, const Pages& pages, const Entrance& entrance,
                Workbench& bench, const DeskSteps& steps)
      : surroundings_(surroundings),
        pages_(pages),
        entrance_(entrance),
        bench_(bench),
        steps_(steps) {}

  // Of outgoing tasks only: desks_by_kind() sees to that.
  [[nodiscard]] std::vector<DeskPage> routes();

 private:
  // What came of a form that was sent, beside what was typed.
  struct Told {
    DeskTold any{};  // as at any desk
    std::string receipt_error{};
    bool misses_ticks = false;
    std::string decline_note{};
    std::optional<RefusedNote> refused_decline{};
  };

  [[nodiscard]] server::Response show(const Visit& visit, const HeldTask& held);
  [[nodiscard]] server::Response keep_draft(const Visit& visit, const HeldTask& held);
  [[nodiscard]] server::Response confirm(const Visit& visit, const HeldTask& held);
  [[nodiscard]] server::Response decline(const Visit& visit, const HeldTask& held);
  [[nodiscard]] server::Response hand_back(const Visit& visit, const HeldTask& held);
  [[nodiscard]] server::Response escalate(const Visit& visit, const HeldTask& held);

  [[nodiscard]] server::Response page_of(const Visit& visit, const HeldTask& held,
                                         const KeyedTexts& draft, const Told& told);
  // References must outlive it.
  [[nodiscard]] DeskSteps::Again again(const Visit& visit, const HeldTask& held,
                                       const KeyedTexts& draft);
  // Audits what was answered, and goes on to the next task.
  [[nodiscard]] server::Response go_on(const Visit& visit, const HeldTask& held,
                                       const tasks::Task& task);

  const Surroundings& surroundings_;
  const Pages& pages_;
  const Entrance& entrance_;
  Workbench& bench_;
  const DeskSteps& steps_;
};

}  // namespace sluice::pages
