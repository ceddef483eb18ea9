// The desk: one task before the person who holds it, to be keyed, checked or reviewed. What is
// saved here is acknowledged when it is durable.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pages/desk_steps.h"
#include "pages/entrance.h"
#include "pages/form_filler.h"
#include "pages/keyed_texts.h"
#include "pages/open_desk.h"
#include "pages/surroundings.h"
#include "pages/view/entry_view.h"
#include "pages/view/review_view.h"
#include "pages/workbench.h"

namespace sluice::pages {

// Thread-safe. References must outlive it.
class DeskPages {
 public:
  DeskPages(const Surroundings& surroundings, const Pages& pages, const Entrance& entrance,
            Workbench& bench, const DeskSteps& steps)
      : surroundings_(surroundings),
        pages_(pages),
        entrance_(entrance),
        bench_(bench),
        steps_(steps),
        filler_(surroundings, entrance) {}

  // Of incoming tasks only: desks_by_kind() sees to that.
  [[nodiscard]] std::vector<DeskPage> routes();

 private:
  // What came of a form that was sent, beside what was typed.
  struct Told {
    DeskTold any{};  // as at any desk
    std::vector<entry::KeyingError> errors{};
    bool misses_choice = false;
  };

  [[nodiscard]] server::Response show(const Visit& visit, OpenDesk& desk);
  [[nodiscard]] server::Response check(const Visit& visit, OpenDesk& desk);
  [[nodiscard]] server::Response tell_known(const Visit& visit, OpenDesk& desk);
  [[nodiscard]] server::Response keep_draft(const Visit& visit, OpenDesk& desk);
  [[nodiscard]] server::Response save(const Visit& visit, OpenDesk& desk);
  [[nodiscard]] server::Response settle(const Visit& visit, OpenDesk& desk);
  [[nodiscard]] server::Response send_back(const Visit& visit, OpenDesk& desk);
  [[nodiscard]] server::Response hand_back(const Visit& visit, OpenDesk& desk);
  [[nodiscard]] server::Response escalate(const Visit& visit, OpenDesk& desk);

  [[nodiscard]] server::Response page_of(const Visit& visit, OpenDesk& desk,
                                         const KeyedTexts& draft, Told told);
  // References must outlive it.
  [[nodiscard]] DeskSteps::Again again(const Visit& visit, OpenDesk& desk, const KeyedTexts& draft);
  [[nodiscard]] EntryView entry_view_of(const Visit& visit, OpenDesk& desk, const KeyedTexts& draft,
                                        const Told& told);
  [[nodiscard]] ReviewView review_view_of(const Visit& visit, const OpenDesk& desk,
                                          const KeyedTexts& draft, const Told& told);
  [[nodiscard]] server::Response save_check(const Visit& visit, OpenDesk& desk,
                                            const KeyedTexts& draft);
  // The step is done, and the next task is taken.
  [[nodiscard]] server::Response conclude(const Visit& visit, OpenDesk& desk,
                                          const tasks::Task& task, Workbench::Checked record,
                                          std::string_view notice);

  const Surroundings& surroundings_;
  const Pages& pages_;
  const Entrance& entrance_;
  Workbench& bench_;
  const DeskSteps& steps_;
  FormFiller filler_;
};

}  // namespace sluice::pages
