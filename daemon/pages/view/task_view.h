// One task of manual entry: how it came to stand as it does, and what a supervisor can do with it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pages/view/listing.h"
#include "pages/view/pages.h"
#include "pages/view/task_facts.h"
#include "record/time.h"

namespace sluice::pages {

struct TaskEvent {
  record::Time at{};
  std::string who;   // the name for people; empty: the node itself, or the API
  std::string what;  // of the texts "happening.": added, claimed, keyed …
  std::string note;
};

// A supervisor's form that was sent and not carried out.
struct RefusedTaskForm {
  enum class Form { reassign, change, cancel, reopen, decline };
  Form form = Form::cancel;
  std::string sentence;  // empty: the reason is missing
  std::string note;      // what was typed
};

struct TaskView {
  TaskFacts task;
  std::uint64_t version = 0;
  record::Time created{};
  std::string created_by;      // the name for people; empty: by the API
  std::string origin;          // of the texts "task-origin.": supervisor, sheet, api, delivery
  std::string origin_text;     // the sheet and its row, the caller; may be empty
  std::string kept_for;        // the name for people; empty: for anyone
  std::string reason;          // of `returned`, `cancelled` and `declined`
  std::string receipt_number;  // of the bureau's own system, which took the record; may be empty
  std::optional<std::uint64_t> batch;  // into which the record went
  std::vector<TaskEvent> history;      // the oldest first
  bool may_work = false;               // the person may go to the desk with it
  bool may_supervise = false;
  std::vector<Choice> people;  // to whom it can be given; one for anyone
  std::optional<RefusedTaskForm> refused;
};

[[nodiscard]] std::string task_page(const Pages& pages, const Frame& frame, const TaskView& view);

}  // namespace sluice::pages
