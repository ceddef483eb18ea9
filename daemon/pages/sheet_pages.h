// Drafts on a sheet, for clerks without the network: tasks are claimed for so long that a sheet can
// be filled in, come back as drafts, and are saved as the desk saves them.
#pragma once

#include <vector>

#include "pages/entrance.h"
#include "pages/page.h"
#include "pages/surroundings.h"
#include "pages/view/sheet_view.h"
#include "pages/workbench.h"

namespace sluice::pages {

// The end of the next working day, Monday to Friday, in the zone: what is put on a sheet now is
// kept for its clerk until then.
[[nodiscard]] record::Time end_of_next_working_day(record::Time now, const date::time_zone& zone);

// Thread-safe. References must outlive it.
class SheetPages {
 public:
  SheetPages(const Surroundings& surroundings, const Pages& pages, const Entrance& entrance,
             Workbench& bench)
      : surroundings_(surroundings), pages_(pages), entrance_(entrance), bench_(bench) {}

  [[nodiscard]] std::vector<Page> routes();

 private:
  // What a request is about: whose records, with the queue in hand.
  struct Sheet {
    record::BureauId bureau;
    record::DatasetId dataset;
    const entry::FormChecker& checker;
    Workbench::Handle queue;
    [[nodiscard]] const entry::Form& form() const { return checker.form(); }
  };
  // `asked`: the query of a look, the form of what changes something.
  [[nodiscard]] std::expected<Sheet, server::Response> sheet_of(const Visit& visit,
                                                                const Form& asked) const;

  [[nodiscard]] server::Response show(const Visit& visit);
  [[nodiscard]] server::Response export_sheet(const Visit& visit);
  [[nodiscard]] server::Response import_sheet(const Visit& visit);
  [[nodiscard]] server::Response save_faultless(const Visit& visit);

  [[nodiscard]] server::Response page_of(const Visit& visit, Sheet& sheet, SheetView view,
                                         unsigned status);
  [[nodiscard]] SheetRowView take_row(const Visit& visit, Sheet& sheet, const entry::SheetRow& row,
                                      bool overwrite);
  // Why the row's task takes no draft of this person; nothing: it takes one.
  [[nodiscard]] std::optional<RowOutcome> objection(const Visit& visit, const Sheet& sheet,
                                                    const tasks::KeyedTask& keyed) const;
  // Saves it as the desk would, if the draft is still the one that was checked.
  [[nodiscard]] std::expected<SheetRowView, server::Response> save_task(const Visit& visit,
                                                                        Sheet& sheet,
                                                                        tasks::TaskId id,
                                                                        std::string_view version);

  const Surroundings& surroundings_;
  const Pages& pages_;
  const Entrance& entrance_;
  Workbench& bench_;
};

}  // namespace sluice::pages
