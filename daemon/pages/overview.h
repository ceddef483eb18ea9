// The first page: everything of `sluice status` and `sluice jobs`, and of streams that begin on
// other nodes what the central store knows; of bureaus that the person may see.
#pragma once

#include <vector>

#include "api/troubles.h"
#include "pages/entrance.h"
#include "pages/lately_applied.h"
#include "pages/page.h"
#include "pages/reported_quarantines.h"
#include "pages/surroundings.h"
#include "pages/view/overview_view.h"

namespace sluice::pages {

// Thread-safe. References must outlive it.
class Overview {
 public:
  Overview(const Surroundings& surroundings, const Pages& pages, const Entrance& entrance,
           ReportedQuarantines& reported);

  [[nodiscard]] std::vector<Page> routes();

 private:
  [[nodiscard]] server::Response show(const Visit& visit);
  [[nodiscard]] OverviewView view(const Visit& visit, const Wording& words);
  // Whether the store answered.
  [[nodiscard]] bool add_streams(OverviewView& view, const api::NodeStatus& status,
                                 const std::vector<record::BureauId>& bureaus);
  void add_jobs(OverviewView& view, const Visit& visit, const api::NodeStatus& status) const;
  // What api/troubles.h finds wrong of what the person may see.
  void add_alarms(OverviewView& view, const people::Assignment& person,
                  const api::NodeStatus& status, const Wording& words) const;
  [[nodiscard]] bool may_see(const people::Assignment& person, const api::Trouble& trouble) const;
  [[nodiscard]] StreamRow row_of(const settings::Bureau& bureau,
                                 const LatelyApplied::Days& days) const;

  const Surroundings& surroundings_;
  const Pages& pages_;
  const Entrance& entrance_;
  ReportedQuarantines& reported_;
  LatelyApplied lately_;
};

}  // namespace sluice::pages
