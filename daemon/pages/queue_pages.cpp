#include "pages/queue_pages.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "pages/answer.h"
#include "pages/turned_tasks.h"
#include "pages/view/entry_view.h"
#include "pages/view/paper_view.h"
#include "pages/view/paths.h"
#include "record/try.h"

namespace sluice::pages {
namespace {

using server::Response;
using tasks::TaskState;
using trust::PersonalRight;

constexpr std::size_t tasks_of_a_state = 20;
constexpr std::size_t most_held = 200;  // of one person: as many as fit on a sheet

struct WorkKind {
  Work work;
  TaskState state;
};
constexpr std::array<WorkKind, 3> work_kinds = {{{Work::key, TaskState::open},
                                                 {Work::check, TaskState::keyed},
                                                 {Work::review, TaskState::differs}}};

std::string desk_path(tasks::TaskId id) {
  return entry_path_of(number_of(id));
}

}  // namespace

std::vector<Page> QueuePages::routes() {
  using server::Method;
  const std::string queue(entry_path);
  const auto page = [&](Method method, std::string path, auto answer) {
    return Page{
        .method = method, .path = std::move(path), .access = of_the_queue(), .answer = answer};
  };
  return {
      page(Method::get, queue, [this](const Visit& visit) { return show(visit); }),
      page(Method::post, queue + "/next", [this](const Visit& visit) { return take_next(visit); }),
      page(Method::get, std::string(codes_path),
           [this](const Visit& visit) { return find_codes(visit); }),
      page(Method::get, queue + "/paper/{bureau}/{dataset}",
           [this](const Visit& visit) { return print_form(visit); }),
      page(Method::post, queue + "/{task}/claim",
           [this](const Visit& visit) { return claim(visit); })};
}

std::vector<record::BureauId> QueuePages::bureaus(const Visit& visit) const {
  std::vector<record::BureauId> theirs;
  // Also those that key nothing here: records are delivered to them.
  for (const auto& [id, bureau] : surroundings_.installation.settings.bureaus) {
    if (bench_.is_theirs(visit, id)) theirs.push_back(id);
  }
  return theirs;
}

std::optional<QueuePages::WorkList> QueuePages::named_work(const Visit& visit,
                                                           const Form& form) const {
  const record::BureauId bureau{std::string(form.value("bureau"))};
  const auto* const kind = std::ranges::find_if(work_kinds, [&](const WorkKind& known) {
    return to_string(known.work) == form.value("work");
  });
  if (kind == work_kinds.end() ||
      !bench_.may_work(visit.account().assignment, kind->state, bureau)) {
    return std::nullopt;
  }
  return WorkList{bureau, kind->state};
}

tasks::Result<void> QueuePages::add_first(const Visit& visit, const WorkList& list,
                                          tasks::Tasks& queue, QueueView& view) {
  // What the person has himself stands above these: a sheet of them must not leave nothing here.
  const tasks::TaskFilter filter{.bureau = list.bureau,
                                 .kind = tasks::ListKind::in_state,
                                 .state = list.state,
                                 .holder = {},
                                 .not_held_by = visit.account().name};
  auto first =
      SLUICE_TRY(queue.list(filter, std::nullopt, tasks_of_a_state + 1, surroundings_.clock()));
  if (first.size() > tasks_of_a_state) {
    first.pop_back();
    view.cut_short.push_back(view.work.back());
  }
  for (const tasks::Task& task : first)
    view.tasks.push_back(bench_.facts(visit, task));
  return {};
}

tasks::Result<void> QueuePages::add_whole(const Visit& visit, const WorkList& list,
                                          tasks::Tasks& queue, QueueView& view) {
  view.whole = view.work.back();
  const tasks::TaskFilter filter{.bureau = list.bureau,
                                 .kind = tasks::ListKind::in_state,
                                 .state = list.state,
                                 .holder = {},
                                 .not_held_by = {}};
  const auto page = SLUICE_TRY(
      turned_tasks(queue, filter, visit.query, list_path_of(*view.whole), surroundings_.clock()));
  view.turning = page.turning;
  for (const tasks::Task& task : page.tasks)
    view.tasks.push_back(bench_.facts(visit, task));
  return {};
}

tasks::Result<void> QueuePages::add_bureau(const Visit& visit, const record::BureauId& bureau,
                                           const std::optional<WorkList>& whole,
                                           tasks::Tasks& queue, QueueView& view) {
  const record::Time now = surroundings_.clock();
  const auto figures =
      SLUICE_TRY(queue.figures(bureau, bench_.midnight(), now, visit.account().name));
  view.figures = bench_.figures(visit, bureau, figures);
  for (const WorkKind& kind : work_kinds) {
    if (!bench_.may_work(visit.account().assignment, kind.state, bureau)) continue;
    WorkWaiting waiting{.work = kind.work,
                        .bureau = bureau.str(),
                        .bureau_name = surroundings_.installation.settings.bureaus.at(bureau).name};
    if (const auto depth = figures.depth.find(kind.state); depth != figures.depth.end()) {
      waiting.waiting = depth->second.tasks;
      waiting.overdue = depth->second.overdue;
      waiting.oldest = depth->second.oldest;
    }
    view.work.push_back(std::move(waiting));
    const WorkList list{bureau, kind.state};
    if (!whole) {
      SLUICE_TRY(add_first(visit, list, queue, view));
    } else if (list == *whole) {
      SLUICE_TRY(add_whole(visit, list, queue, view));
    }
  }
  const tasks::TaskFilter held{.bureau = bureau,
                               .kind = tasks::ListKind::held_by,
                               .state = TaskState::open,
                               .holder = visit.account().name};
  for (const tasks::Task& task : SLUICE_TRY(queue.list(held, std::nullopt, most_held, now))) {
    view.held.push_back(bench_.facts(visit, task));
  }
  const entry::Desk* const desk = bench_.desk(bureau);
  if (desk != nullptr && bench_.may(visit, PersonalRight::key_records, bureau)) {
    for (const auto& [dataset, checker] : desk->checkers()) {
      view.sheets.push_back(
          {.value = sheet_path_of(bureau.str(), dataset.str()), .label = checker.form().title});
    }
  }
  view.may_supervise = view.may_supervise || bench_.may(visit, PersonalRight::direct_work, bureau);
  return {};
}

Response QueuePages::show(const Visit& visit) {
  std::optional<WorkList> whole;
  if (visit.query.has("work")) {
    whole = named_work(visit, visit.query);
    if (!whole) return entrance_.deny(visit, "not-granted");
  }
  auto queue = bench_.lend();
  if (!queue) return bench_.refused(visit, queue.error());
  QueueView view{.account = visit.actor()};
  for (const record::BureauId& bureau : bureaus(visit)) {
    if (const auto added = add_bureau(visit, bureau, whole, **queue, view); !added) {
      return bench_.refused(visit, added.error());
    }
  }
  view.saved_task = whole_number(visit.query.value("saved"));
  return document(visit.request, queue_page(pages_, entrance_.frame(visit, "entry"), view));
}

Response QueuePages::take_next(const Visit& visit) {
  const auto list = named_work(visit, visit.form);
  if (!list) return entrance_.deny(visit, "not-granted");
  auto queue = bench_.lend();
  if (!queue) return bench_.refused(visit, queue.error());
  const auto task = (*queue)->claim_next({.bureau = list->bureau,
                                          .datasets = {},
                                          .account = visit.account().name,
                                          .states = {list->state},
                                          .lease = Workbench::lease},
                                         surroundings_.clock());
  if (!task) return bench_.refused(visit, task.error());
  if (!*task) return redirection(fmt::format("{}?done=no-task", entry_path));
  return redirection(desk_path((*task)->id));
}

Response QueuePages::claim(const Visit& visit) {
  auto queue = bench_.lend();
  if (!queue) return bench_.refused(visit, queue.error());
  const auto keyed = bench_.open(visit, **queue);
  if (!keyed) return keyed.error();
  const tasks::Task& task = keyed->task;
  if (!bench_.may_work(visit.account().assignment, task.state, task.asked.bureau)) {
    return entrance_.deny(visit, "not-granted");
  }
  const auto claimed = (*queue)->apply(
      task.id,
      tasks::ClaimIt{
          .account = visit.account().name, .states = {task.state}, .lease = Workbench::lease},
      surroundings_.clock());
  if (claimed) return redirection(desk_path(task.id));
  if (claimed.error().code == tasks::TaskProblem::held_by_another) {
    return redirection(fmt::format("{}?done=task-taken", entry_path));
  }
  if (claimed.error().code == tasks::TaskProblem::waits_for_another) {
    return redirection(fmt::format("{}?done=task-waits", entry_path));
  }
  return bench_.refused(visit, claimed.error());
}

Response QueuePages::find_codes(const Visit& visit) const {
  const auto table = surroundings_.code_tables.find(visit.query.value("table"));
  if (table == surroundings_.code_tables.end()) return entrance_.missing(visit);
  return document(visit.request,
                  codes_fragment(pages_, entrance_.frame(visit, "entry"),
                                 table->second.search(visit.query.value("q"), most_codes)));
}

Response QueuePages::print_form(const Visit& visit) const {
  const record::BureauId bureau{std::string(visit.request.parameter("bureau"))};
  const record::DatasetId dataset{std::string(visit.request.parameter("dataset"))};
  const auto theirs = bureaus(visit);
  if (std::ranges::find(theirs, bureau) == theirs.end()) {
    return entrance_.deny(visit, "not-granted");
  }
  const entry::Desk* const desk = bench_.desk(bureau);
  const entry::FormChecker* const checker = desk == nullptr ? nullptr : desk->find(dataset);
  if (checker == nullptr) return entrance_.missing(visit);
  PaperView view{.bureau_name = surroundings_.installation.settings.bureaus.at(bureau).name,
                 .form = checker->form(),
                 .tables = {}};
  for (const auto& [name, codes] : surroundings_.installation.settings.code_tables) {
    if (codes.size() <= most_codes_on_paper) view.tables.push_back({name, codes});
  }
  return document(visit.request, paper_page(pages_, entrance_.frame(visit, "entry"), view));
}

}  // namespace sluice::pages
