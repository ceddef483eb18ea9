#include "pages/view/supervision_view.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "pages/view/chart.h"
#include "pages/view/paths.h"

namespace sluice::pages {
namespace {

constexpr Box hours_box{.width = 480, .height = 80};
constexpr std::size_t hours_of_day = 24;

Values depth_values(const DepthRow& row, const Wording& words) {
  return Values()
      .text("state", words.word("task-state.", row.state))
      .text("state_mark", task_mark(row.state))
      .text("tasks", words.number(row.tasks))
      .text("overdue", words.number(row.overdue))
      .when("has_overdue", row.overdue > 0)
      .part("oldest", words.since(row.oldest));
}

Values clerk_values(const ClerkRow& row, const Wording& words) {
  return figures_values(row.figures, words)
      .text("account", row.account)
      .text("name", row.name)
      .text("holds", words.number(row.holds))
      .text("keyed", words.number(row.keyed))
      .text("checked", words.number(row.checked))
      .text("settled", words.number(row.settled))
      .text("delivered", words.number(row.delivered));
}

std::optional<Values> hours_values(const SupervisionView& view, record::Time now,
                                   const Wording& words) {
  if (view.done_by_hour.size() < 2) return std::nullopt;
  std::vector<Values> shapes;
  for (const Bar& bar : bars(view.done_by_hour, hours_box, hours_of_day))
    shapes.push_back(Values()
                         .text("x", bar.x)
                         .text("y", bar.y)
                         .text("width", bar.width)
                         .text("height", bar.height));
  std::uint64_t sum = 0;
  for (const std::uint64_t hour : view.done_by_hour)
    sum += hour;
  const std::chrono::hours length(static_cast<int>(view.done_by_hour.size()));
  return Values()
      .text("sum", words.number(sum))
      .text("largest", words.number(*std::ranges::max_element(view.done_by_hour)))
      .text("from", words.moment(now - length))
      .text("until", words.moment(now))
      .list("bars", shapes);
}

std::optional<Values> adding_values(const SupervisionView& view, const Wording& words) {
  if (view.datasets.empty()) return std::nullopt;
  const NewTaskForm& added = view.added;
  return Values()
      .text("add_path", fmt::format("{}/tasks", supervision_path))
      .list("datasets", choice_values(view.datasets, "", words))
      .verbatim("title_typed", added.title)
      .verbatim("priority_typed", added.priority)
      .verbatim("due_typed", added.due)
      .text("longest_title", std::to_string(longest_task_title))
      .said("add_error", {{}, added.sentence});
}

std::vector<Values> paper_values(const SupervisionView& view) {
  return each(view.datasets, [&](const Choice& dataset) {
    return Values()
        .text("paper_path", paper_path_of(view.bureau, dataset.value))
        .text("paper_of", dataset.label.empty() ? dataset.value : dataset.label);
  });
}

}  // namespace

std::string supervision_page(const Pages& pages, const Frame& frame, const SupervisionView& view) {
  const Wording words = pages.wording(frame);
  Values values;
  values.text("action", supervision_path)
      .text("queue_path", entry_path)
      .text("bureau", view.bureau)
      .text("bureau_name", view.bureau_name)
      .when("chooses_bureau", view.bureaus.size() > 1)
      .list("bureaus", choice_values(view.bureaus, "", words))
      .list("lists", choice_values(view.lists, "task-list.", words))
      .when("has_depth", !view.depth.empty())
      .list("depth",
            each(view.depth, [&](const DepthRow& row) { return depth_values(row, words); }))
      .when("has_clerks", !view.clerks.empty())
      .list("clerks",
            each(view.clerks, [&](const ClerkRow& row) { return clerk_values(row, words); }))
      .part("hours", hours_values(view, frame.now, words))
      .when("has_tasks", !view.tasks.empty())
      .list("tasks",
            each(view.tasks, [&](const TaskFacts& task) { return task_values(task, words); }))
      .part("turning", turning_values(view.turning))
      .part("adding", adding_values(view, words))
      .list("papers", paper_values(view));
  return pages.document("supervision", frame, words.text("supervision.title"), values);
}

}  // namespace sluice::pages
