#include "jobs/task_orders.h"

#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "settings/channels.h"

namespace sluice::jobs {
namespace {

// What the auditor is told of an order that is carried out.
trust::AuditEvent event_of(const TaskDirector& director, const TaskOrder& order,
                           const tasks::Task& task) {
  struct Names {
    std::string_view operator()(const tasks::Reassign&) const { return "reassign"; }
    std::string_view operator()(const tasks::ChangeIt&) const { return "change"; }
    std::string_view operator()(const tasks::CancelIt&) const { return "cancel"; }
    std::string_view operator()(const tasks::Reopen&) const { return "reopen"; }
    std::string_view operator()(const tasks::DeclineDelivery&) const { return "decline"; }
  };
  std::vector<std::pair<std::string, std::string>> details{{"actor", director.actor},
                                                           {"bureau", task.asked.bureau.str()},
                                                           {"task", std::to_string(task.id.value)}};
  if (std::holds_alternative<tasks::DeclineDelivery>(order)) {
    details.emplace_back("delivery", task.asked.outgoing->delivery);
    return {"delivery-declined", std::move(details)};
  }
  details.emplace_back("order", std::visit(Names(), order));
  return {"task-directed", std::move(details)};
}

std::string_view verb_of(trust::PersonalRight right) {
  if (right == trust::PersonalRight::check_records) return "check";
  return right == trust::PersonalRight::review_records ? "review" : "key";
}

}  // namespace

tasks::AccountName task_user(const std::string& user) {
  return tasks::AccountName("user " + user);
}

tasks::Result<void> note_first(trust::AuditLog& audit, const trust::AuditEvent& event) {
  const auto noted = audit.append(event);
  if (noted) return {};
  const bool is_full = noted.error().code == trust::AuditProblem::no_room;
  return std::unexpected(tasks::TaskFailure{
      is_full ? tasks::TaskProblem::no_room : tasks::TaskProblem::failed, "audit log",
      "nothing was done, since it can not be written there: " + record::to_string(noted.error())});
}

tasks::Result<std::vector<tasks::Task>> add_tasks(const TaskDirector& director,
                                                  std::span<const tasks::NewTask> tasks,
                                                  std::span<const tasks::EntryId> entries) {
  const auto note_added = [&](std::span<const tasks::Task> added) {
    const tasks::NewTask& first = added.front().asked;
    return note_first(director.audit, {"tasks-added",
                                       {{"actor", director.actor},
                                        {"bureau", first.bureau.str()},
                                        {"dataset", first.dataset.str()},
                                        {"count", std::to_string(added.size())}}});
  };
  return director.queue.add(tasks, director.name, director.now, entries, note_added);
}

tasks::Result<tasks::Task> direct_task(const TaskDirector& director, tasks::TaskId id,
                                       TaskOrder order) {
  const tasks::Action action = std::visit(
      [&](auto& one) {
        one.account = director.name.value_or(tasks::AccountName());
        return tasks::Action(one);
      },
      order);
  const auto note_order = [&](std::span<const tasks::Task> task) {
    return note_first(director.audit, event_of(director, order, task.front()));
  };
  return director.queue.apply(id, action, director.now, note_order);
}

std::optional<trust::PersonalRight> right_to_work_on(tasks::TaskState state) {
  switch (state) {
    case tasks::TaskState::open:
      return trust::PersonalRight::key_records;
    case tasks::TaskState::keyed:
      return trust::PersonalRight::check_records;
    case tasks::TaskState::differs:
      return trust::PersonalRight::review_records;
    default:
      return std::nullopt;
  }
}

std::expected<void, record::Flaw> check_may_be_given(const trust::Policy& policy,
                                                     const people::Account& account,
                                                     const tasks::Task& task) {
  const auto right = right_to_work_on(task.state);
  if (!right) return {};  // it is refused whoever it is for
  const auto flaw = [&](std::string_view what) {
    return std::unexpected(record::Flaw{
        fmt::format("{} {}: name somebody who may work on it", account.name.str(), what)});
  };
  if (account.state != people::AccountState::enabled) return flaw("is disabled");
  const record::BureauId& bureau = task.asked.bureau;
  if (policy.may(account.assignment, *right, bureau)) return {};
  return flaw(fmt::format("may not {} records of {}, and task {} is {}", verb_of(*right),
                          bureau.str(), task.id.value, to_string(task.state)));
}

std::expected<void, record::Flaw> check_is_keyed(const settings::Settings& settings,
                                                 const record::BureauId& bureau,
                                                 const record::DatasetId& dataset) {
  const auto found = settings.bureaus.find(bureau);
  std::vector<std::string> keyed;
  if (found != settings.bureaus.end() && settings.carrier(bureau) == nullptr) {
    for (const settings::Publication& publication : found->second.publishes) {
      if (!settings::comes_by(publication, record::Mode::manual_entry)) continue;
      if (publication.dataset == dataset) return {};
      keyed.push_back(publication.dataset.str());
    }
  }
  return std::unexpected(record::Flaw{
      keyed.empty() ? fmt::format("nothing of {} is keyed on this node: no dataset that it "
                                  "publishes has the channel manual-entry here",
                                  bureau.str())
                    : fmt::format("{} of {} is not keyed on this node; these are: {}",
                                  dataset.str(), bureau.str(), fmt::join(keyed, ", "))});
}

}  // namespace sluice::jobs
