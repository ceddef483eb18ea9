// The desk of outgoing tasks: a record that is delivered to a bureau, before the clerk who carries
// it into the bureau's own system. That system's receipt number, or the reason why it does not take
// the record, is what the delivery is answered with.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pages/entrance.h"
#include "pages/held_task.h"
#include "pages/keyed_texts.h"
#include "pages/page.h"
#include "pages/surroundings.h"
#include "pages/view/outgoing_view.h"
#include "pages/workbench.h"

namespace sluice::pages {

// Thread-safe. References must outlive it.
class OutgoingPages {
 public:
  OutgoingPages(const Surroundings& surroundings, const Pages& pages, const Entrance& entrance,
                Workbench& bench)
      : surroundings_(surroundings), pages_(pages), entrance_(entrance), bench_(bench) {}

  // Of outgoing tasks only: desks_by_kind() sees to that.
  [[nodiscard]] std::vector<Page> routes();

 private:
  // What came of a form that was sent, beside what was typed.
  struct Told {
    std::string receipt_error;
    bool misses_ticks = false;
    std::optional<StaleForm> stale;
    std::string decline_note;
    std::optional<RefusedNote> refused_decline;
    std::optional<RefusedNote> refused_note;
    unsigned status = 200;
  };

  [[nodiscard]] server::Response show(const Visit& visit);
  [[nodiscard]] server::Response keep_draft(const Visit& visit);
  [[nodiscard]] server::Response confirm(const Visit& visit);
  [[nodiscard]] server::Response decline(const Visit& visit);
  [[nodiscard]] server::Response put_away(const Visit& visit, bool to_supervisor);

  [[nodiscard]] server::Response page_of(const Visit& visit, const HeldTask& held,
                                         const KeyedTexts& draft, const Told& told);
  [[nodiscard]] server::Response stale(const Visit& visit, const HeldTask& held,
                                       const KeyedTexts& draft);
  // Audits what was answered, and goes on to the next task.
  [[nodiscard]] server::Response go_on(const Visit& visit, const HeldTask& held,
                                       const tasks::Task& task);

  const Surroundings& surroundings_;
  const Pages& pages_;
  const Entrance& entrance_;
  Workbench& bench_;
};

}  // namespace sluice::pages
