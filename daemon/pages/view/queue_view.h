// The first page of who keys, checks or reviews: the next task at one press, what the person has
// before them, and what waits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pages/view/clerk_figures.h"
#include "pages/view/listing.h"
#include "pages/view/pages.h"
#include "pages/view/task_facts.h"
#include "record/time.h"

namespace sluice::pages {

enum class Work { key, check, review };
[[nodiscard]] std::string_view to_string(Work work);  // as forms send it: "key", "check", "review"

// What a person may take the next task of.
struct WorkWaiting {
  Work work = Work::key;
  std::string bureau;
  std::string bureau_name;
  std::uint64_t waiting = 0;  // that this person could take
  std::uint64_t overdue = 0;  // of these
  std::optional<record::Time> oldest;
};

struct QueueView {
  std::string account;
  std::vector<WorkWaiting> work;  // one a bureau and kind of work; none: the person may do none
  std::vector<TaskFacts> held;    // by the person
  // That wait: the first of each kind of work, but what the person holds; or a page of `whole`.
  std::vector<TaskFacts> tasks;
  std::vector<WorkWaiting> cut_short;  // of `work`: those of which only the first are there
  std::optional<WorkWaiting> whole;    // of `work`: the one whose list was asked for
  ClerkFigures figures;
  bool may_supervise = false;
  // Where a sheet for the time without the network is had, of what the person keys: value is the
  // path.
  std::vector<Choice> sheets;
  Turning turning;  // of `whole`
  std::optional<std::int64_t> saved_task;
};

// Where the whole list is.
[[nodiscard]] std::string list_path_of(const WorkWaiting& waiting);

[[nodiscard]] std::string queue_page(const Pages& pages, const Frame& frame, const QueueView& view);

}  // namespace sluice::pages
