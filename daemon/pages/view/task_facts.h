// What every page about a task of manual entry says of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pages/view/template.h"
#include "pages/view/wording.h"
#include "record/time.h"

namespace sluice::pages {

struct TaskFacts {
  std::int64_t id = 0;
  std::string title;  // for people, such as a case number; may be empty
  std::string bureau;
  std::string bureau_name;
  std::string dataset;
  std::string dataset_title;
  // Of the texts "task-state.": open, keyed, differs, ready, done, returned, declined,
  // cancelled.
  std::string state = "open";
  // A record of another bureau is carried into this one's system; else one is keyed for the node.
  bool is_outgoing = false;
  std::int64_t priority = 0;  // higher ones first
  std::optional<record::Time> due;
  bool is_overdue = false;
  std::string holder;  // the name for people; empty: nobody
  std::optional<record::Time> held_until;
};

// The style sheet's class for a state.
[[nodiscard]] std::string_view task_mark(std::string_view state);

// For the templates of all pages about tasks: task_id, task_title, dataset …
[[nodiscard]] Values task_values(const TaskFacts& task, const Wording& words);
// For the template `saved_task`, of the task that the request before has saved.
[[nodiscard]] std::optional<Values> saved_values(const std::optional<std::int64_t>& task);

}  // namespace sluice::pages
