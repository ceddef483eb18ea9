// The supervisor's page of a bureau's queue: how deep and how old it is, who does how much and how
// well, what is overdue or came back, and a form to add a task by hand.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pages/view/clerk_figures.h"
#include "pages/view/listing.h"
#include "pages/view/pages.h"
#include "pages/view/task_facts.h"
#include "record/time.h"

namespace sluice::pages {

struct DepthRow {
  std::string state;  // of the texts "task-state."
  std::uint64_t tasks = 0;
  std::uint64_t overdue = 0;
  std::optional<record::Time> oldest;
};

struct ClerkRow {
  std::string account;
  std::string name;  // for people
  std::uint64_t holds = 0;
  std::uint64_t keyed = 0;  // today, as the next three
  std::uint64_t checked = 0;
  std::uint64_t settled = 0;
  std::uint64_t delivered = 0;  // confirmed or declined
  ClerkFigures figures;         // rate and errors
};

// The form for a new task, as it was sent and not carried out; empty before.
struct NewTaskForm {
  std::string title;
  std::string priority = "0";
  std::string due;       // 2026-11-29T12:00, in the node's zone
  std::string sentence;  // why; empty: it was not refused
};

struct SupervisionView {
  std::string bureau;
  std::string bureau_name;
  std::vector<Choice> bureaus;  // of the filter; one: it is not offered
  std::vector<DepthRow> depth;
  std::vector<ClerkRow> clerks;
  std::vector<std::uint64_t> done_by_hour;  // the last 24, the oldest first; empty: not counted
  // Of the texts "task-list.": overdue, returned, and states.
  std::vector<Choice> lists;
  std::vector<TaskFacts> tasks;  // of the chosen list
  Turning turning;
  std::vector<Choice> datasets;  // that can be keyed, for a new task; none: no form
  NewTaskForm added;
};

[[nodiscard]] std::string supervision_page(const Pages& pages, const Frame& frame,
                                           const SupervisionView& view);

inline constexpr std::size_t longest_task_title = 200;  // characters

}  // namespace sluice::pages
