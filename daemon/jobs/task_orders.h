// What those do with the tasks of manual entry who direct the work: add them, and say what becomes
// of one. Whoever lets somebody do so, a page, the command or the API, does it by these, so that
// what is allowed, and what the audit log tells, is the same.
#pragma once

#include <expected>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "record/failure.h"
#include "record/time.h"
#include "settings/settings.h"
#include "tasks/tasks.h"
#include "trust/audit_log.h"

namespace sluice::jobs {

// Who gives the order, and when. References must outlive the calls.
struct TaskDirector {
  tasks::Tasks& queue;
  trust::AuditLog& audit;
  std::string actor;                       // as the audit log has it
  std::optional<tasks::AccountName> name;  // as the tasks' history has it; nobody: the API
  record::Time now{};
};

// How the history names a user of the operating system: as no account can be called.
[[nodiscard]] tasks::AccountName task_user(const std::string& user);

struct TaskOrderFailure {
  std::optional<tasks::TaskProblem> problem;  // nothing: it is done, but not in the audit log
  std::string sentence;
};
template <class T>
using Ordered = std::expected<T, TaskOrderFailure>;

// What may be ordered of one task; `account` is filled in.
using TaskOrder = std::variant<tasks::Reassign, tasks::ChangeIt, tasks::CancelIt, tasks::Reopen,
                               tasks::DeclineDelivery>;

// Each blocks until it is durable. As Tasks::add has it: what was there is not added again, nor
// told to the auditor.
[[nodiscard]] Ordered<std::vector<tasks::Task>> add_tasks(
    const TaskDirector& director, std::span<const tasks::NewTask> tasks,
    std::span<const tasks::EntryId> entries = {});
[[nodiscard]] Ordered<tasks::Task> direct_task(const TaskDirector& director, tasks::TaskId id,
                                               TaskOrder order);

// Whether records of the dataset are keyed into a stream that begins on this node; else why not.
[[nodiscard]] std::expected<void, record::Flaw> check_is_keyed(const settings::Settings& settings,
                                                               const record::BureauId& bureau,
                                                               const record::DatasetId& dataset);

}  // namespace sluice::jobs
