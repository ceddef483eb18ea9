#include "jobs/task_orders.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "record/try.h"

namespace sluice::jobs {
namespace {

std::unexpected<TaskOrderFailure> failed(const tasks::TaskFailure& failure) {
  return std::unexpected(TaskOrderFailure{failure.code, record::to_string(failure)});
}

Ordered<void> note(const TaskDirector& director, const trust::AuditEvent& event) {
  const auto noted = director.audit.append(event);
  if (noted) return {};
  return std::unexpected(TaskOrderFailure{
      std::nullopt,
      "it was done, but is not in the audit log: " + record::to_string(noted.error())});
}

// What the auditor is told of an order that was carried out.
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

bool is_keyed(const settings::Publication& publication) {
  return std::ranges::find(publication.channels, record::Mode::manual_entry) !=
         publication.channels.end();
}

}  // namespace

tasks::AccountName task_user(const std::string& user) {
  return tasks::AccountName("user " + user);
}

Ordered<std::vector<tasks::Task>> add_tasks(const TaskDirector& director,
                                            std::span<const tasks::NewTask> tasks,
                                            std::span<const tasks::EntryId> entries) {
  std::vector<bool> were_there(tasks.size(), false);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto found = director.queue.find_entry(entries[i]);
    if (!found) return failed(found.error());
    were_there[i] = found->has_value();
    if (!were_there[i]) break;  // they were added together
  }
  auto added = director.queue.add(tasks, director.name, director.now, entries);
  if (!added) return failed(added.error());
  const auto count = std::ranges::count(were_there, false);
  if (count == 0) return std::move(*added);
  const tasks::NewTask& first = tasks.front();
  SLUICE_TRY(note(director, {"tasks-added",
                             {{"actor", director.actor},
                              {"bureau", first.bureau.str()},
                              {"dataset", first.dataset.str()},
                              {"count", std::to_string(count)}}}));
  return std::move(*added);
}

Ordered<tasks::Task> direct_task(const TaskDirector& director, tasks::TaskId id, TaskOrder order) {
  tasks::Action action = std::visit(
      [&](auto& one) {
        one.account = director.name.value_or(tasks::AccountName());
        return tasks::Action(one);
      },
      order);
  auto task = director.queue.apply(id, action, director.now);
  if (!task) return failed(task.error());
  SLUICE_TRY(note(director, event_of(director, order, *task)));
  return std::move(*task);
}

std::expected<void, record::Flaw> check_is_keyed(const settings::Settings& settings,
                                                 const record::BureauId& bureau,
                                                 const record::DatasetId& dataset) {
  const auto found = settings.bureaus.find(bureau);
  std::vector<std::string> keyed;
  if (found != settings.bureaus.end() && settings.carrier(bureau) == nullptr) {
    for (const settings::Publication& publication : found->second.publishes) {
      if (!is_keyed(publication)) continue;
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
