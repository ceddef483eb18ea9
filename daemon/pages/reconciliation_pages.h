// What the comparisons of the exchange databases with the central store found: the last report of
// each dataset, and the records that differ. All of `sluice report`.
#pragma once

#include <vector>

#include "pages/entrance.h"
#include "pages/page.h"
#include "pages/surroundings.h"
#include "pages/view/reconciliation_view.h"

namespace sluice::pages {

// Thread-safe. References must outlive it.
class ReconciliationPages {
 public:
  ReconciliationPages(const Surroundings& surroundings, const Pages& pages,
                      const Entrance& entrance)
      : surroundings_(surroundings), pages_(pages), entrance_(entrance) {}

  [[nodiscard]] std::vector<Page> routes();

 private:
  [[nodiscard]] server::Response show(const Visit& visit) const;
  [[nodiscard]] server::Response show_differences(const Visit& visit) const;

  const Surroundings& surroundings_;
  const Pages& pages_;
  const Entrance& entrance_;
};

}  // namespace sluice::pages
