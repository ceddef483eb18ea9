// The desk: one task before the person who holds it, to be keyed, checked or reviewed. What is
// saved here is acknowledged when it is durable.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pages/entrance.h"
#include "pages/form_filler.h"
#include "pages/keyed_texts.h"
#include "pages/open_desk.h"
#include "pages/page.h"
#include "pages/surroundings.h"
#include "pages/view/entry_view.h"
#include "pages/view/review_view.h"
#include "pages/workbench.h"

namespace sluice::pages {

// Thread-safe. References must outlive it.
class DeskPages {
 public:
  DeskPages(const Surroundings& surroundings, const Pages& pages, const Entrance& entrance,
            Workbench& bench)
      : surroundings_(surroundings),
        pages_(pages),
        entrance_(entrance),
        bench_(bench),
        filler_(surroundings, entrance) {}

  [[nodiscard]] std::vector<Page> routes();

 private:
  // What came of a form that was sent, beside what was typed.
  struct Told {
    std::vector<entry::KeyingError> errors;
    std::optional<StaleForm> stale;
    std::optional<RefusedNote> refused_note;
    bool misses_choice = false;
    bool misses_note = false;
    unsigned status = 200;
  };

  [[nodiscard]] std::expected<OpenDesk, server::Response> sit_down(const Visit& visit);
  [[nodiscard]] server::Response show(const Visit& visit);
  [[nodiscard]] server::Response check(const Visit& visit);
  [[nodiscard]] server::Response tell_known(const Visit& visit);
  [[nodiscard]] server::Response keep_draft(const Visit& visit);
  [[nodiscard]] server::Response save(const Visit& visit);
  [[nodiscard]] server::Response settle(const Visit& visit);
  [[nodiscard]] server::Response send_back(const Visit& visit);
  [[nodiscard]] server::Response put_away(const Visit& visit, bool to_supervisor);

  [[nodiscard]] server::Response page_of(const Visit& visit, OpenDesk& desk,
                                         const KeyedTexts& draft, const Told& told);
  [[nodiscard]] EntryView entry_view_of(const Visit& visit, OpenDesk& desk, const KeyedTexts& draft,
                                        const Told& told);
  [[nodiscard]] ReviewView review_view_of(const Visit& visit, const OpenDesk& desk,
                                          const KeyedTexts& draft, const Told& told);
  [[nodiscard]] server::Response stale(const Visit& visit, OpenDesk& desk, const KeyedTexts& draft);
  [[nodiscard]] server::Response save_check(const Visit& visit, OpenDesk& desk,
                                            const KeyedTexts& draft);
  // The step is done: Workbench::conclude(), then go_on().
  [[nodiscard]] server::Response conclude(const Visit& visit, OpenDesk& desk,
                                          const tasks::Task& task, const SavedStep& saved);
  // To the next task of the same kind.
  [[nodiscard]] server::Response go_on(const Visit& visit, OpenDesk& desk, const tasks::Task& task,
                                       std::string_view notice);

  const Surroundings& surroundings_;
  const Pages& pages_;
  const Entrance& entrance_;
  Workbench& bench_;
  FormFiller filler_;
};

}  // namespace sluice::pages
