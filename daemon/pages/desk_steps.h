// What is done in the same way at every desk, whether a record is keyed there or carried into
// another system: what is typed is kept, a task is put away, and the next one is taken.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "pages/entrance.h"
#include "pages/held_task.h"
#include "pages/keyed_texts.h"
#include "pages/surroundings.h"
#include "pages/view/entry_view.h"
#include "pages/view/pages.h"
#include "pages/visit.h"
#include "pages/workbench.h"

namespace sluice::pages {

// A page of one desk, for who holds the task that {task} of the path names.
struct DeskPage {
  server::Method method = server::Method::get;
  std::string step;  // of the path, behind `/entry/{task}`: "/save"; empty: the desk itself
  std::function<server::Response(const Visit&, HeldTask)> answer;
};

// Why a desk is shown once more, beside what was typed.
struct DeskTold {
  std::optional<StaleForm> stale;
  std::optional<RefusedNote> refused_note;  // of the form that puts the task away
  bool is_too_long = false;                 // what was typed: fits_a_task()
  bool has_no_room = false;                 // the disk is full, and nothing was saved
  unsigned status = 200;
};

// Whether entry.js asks, which puts the answer into the page that is there.
[[nodiscard]] bool is_by_script(const Visit& visit);

// Why the reason of who puts a task away, or declines it, is none. Nothing: it is one.
[[nodiscard]] std::optional<RefusedNote> refusal_of_note(std::string_view note);

// Thread-safe. References must outlive it.
class DeskSteps {
 public:
  DeskSteps(const Surroundings& surroundings, const Pages& pages, const Entrance& entrance,
            const Workbench& bench)
      : surroundings_(surroundings), pages_(pages), entrance_(entrance), bench_(bench) {}

  // The desk's page, with what was typed.
  using Again = std::function<server::Response(DeskTold)>;

  // Why nothing is done with what was sent: the page was made of another version of the task, or it
  // is more than a task keeps.
  [[nodiscard]] std::optional<DeskTold> objection(const Visit& visit, const HeldTask& held,
                                                  const KeyedTexts& draft) const;
  [[nodiscard]] DeskTold stale(const Visit& visit, const HeldTask& held) const;
  [[nodiscard]] static DeskTold too_long();
  [[nodiscard]] static DeskTold no_room();
  // Why what was sent is not done: on a full disk the desk's page, with what was typed.
  [[nodiscard]] server::Response refused(const Visit& visit, const tasks::TaskFailure& failure,
                                         const Again& again) const;
  // `made_of` is that of a form that has the draft as kept; empty: the desk has no such thing.
  [[nodiscard]] server::Response keep_draft(const Visit& visit, const HeldTask& held,
                                            const KeyedTexts& draft, std::string made_of,
                                            const Again& again) const;
  // Whoever lost the task is told so where the draft would stand.
  [[nodiscard]] server::Response lost_draft(const Visit& visit) const;
  // For others, or for the supervisor, with the reason that the form has.
  [[nodiscard]] server::Response put_away(const Visit& visit, const HeldTask& held,
                                          bool to_supervisor, const Again& again) const;
  // From the task, as it was when it was held, to the next of its kind; where its record was
  // journaled by this, that is noted.
  [[nodiscard]] server::Response go_on(
      const Visit& visit, const HeldTask& held, std::string_view notice,
      const std::optional<tasks::JournaledTask>& journaled = std::nullopt) const;

 private:
  [[nodiscard]] server::Response tell_draft(const Visit& visit, const DraftState& state,
                                            unsigned status) const;

  const Surroundings& surroundings_;
  const Pages& pages_;
  const Entrance& entrance_;
  const Workbench& bench_;
};

}  // namespace sluice::pages
