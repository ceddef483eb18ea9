#include "pages/supervision_pages.h"

#include <algorithm>
#include <utility>

#include <date/tz.h>
#include <fmt/format.h>

#include "jobs/due_time.h"
#include "jobs/task_orders.h"
#include "pages/answer.h"
#include "pages/turned_tasks.h"
#include "pages/view/paths.h"
#include "people/characters.h"
#include "record/try.h"

namespace sluice::pages {
namespace {

using server::Response;
using tasks::TaskState;
using trust::PersonalRight;

constexpr std::size_t history_entries = 200;
constexpr std::size_t accounts_looked_at = 500;

tasks::TaskFilter filter_of(const record::BureauId& bureau, const std::string& list) {
  tasks::TaskFilter filter{
      .bureau = bureau, .kind = tasks::ListKind::overdue, .state = TaskState::open, .holder = {}};
  if (const auto state = tasks::parse_task_state(list)) {
    filter.kind = tasks::ListKind::in_state;
    filter.state = *state;
  }
  return filter;
}

// Whether the person has typed over what the form showed. What it showed may be another's word by
// now, which this person has not seen.
bool is_changed(const Form& form, const std::string& field) {
  const std::string shown = field + "_shown";
  return !form.has(shown) || form.value(field) != form.value(shown);
}

}  // namespace

std::vector<Page> SupervisionPages::routes() {
  using server::Method;
  const Access directing{.rights = {PersonalRight::direct_work}};
  const std::string task = std::string(tasks_path) + "/{task}";
  std::vector<Page> pages{{.path = std::string(supervision_path),
                           .access = directing,
                           .answer = [this](const Visit& visit) { return show(visit); }},
                          {.method = Method::post,
                           .path = std::string(supervision_path) + "/tasks",
                           .access = directing,
                           .answer = [this](const Visit& visit) { return add_task(visit); }},
                          {.path = task,
                           .access = of_the_queue(),
                           .answer = [this](const Visit& visit) { return show_task(visit); }}};
  const auto add = [&](const char* action, const char* notice, Make make) {
    pages.push_back({.method = Method::post,
                     .path = fmt::format("{}/{}", task, action),
                     .access = directing,
                     .answer = [this, make = std::move(make), notice](const Visit& visit) {
                       return act(visit, make, notice);
                     }});
  };
  using Sent = RefusedTaskForm::Form;
  using Made = std::expected<jobs::TaskOrder, RefusedTaskForm>;
  add("reassign", "reassigned", [this](const Visit& visit, const tasks::Task& of) -> Made {
    tasks::Reassign reassign{.account = {}, .to = std::nullopt};
    if (visit.form.value("to").empty()) return reassign;
    auto to = recipient(visit, of);
    if (!to) return std::unexpected(RefusedTaskForm{Sent::reassign, std::move(to).error(), {}});
    reassign.to = std::move(*to);
    return reassign;
  });
  add("change", "task-changed", [this](const Visit& visit, const tasks::Task& /*of*/) -> Made {
    const auto priority = jobs::task_priority(visit.form.value("priority"));
    const auto due = jobs::due_time(visit.form.value("due"), zone());
    if (!priority || !due) {
      return std::unexpected(RefusedTaskForm{
          Sent::change, due ? priority.error().sentence : due.error().sentence, {}});
    }
    tasks::ChangeIt change{.account = {}, .priority = std::nullopt, .due = std::nullopt};
    if (is_changed(visit.form, "priority")) change.priority = *priority;
    if (is_changed(visit.form, "due")) change.due = *due;
    return change;
  });
  add("cancel", "task-cancelled", [](const Visit& visit, const tasks::Task& /*of*/) -> Made {
    const std::string note(visit.form.value("note"));
    if (note.empty()) return std::unexpected(RefusedTaskForm{Sent::cancel, {}, {}});
    return tasks::CancelIt{.account = {}, .note = note};
  });
  add("reopen", "task-reopened", [](const Visit& visit, const tasks::Task& /*of*/) -> Made {
    return tasks::Reopen{.account = {}, .note = std::string(visit.form.value("note"))};
  });
  add("decline", "task-declined", [](const Visit& visit, const tasks::Task& /*of*/) -> Made {
    const std::string note(visit.form.value("note"));
    if (note.empty()) return std::unexpected(RefusedTaskForm{Sent::decline, {}, {}});
    return tasks::DeclineDelivery{
        .account = {}, .note = note, .as = tasks::DeclineDelivery::As::supervisor};
  });
  return pages;
}

jobs::TaskDirector SupervisionPages::director(const Visit& visit, tasks::Tasks& queue) const {
  return {.queue = queue,
          .audit = surroundings_.audit,
          .actor = account_actor(visit),
          .name = visit.account().name,
          .now = surroundings_.clock()};
}

const date::time_zone& SupervisionPages::zone() const {
  return *date::locate_zone(surroundings_.time_zone);
}

std::vector<Choice> SupervisionPages::people_for(const Visit& visit,
                                                 const tasks::Task& task) const {
  std::vector<Choice> choices{{.value = {}, .label = {}, .is_chosen = true}};
  const auto accounts = visit.people.list(people::AccountName(), accounts_looked_at);
  if (!accounts) return choices;
  for (const people::Account& account : *accounts) {
    if (jobs::check_may_be_given(surroundings_.policy, account, task) &&
        !tasks::is_own_work(task, account.name)) {
      choices.push_back(
          {.value = account.name.str(), .label = account.display_name, .is_chosen = false});
    }
  }
  return choices;
}

std::expected<people::AccountName, std::string> SupervisionPages::recipient(
    const Visit& visit, const tasks::Task& task) const {
  const std::string to(visit.form.value("to"));
  const auto name = people::parse_account_name(to);
  if (!name) return std::unexpected(name.error().sentence);
  const auto account = visit.people.find(*name);
  if (!account) return std::unexpected(record::to_string(account.error()));
  if (!*account) return std::unexpected(fmt::format("there is no account {}", to));
  const auto may = jobs::check_may_be_given(surroundings_.policy, **account, task);
  if (!may) return std::unexpected(may.error().sentence);
  return *name;
}

Response SupervisionPages::show(const Visit& visit) {
  const auto theirs = entrance_.bureaus_for(visit.account().assignment, PersonalRight::direct_work);
  const record::BureauId asked{std::string(visit.query.value("bureau"))};
  const bool is_theirs = std::ranges::find(theirs, asked) != theirs.end();
  return page_of(visit, is_theirs ? asked : theirs.front(), {}, 200);
}

Response SupervisionPages::page_of(const Visit& visit, const record::BureauId& bureau,
                                   NewTaskForm added, unsigned status) {
  auto queue = bench_.lend();
  if (!queue) return bench_.refused(visit, queue.error());
  const record::Time now = surroundings_.clock();
  SupervisionView view{.bureau = bureau.str(),
                       .bureau_name = surroundings_.installation.settings.bureaus.at(bureau).name,
                       .added = std::move(added)};
  for (const record::BureauId& id :
       entrance_.bureaus_for(visit.account().assignment, PersonalRight::direct_work)) {
    view.bureaus.push_back({.value = id.str(),
                            .label = surroundings_.installation.settings.bureaus.at(id).name,
                            .is_chosen = id == bureau});
  }
  const auto figures = (*queue)->figures(bureau, bench_.midnight(), now);
  if (!figures) return bench_.refused(visit, figures.error());
  for (const auto& [state, depth] : figures->depth) {
    view.depth.push_back({std::string(to_string(state)), depth.tasks, depth.overdue, depth.oldest});
  }
  for (const auto& [account, clerk] : figures->clerks) {
    view.clerks.push_back({.account = account.str(),
                           .name = bench_.name_of(visit, account),
                           .holds = clerk.holds,
                           .keyed = clerk.keyed,
                           .checked = clerk.checked,
                           .settled = clerk.settled,
                           .delivered = tasks::delivered(clerk),
                           .figures = figures_of(clerk)});
  }
  view.done_by_hour = figures->done_by_hour;
  const std::string list(visit.query.has("list") ? visit.query.value("list") : "overdue");
  for (const std::string_view name : {"overdue", "returned", "open", "keyed", "differs", "ready",
                                      "done", "cancelled", "declined"}) {
    view.lists.push_back({.value = std::string(name), .label = {}, .is_chosen = list == name});
  }
  const auto page = turned_tasks(**queue, filter_of(bureau, list), visit.query,
                                 fmt::format("{}?bureau={}&list={}", supervision_path,
                                             percent_encoded(bureau.str()), percent_encoded(list)),
                                 now);
  if (!page) return bench_.refused(visit, page.error());
  view.turning = page->turning;
  for (const tasks::Task& task : page->tasks)
    view.tasks.push_back(bench_.facts(visit, task));
  if (const entry::Desk* const desk = bench_.desk(bureau)) {
    for (const auto& [dataset, checker] : desk->checkers()) {
      view.datasets.push_back({.value = dataset.str(),
                               .label = checker.form().title,
                               .is_chosen = view.datasets.empty()});
    }
  }
  return document(visit.request,
                  supervision_page(pages_, entrance_.frame(visit, "supervision"), view), status);
}

Response SupervisionPages::add_task(const Visit& visit) {
  const record::BureauId bureau{std::string(visit.form.value("bureau"))};
  if (!bench_.may(visit, PersonalRight::direct_work, bureau)) {
    return entrance_.deny(visit, "not-granted");
  }
  const record::DatasetId dataset{std::string(visit.form.value("dataset"))};
  const entry::Desk* const desk = bench_.desk(bureau);
  if (desk == nullptr || desk->find(dataset) == nullptr) return entrance_.missing(visit);
  NewTaskForm form{.title = std::string(visit.form.value("title")),
                   .priority = std::string(visit.form.value("priority")),
                   .due = std::string(visit.form.value("due"))};
  const auto priority = jobs::task_priority(form.priority);
  const auto due = jobs::due_time(form.due, zone());
  const auto characters = people::characters_of(form.title);
  if (!priority) form.sentence = priority.error().sentence;
  if (!due) form.sentence = due.error().sentence;
  if (!characters || *characters > longest_task_title) {
    form.sentence = fmt::format("a title has at most {} characters", longest_task_title);
  }
  if (!form.sentence.empty()) return page_of(visit, bureau, std::move(form), 422);
  auto queue = bench_.lend();
  if (!queue) return bench_.refused(visit, queue.error());
  const tasks::NewTask task{.bureau = bureau,
                            .dataset = dataset,
                            .title = form.title,
                            .origin = tasks::Origin::supervisor,
                            .origin_text = {},
                            .priority = *priority,
                            .due = *due};
  const auto added = jobs::add_tasks(director(visit, **queue), std::span(&task, 1));
  if (!added) return bench_.refused(visit, added.error());
  return redirection(fmt::format("{}?bureau={}&list=open&done=task-added", supervision_path,
                                 percent_encoded(bureau.str())));
}

Response SupervisionPages::show_task(const Visit& visit) {
  auto queue = bench_.lend();
  if (!queue) return bench_.refused(visit, queue.error());
  const auto keyed = bench_.open(visit, **queue);
  if (!keyed) return keyed.error();
  return task_page_of(visit, **queue, *keyed, std::nullopt, 200);
}

Response SupervisionPages::task_page_of(const Visit& visit, tasks::Tasks& queue,
                                        const tasks::KeyedTask& keyed,
                                        std::optional<RefusedTaskForm> refused, unsigned status) {
  const tasks::Task& task = keyed.task;
  TaskView view{.task = bench_.facts(visit, task),
                .version = task.version.value,
                .created = task.created,
                .created_by = task.created_by ? bench_.name_of(visit, *task.created_by) : "",
                .origin = std::string(to_string(task.asked.origin)),
                .origin_text = task.asked.origin_text,
                .kept_for = task.kept_for ? bench_.name_of(visit, *task.kept_for) : "",
                .refused = std::move(refused)};
  view.receipt_number = task.receipt_number;
  if (const auto& outgoing = task.asked.outgoing) {
    view.origin_text = fmt::format("{} · {}", outgoing->delivery, outgoing->row);
  }
  if (task.journaled) view.batch = task.journaled->sequence.value;
  const auto history = queue.history(task.id, tasks::TaskVersion{0}, history_entries);
  if (!history) return bench_.refused(visit, history.error());
  for (const tasks::HistoryEntry& entry : *history) {
    view.history.push_back({.at = entry.at,
                            .who = entry.who ? bench_.name_of(visit, *entry.who) : "",
                            .what = std::string(to_string(entry.what)),
                            .note = entry.note});
    if (!entry.note.empty()) view.reason = entry.note;
  }
  view.may_work = bench_.may_work(visit.account().assignment, task.state, task.asked.bureau);
  view.may_supervise = bench_.may(visit, PersonalRight::direct_work, task.asked.bureau);
  if (view.may_supervise) view.people = people_for(visit, task);
  return document(visit.request, task_page(pages_, entrance_.frame(visit, "entry"), view), status);
}

Response SupervisionPages::act(const Visit& visit, const Make& make, std::string_view notice) {
  auto queue = bench_.lend();
  if (!queue) return bench_.refused(visit, queue.error());
  const auto keyed = bench_.open(visit, **queue);
  if (!keyed) return keyed.error();
  if (!bench_.may(visit, PersonalRight::direct_work, keyed->task.asked.bureau)) {
    return entrance_.deny(visit, "not-granted");
  }
  const auto order = make(visit, keyed->task);
  if (!order) return task_page_of(visit, **queue, *keyed, order.error(), 422);
  const auto task = jobs::direct_task(director(visit, **queue), keyed->task.id, *order);
  if (!task) return bench_.refused(visit, task.error());
  return redirection(fmt::format("{}?done={}", task_path_of(number_of(task->id)), notice));
}

}  // namespace sluice::pages
