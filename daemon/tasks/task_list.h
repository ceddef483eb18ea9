// Which tasks a page lists. Each list is a seek: a page costs the same wherever it is.
#pragma once

#include <optional>

#include "tasks/task.h"

namespace sluice::tasks {

enum class ListKind {
  in_state,  // oldest first, but what is over newest first
  held_by,   // what an account has before it, whether its time is over or not; oldest first
  overdue,   // what a person works on and is past its time; longest first
};

struct TaskFilter {
  record::BureauId bureau;
  ListKind kind = ListKind::in_state;
  TaskState state = TaskState::open;  // of in_state
  AccountName holder;                 // of held_by
  AccountName not_held_by;            // of in_state: what this account has before it is left out
};

// Where a task stands in a list.
struct TaskPlace {
  TaskId id;
  record::Time due{};  // of overdue
};
[[nodiscard]] inline TaskPlace place_of(const Task& task) {
  return {task.id, task.asked.due.value_or(record::Time{})};
}

// On which side of a place a page lies.
enum class ListSide { after, before };

[[nodiscard]] inline bool is_newest_first(const TaskFilter& filter) {
  return filter.kind == ListKind::in_state &&
         (filter.state == TaskState::done || filter.state == TaskState::cancelled ||
          filter.state == TaskState::declined);
}

}  // namespace sluice::tasks
