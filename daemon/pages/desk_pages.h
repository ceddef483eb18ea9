// The desk: one task before the person who holds it, to be keyed, checked or reviewed. What is
// saved here is acknowledged when it is durable.
#pragma once

#include <string>
#include <vector>

#include "pages/entrance.h"
#include "pages/keyed_texts.h"
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
      : surroundings_(surroundings), pages_(pages), entrance_(entrance), bench_(bench) {}

  [[nodiscard]] std::vector<Page> routes();

 private:
  // The task on the desk of who holds it.
  struct Desk {
    Workbench::Handle queue;
    tasks::KeyedTask keyed;
    const entry::FormChecker& checker;

    [[nodiscard]] const tasks::Task& task() const { return keyed.task; }
    [[nodiscard]] const entry::Form& form() const { return checker.form(); }
    [[nodiscard]] Round round() const {
      return keyed.task.state == tasks::TaskState::open ? Round::first : Round::second;
    }
    [[nodiscard]] bool is_review() const { return keyed.task.state == tasks::TaskState::differs; }
    [[nodiscard]] KeyedTexts first() const { return from_json(keyed.first.value_or("")); }
    [[nodiscard]] KeyedTexts second() const { return from_json(keyed.second.value_or("")); }
  };
  // What came of a form that was sent, beside what was typed.
  struct Told {
    std::vector<entry::KeyingError> errors;
    std::optional<StaleForm> stale;
    std::optional<RefusedNote> refused_note;
    bool misses_choice = false;
    bool misses_note = false;
    unsigned status = 200;
  };

  [[nodiscard]] std::expected<Desk, server::Response> sit_down(const Visit& visit);
  // Whether the page that was sent was made of the task as it is now.
  [[nodiscard]] static bool is_current(const Visit& visit, const Desk& desk);
  [[nodiscard]] server::Response show(const Visit& visit);
  [[nodiscard]] server::Response check(const Visit& visit);
  [[nodiscard]] server::Response keep_draft(const Visit& visit);
  [[nodiscard]] server::Response save(const Visit& visit);
  [[nodiscard]] server::Response settle(const Visit& visit);
  [[nodiscard]] server::Response send_back(const Visit& visit);
  [[nodiscard]] server::Response put_away(const Visit& visit, bool to_supervisor);

  [[nodiscard]] server::Response page_of(const Visit& visit, Desk& desk, const KeyedTexts& draft,
                                         const Told& told);
  [[nodiscard]] EntryView entry_view_of(const Visit& visit, Desk& desk, const KeyedTexts& draft,
                                        const Told& told);
  [[nodiscard]] ReviewView review_view_of(const Visit& visit, const Desk& desk,
                                          const KeyedTexts& draft, const Told& told);
  [[nodiscard]] server::Response stale(const Visit& visit, Desk& desk, const KeyedTexts& draft);
  // What a person has just saved of a record.
  struct Work {
    std::string_view step;  // keyed, settled
    const std::vector<entry::KeyedValue>& values;
    std::string fields;  // that the person keyed, compared or decided
  };
  // Notes it in the audit log, journals what is ready, and goes on to the next task of the same
  // kind.
  [[nodiscard]] server::Response go_on(const Visit& visit, Desk& desk, const tasks::Task& task,
                                       const Work& work);

  const Surroundings& surroundings_;
  const Pages& pages_;
  const Entrance& entrance_;
  Workbench& bench_;
};

}  // namespace sluice::pages
