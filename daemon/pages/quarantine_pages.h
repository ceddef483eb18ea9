// The quarantine (问题数据) of the bureaus whose streams begin here: what waits and why, one row
// with its original, and what a person decides about it; and of the other bureaus, how much waits
// at their nodes. All of `sluice quarantine`.
#pragma once

#include <string>
#include <vector>

#include "jobs/quarantine_settlement.h"
#include "pages/entrance.h"
#include "pages/page.h"
#include "pages/reported_quarantines.h"
#include "pages/surroundings.h"
#include "pages/view/quarantine_entry_view.h"
#include "pages/view/quarantine_view.h"

namespace sluice::pages {

// Thread-safe. References must outlive it.
class QuarantinePages {
 public:
  QuarantinePages(const Surroundings& surroundings, const Pages& pages, const Entrance& entrance,
                  ReportedQuarantines& reported)
      : surroundings_(surroundings), pages_(pages), entrance_(entrance), reported_(reported) {}

  [[nodiscard]] std::vector<Page> routes();

 private:
  [[nodiscard]] server::Response show_counts(const Visit& visit) const;
  // What other nodes told of their bureaus.
  void add_reported(QuarantineView& view, const Visit& visit) const;
  [[nodiscard]] server::Response show_list(const Visit& visit) const;
  [[nodiscard]] server::Response show_entry(const Visit& visit) const;
  [[nodiscard]] server::Response give_original(const Visit& visit) const;
  [[nodiscard]] server::Response replay(const Visit& visit) const;
  [[nodiscard]] server::Response discard(const Visit& visit) const;

  [[nodiscard]] server::Response entry_page_of(const Visit& visit,
                                               const journal::QuarantineEntry& entry,
                                               std::optional<RefusedForm> refused,
                                               unsigned status) const;
  // The settlement was refused; the form comes back with what was typed.
  [[nodiscard]] server::Response refuse(const Visit& visit, const jobs::SettlementFailure& failure,
                                        RefusedForm form) const;
  [[nodiscard]] server::Response settled(const Visit& visit, std::string_view notice) const;
  // The entry that the path names, which the audit log says was looked at.
  [[nodiscard]] std::expected<journal::QuarantineEntry, server::Response> look_up(
      const Visit& visit) const;
  [[nodiscard]] jobs::SettlementDesk desk(const Visit& visit) const;
  [[nodiscard]] const settings::Bureau& bureau(const Visit& visit) const;

  const Surroundings& surroundings_;
  const Pages& pages_;
  const Entrance& entrance_;
  ReportedQuarantines& reported_;
};

}  // namespace sluice::pages
