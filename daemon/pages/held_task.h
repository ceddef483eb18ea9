// A task before the person who holds it, whatever is done with it.
#pragma once

#include <string>

#include "pages/keyed_texts.h"
#include "pages/lent.h"
#include "pages/visit.h"
#include "tasks/tasks.h"

namespace sluice::pages {

struct HeldTask {
  Lent<tasks::Tasks, tasks::TaskFailure>::Loan queue;
  tasks::KeyedTask keyed;  // with the holder's draft

  [[nodiscard]] const tasks::Task& task() const { return keyed.task; }
  [[nodiscard]] KeyedTexts draft() const { return from_json(keyed.draft.value_or("")); }
  // Whether the page that was sent was made of the task as it is now.
  [[nodiscard]] bool is_current(const Visit& visit) const;
  // What was said to whoever gets the task next, by who sent it back or put it away just before;
  // may be empty.
  [[nodiscard]] std::string said_with() const;
};

}  // namespace sluice::pages
