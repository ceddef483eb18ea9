#include "pages/workbench.h"

#include <algorithm>
#include <utility>

#include <date/tz.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "jobs/due_time.h"
#include "jobs/task_orders.h"
#include "pages/answer.h"
#include "pages/view/paths.h"
#include "record/try.h"

namespace sluice::pages {
namespace {

using tasks::TaskState;
using trust::PersonalRight;

constexpr std::size_t most_remembered = 1000;
constexpr std::size_t ready_at_once = 100;
constexpr std::size_t looked_through = 1000;  // entries of a task's history

}  // namespace

ClerkFigures figures_of(const tasks::ClerkFigures& clerk) {
  ClerkFigures figures;
  figures.done = clerk.keyed + clerk.checked + clerk.settled + tasks::delivered(clerk);
  figures.per_hour = tasks::per_hour(clerk);
  if (clerk.fields_checked > 0) {
    figures.error_percent =
        100.0 * static_cast<double>(clerk.differences) / static_cast<double>(clerk.fields_checked);
  }
  return figures;
}

server::Response task_taken(const tasks::Task& task) {
  return redirection(fmt::format("{}?done=task-taken", task_path_of(number_of(task.id))));
}

Workbench::Workbench(const Surroundings& surroundings, const Entrance& entrance)
    : surroundings_(surroundings), entrance_(entrance), tasks_(surroundings.open_tasks) {}

entry::Desk* Workbench::desk(const record::BureauId& bureau) const {
  const auto found = surroundings_.desks.find(bureau);
  return found == surroundings_.desks.end() ? nullptr : found->second.get();
}

const entry::FormChecker* Workbench::checker(const tasks::Task& task) const {
  const entry::Desk* const at = desk(task.asked.bureau);
  return at == nullptr ? nullptr : at->find(task.asked.dataset);
}

bool Workbench::may_work(const people::Assignment& person, TaskState state,
                         const record::BureauId& bureau) const {
  const auto right = jobs::right_to_work_on(state);
  return right && surroundings_.policy.may(person, *right, bureau);
}

bool Workbench::is_theirs(const Visit& visit, const record::BureauId& bureau) const {
  const auto rights = of_the_queue().rights;
  return std::ranges::any_of(rights,
                             [&](PersonalRight right) { return may(visit, right, bureau); });
}

server::Response Workbench::refused(const Visit& visit, const tasks::TaskFailure& failure) const {
  using tasks::TaskProblem;
  switch (failure.code) {
    case TaskProblem::unknown:
      return entrance_.missing(visit);
    case TaskProblem::same_person:
      return entrance_.deny(visit, "same-person");
    case TaskProblem::unavailable:
    case TaskProblem::no_room:
    case TaskProblem::failed:
      return entrance_.failed(visit, record::to_string(failure));
    default:
      return entrance_.conflict(visit, failure.sentence);
  }
}

std::expected<tasks::KeyedTask, server::Response> Workbench::open(const Visit& visit,
                                                                  tasks::Tasks& queue) const {
  const auto id = whole_number(visit.request.parameter("task"));
  if (!id) return std::unexpected(entrance_.missing(visit));
  auto found = queue.find(tasks::TaskId{static_cast<std::uint64_t>(*id)}, visit.account().name);
  if (!found) return std::unexpected(refused(visit, found.error()));
  // Who may work for one bureau only is not told which tasks others have.
  const bool is_seen = *found && is_theirs(visit, (*found)->task.asked.bureau);
  if (!is_seen) return std::unexpected(entrance_.deny(visit, "not-granted"));
  return std::move(**found);
}

tasks::Result<bool> Workbench::has_had(const people::AccountName& account, tasks::TaskId id,
                                       tasks::Tasks& queue) {
  const auto history = SLUICE_TRY(queue.history(id, tasks::TaskVersion{0}, looked_through));
  return std::ranges::any_of(history, [&](const tasks::HistoryEntry& entry) {
    return entry.who == account && entry.what == tasks::Happening::claimed;
  });
}

std::expected<HeldTask, server::Response> Workbench::sit_down(const Visit& visit) {
  auto queue = lend();
  if (!queue) return std::unexpected(refused(visit, queue.error()));
  auto keyed = SLUICE_TRY(open(visit, **queue));
  const tasks::Task& task = keyed.task;
  const people::Account& account = visit.account();
  const bool is_held = task.claim && task.claim->holder == account.name;
  if (!is_held || !may_work(account.assignment, task.state, task.asked.bureau)) {
    const auto had_it = has_had(account.name, task.id, **queue);
    if (!had_it) return std::unexpected(refused(visit, had_it.error()));
    if (!*had_it) return std::unexpected(entrance_.deny(visit, "not-held"));
    return std::unexpected(task_taken(task));
  }
  return HeldTask{std::move(*queue), std::move(keyed)};
}

tasks::Witness Workbench::note_answer(const Visit& visit) const {
  return [this, actor = account_actor(visit)](std::span<const tasks::Task> written) {
    const tasks::Task& task = written.front();
    const std::vector<std::pair<std::string, std::string>> details{
        {"actor", actor},
        {"bureau", task.asked.bureau.str()},
        {"task", std::to_string(task.id.value)},
        {"delivery", task.asked.outgoing->delivery}};
    return task.state == TaskState::done
               ? jobs::note_first(surroundings_.audit, {"delivery-confirmed", details})
               : jobs::note_first(surroundings_.audit, {"delivery-declined", details});
  };
}

tasks::Witness Workbench::note_step(const Visit& visit, const tasks::Task& task,
                                    const SavedStep& saved) const {
  std::vector<std::string> fields;
  for (const std::string& column : saved.columns) {
    if (const entry::FormField* field = saved.checker.form().find(column))
      fields.push_back(field->field);
  }
  trust::AuditEvent event{"record-keyed",
                          {{"actor", account_actor(visit)},
                           {"bureau", task.asked.bureau.str()},
                           {"task", std::to_string(task.id.value)},
                           {"step", std::string(saved.step)},
                           {"record", entrance_.record_mark(visit, task.asked.dataset,
                                                            saved.checker.key_of(saved.values))},
                           {"fields", fmt::format("{}", fmt::join(fields, ", "))}}};
  return [this, event = std::move(event)](std::span<const tasks::Task> /*written*/) {
    return jobs::note_first(surroundings_.audit, event);
  };
}

std::string Workbench::name_of(const Visit& visit, const people::AccountName& account) const {
  if (account == visit.account().name) return visit.account().display_name;
  const auto found = visit.people.find(account);
  return found && *found ? (*found)->display_name : account.str();
}

TaskFacts Workbench::facts(const Visit& visit, const tasks::Task& task) const {
  const settings::Settings& settings = surroundings_.installation.settings;
  const auto bureau = settings.bureaus.find(task.asked.bureau);
  const auto dataset = settings.datasets.find(task.asked.dataset);
  const record::Time now = surroundings_.clock();
  TaskFacts facts{
      .id = number_of(task.id),
      .title = task.asked.title,
      .bureau = task.asked.bureau.str(),
      .bureau_name =
          bureau == settings.bureaus.end() ? task.asked.bureau.str() : bureau->second.name,
      .dataset = task.asked.dataset.str(),
      .dataset_title = task.asked.dataset.str(),
      .state = std::string(to_string(task.state)),
      .is_outgoing = tasks::kind_of(task) == tasks::TaskKind::outgoing,
      .priority = task.asked.priority,
      .due = task.asked.due,
      .is_overdue = tasks::is_workable(task.state) && task.asked.due && *task.asked.due < now,
      .holder = {},
      .held_until = std::nullopt};
  if (dataset != settings.datasets.end() && !dataset->second.title.empty()) {
    facts.dataset_title = dataset->second.title;
  }
  if (tasks::is_held(task, now)) {
    facts.holder = name_of(visit, task.claim->holder);
    facts.held_until = task.claim->until;
  }
  return facts;
}

ClerkFigures Workbench::figures(const Visit& visit, const record::BureauId& bureau,
                                const tasks::Figures& figures) const {
  const auto clerk = figures.clerks.find(visit.account().name);
  ClerkFigures mine = clerk == figures.clerks.end() ? ClerkFigures() : figures_of(clerk->second);
  for (const auto& [state, depth] : figures.depth) {
    if (may_work(visit.account().assignment, state, bureau)) mine.waiting += depth.tasks;
  }
  return mine;
}

std::optional<ClerkFigures> Workbench::figures_at_desk(const Visit& visit,
                                                       const record::BureauId& bureau,
                                                       tasks::Tasks& queue) {
  const auto work =
      day_.of({visit.account().name, bureau}, midnight(), surroundings_.clock(), queue);
  const auto waiting = queue.waiting(bureau);
  if (!work || !waiting) return std::nullopt;
  ClerkFigures mine = figures_of(*work);
  for (const auto& [state, tasks] : *waiting) {
    if (may_work(visit.account().assignment, state, bureau)) mine.waiting += tasks;
  }
  return mine;
}

record::Time Workbench::midnight() const {
  return jobs::midnight(surroundings_.clock(), *date::locate_zone(surroundings_.time_zone));
}

tasks::Result<Workbench::HandedIn> Workbench::hand_in(const tasks::Task& task, Checked record,
                                                      tasks::Tasks& queue) const {
  const auto refuse = [&](std::string note) -> tasks::Result<HandedIn> {
    SLUICE_TRY(
        queue.apply(task.id, tasks::RefuseIt{.note = std::move(note)}, surroundings_.clock()));
    return HandedIn{.journaled = std::nullopt, .is_refused = true};
  };
  if (!record) {
    const entry::KeyingError& first = record.error().front();
    return refuse(first.column + ": " + first.sentence);
  }
  record->came_from(fmt::format("task {}", task.id.value));
  const auto saved =
      desk(task.asked.bureau)->save(entry::DraftId(task.entry.str()), std::move(*record));
  if (saved) {
    return HandedIn{.journaled = tasks::JournaledTask{
                        task.id, {saved->placement.sequence, saved->placement.first_row}}};
  }
  if (saved.error().code == entry::SaveProblem::conflicting) return refuse(saved.error().sentence);
  surroundings_.log.write<"record-not-journaled">(
      {{"bureau", task.asked.bureau.str()}, {"reason", record::to_string(saved.error())}});
  return HandedIn();
}

tasks::Result<bool> Workbench::journal(tasks::TaskId id, tasks::Tasks& queue) const {
  const auto keyed = SLUICE_TRY(queue.find(id, people::AccountName()));
  if (!keyed || keyed->task.state != TaskState::ready || !keyed->values()) return false;
  const tasks::Task& task = keyed->task;
  const entry::FormChecker* const checks = checker(task);
  if (checks == nullptr) {
    SLUICE_TRY(queue.apply(id, tasks::RefuseIt{.note = "nothing of this dataset is keyed here"},
                           surroundings_.clock()));
    return true;
  }
  const auto handed =
      SLUICE_TRY(hand_in(task, checks->check(keyed_form(from_json(*keyed->values()))), queue));
  if (!handed.journaled) return handed.is_refused;
  SLUICE_TRY(queue.apply(id, tasks::MarkDone{handed.journaled->journaled}, surroundings_.clock()));
  return true;
}

std::expected<SavedTask, server::Response> Workbench::conclude(const Visit& visit, tasks::Task task,
                                                               Checked record,
                                                               tasks::Tasks& queue) const {
  SavedTask saved{.task = std::move(task), .journaled = std::nullopt};
  if (saved.task.state != TaskState::ready) return saved;
  auto handed = hand_in(saved.task, std::move(record), queue);
  if (!handed) return std::unexpected(refused(visit, handed.error()));
  saved.journaled = handed->journaled;
  return saved;
}

std::expected<SavedTask, NotKeyed> Workbench::key_first(const Visit& visit, const tasks::Task& task,
                                                        const entry::FormChecker& checker,
                                                        const KeyedTexts& texts,
                                                        tasks::Tasks& queue) {
  auto checked = checker.check(keyed_form(texts));
  if (!checked) {
    return std::unexpected(
        NotKeyed{.errors = std::move(checked.error()), .sentence = {}, .answer = {}});
  }
  SavedStep step{.step = "keyed", .checker = checker, .values = checked->values(), .columns = {}};
  for (const entry::KeyedValue& value : step.values)
    if (value.understood) step.columns.push_back(value.column);
  auto keyed = queue.apply(task.id,
                           tasks::FinishKeying{.account = visit.account().name,
                                               .values = to_json(texts),
                                               .needs_check = needs_check(checker.form())},
                           surroundings_.clock(), note_step(visit, task, step));
  if (!keyed) {
    return std::unexpected(
        NotKeyed{.errors = {},
                 .sentence = keyed.error().sentence,
                 .answer = refused(visit, keyed.error()),
                 .has_no_room = keyed.error().code == tasks::TaskProblem::no_room});
  }
  remember(visit, keyed->asked.bureau, keyed->asked.dataset, texts);
  day_.add_keyed({visit.account().name, keyed->asked.bureau}, keyed->first->at);
  auto saved = conclude(visit, std::move(*keyed), std::move(checked), queue);
  if (saved) return std::move(*saved);
  return std::unexpected(
      NotKeyed{.errors = {}, .sentence = {}, .answer = std::move(saved.error())});
}

std::expected<void, server::Response> Workbench::note(const Visit& visit, const SavedTask& saved,
                                                      tasks::Tasks& queue) const {
  if (!saved.journaled) return {};
  const auto noted = queue.apply(saved.task.id, tasks::MarkDone{saved.journaled->journaled},
                                 surroundings_.clock());
  if (!noted) return std::unexpected(refused(visit, noted.error()));
  return {};
}

void Workbench::journal_ready(const record::BureauId& bureau, tasks::Tasks& queue) {
  if (desk(bureau) == nullptr) return;
  const tasks::TaskFilter ready{
      .bureau = bureau, .kind = tasks::ListKind::in_state, .state = TaskState::ready, .holder = {}};
  const auto waiting = queue.list(ready, std::nullopt, ready_at_once, surroundings_.clock());
  if (!waiting) return;  // it is tried again with the next page
  for (const tasks::Task& task : *waiting) {
    if (const auto done = journal(task.id, queue); !done || !*done) return;
  }
}

KeyedTexts Workbench::previous(const Visit& visit, const record::BureauId& bureau,
                               const record::DatasetId& dataset, tasks::Tasks& queue) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = previous_.find({visit.actor(), bureau, dataset});
    if (found != previous_.end()) return found->second;
  }
  const auto kept = queue.last_keyed(bureau, dataset, visit.account().name);
  if (!kept) return {};  // a desk without the ditto key is better than none
  const std::lock_guard lock(mutex_);
  if (previous_.size() >= most_remembered) previous_.clear();
  // Who has saved meanwhile, in another window, has remembered what is newer.
  return previous_.try_emplace({visit.actor(), bureau, dataset}, from_json(kept->value_or("")))
      .first->second;
}

void Workbench::remember(const Visit& visit, const record::BureauId& bureau,
                         const record::DatasetId& dataset, KeyedTexts texts) {
  const std::lock_guard lock(mutex_);
  if (previous_.size() >= most_remembered) previous_.clear();
  previous_[{visit.actor(), bureau, dataset}] = std::move(texts);
}

}  // namespace sluice::pages
