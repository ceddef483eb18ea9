#include "pages/view/queue_view.h"

#include <algorithm>

#include <fmt/format.h>

#include "pages/view/paths.h"

namespace sluice::pages {
namespace {

Values work_values(const WorkWaiting& waiting, bool names_bureau, const Wording& words) {
  return Values()
      .text("work", to_string(waiting.work))
      .text("take", words.word("work.", to_string(waiting.work)))
      .text("bureau", waiting.bureau)
      .text("work_bureau", names_bureau ? if_any(waiting.bureau_name) : std::nullopt)
      .text("count", words.number(waiting.waiting))
      .when("is_none", waiting.waiting == 0)
      .text("overdue",
            waiting.overdue == 0 ? std::nullopt : std::optional(words.number(waiting.overdue)))
      .part("oldest", words.since(waiting.oldest));
}

// Of the list of this work, for the link to it and for its heading.
Values list_values(const WorkWaiting& waiting, bool names_bureau, const Wording& words) {
  return Values()
      .text("list_path", list_path_of(waiting))
      .text("list_of", words.word("work-list.", to_string(waiting.work)))
      .text("list_bureau", names_bureau ? if_any(waiting.bureau_name) : std::nullopt)
      .text("count", words.number(waiting.waiting));
}

Values waiting_values(const TaskFacts& task, const Wording& words) {
  return task_values(task, words).text("claim_path", entry_path_of(task.id) + "/claim");
}

}  // namespace

std::string_view to_string(Work work) {
  switch (work) {
    case Work::key:
      return "key";
    case Work::check:
      return "check";
    case Work::review:
      return "review";
  }
  return "key";
}

std::string list_path_of(const WorkWaiting& waiting) {
  return fmt::format("{}?bureau={}&work={}", entry_path, percent_encoded(waiting.bureau),
                     to_string(waiting.work));
}

std::string queue_page(const Pages& pages, const Frame& frame, const QueueView& view) {
  const Wording words = pages.wording(frame);
  const bool names_bureau = std::ranges::any_of(
      view.work, [&](const WorkWaiting& one) { return one.bureau != view.work.front().bureau; });
  Values values;
  values.text("next_path", fmt::format("{}/next", entry_path))
      .text("supervision_path",
            view.may_supervise ? std::optional(std::string(supervision_path)) : std::nullopt)
      .text("entry_script", pages.assets().path_of("entry.js"))
      .verbatim("account", view.account)
      .when("has_work", !view.work.empty())
      .list("work_kinds", each(view.work,
                               [&](const WorkWaiting& waiting) {
                                 return work_values(waiting, names_bureau, words);
                               }))
      .when("has_held", !view.held.empty())
      .list("held",
            each(view.held, [&](const TaskFacts& task) { return task_values(task, words); }))
      .when("has_tasks", !view.tasks.empty())
      .list("tasks",
            each(view.tasks, [&](const TaskFacts& task) { return waiting_values(task, words); }))
      .when("has_sheets", !view.sheets.empty())
      .list("sheets",
            each(view.sheets,
                 [](const Choice& sheet) {
                   return Values().text("sheet_path", sheet.value).text("sheet_of", sheet.label);
                 }))
      .when("has_cut_short", !view.cut_short.empty())
      .list("cut_short", each(view.cut_short,
                              [&](const WorkWaiting& waiting) {
                                return list_values(waiting, names_bureau, words);
                              }))
      .part("whole", view.whole ? std::optional(list_values(*view.whole, names_bureau, words))
                                : std::nullopt)
      .text("first_path", entry_path)
      .part("figures", figures_values(view.figures, words))
      .part("turning", turning_values(view.turning))
      .part("saved", saved_values(view.saved_task));
  return pages.document("queue", frame, words.text("queue.title"), values);
}

}  // namespace sluice::pages
