// How a task goes from state to state, once for every way of keeping them: a pure function of the
// task, of what is done to it, and of the time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tasks/action.h"
#include "tasks/history.h"
#include "tasks/kept_text.h"

namespace sluice::tasks {

// What is to be written, in this order.
struct Step {
  Task task;
  std::optional<HistoryEntry> entry;  // nothing: no change that anybody asks about
  bool ends_drafts = false;           // of everybody: the stage is over
  std::vector<Part> become_drafts;    // of their authors
  std::optional<KeptText> text;
};

// A new task as it is kept, but for its number, with its first entry.
[[nodiscard]] Step as_new(const NewTask& asked, const std::optional<AccountName>& by, EntryId entry,
                          record::Time now);

[[nodiscard]] Result<Step> transition(const Task& task, const Action& action, record::Time now);

}  // namespace sluice::tasks
