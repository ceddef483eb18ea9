#include "pages/view/task_facts.h"

#include "pages/view/paths.h"

namespace sluice::pages {
namespace {

// What is to be done with a record that is delivered is not to key it.
std::string state_text(const TaskFacts& task, const Wording& words) {
  const bool is_to_be_delivered = task.is_outgoing && task.state == "open";
  return is_to_be_delivered ? words.text("outgoing.open") : words.word("task-state.", task.state);
}

}  // namespace

std::string_view task_mark(std::string_view state) {
  if (state == "done") return "good";
  if (state == "ready") return "running";
  if (state == "keyed" || state == "differs") return "held";
  if (state == "returned" || state == "declined") return "stopped";
  return "none";
}

Values task_values(const TaskFacts& task, const Wording& words) {
  return Values()
      .text("task_id", std::to_string(task.id))
      .text("task_title", if_any(task.title))
      .text("bureau", task.bureau)
      .text("bureau_name", task.bureau_name)
      .text("dataset", task.dataset)
      .text("dataset_title", task.dataset_title)
      .text("state", state_text(task, words))
      .text("state_mark", task_mark(task.state))
      .text("priority",
            task.priority == 0 ? std::nullopt : std::optional(std::to_string(task.priority)))
      .part("due", words.at(task.due))
      .when("is_overdue", task.is_overdue)
      .text("holder", if_any(task.holder))
      .part("held_until", words.at(task.held_until))
      .text("desk_path", entry_path_of(task.id))
      .text("task_path", task_path_of(task.id));
}

std::optional<Values> saved_values(const std::optional<std::int64_t>& task) {
  if (!task) return std::nullopt;
  return Values().text("task_id", std::to_string(*task)).text("task_path", task_path_of(*task));
}

}  // namespace sluice::pages
