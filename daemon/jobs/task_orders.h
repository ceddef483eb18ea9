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

#include "people/account.h"
#include "record/failure.h"
#include "record/time.h"
#include "settings/settings.h"
#include "tasks/tasks.h"
#include "trust/audit_log.h"
#include "trust/policy.h"

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

// For the witness of what is done to a task (tasks.h): what can not be written there is not done,
// and is `failed`.
[[nodiscard]] tasks::Result<void> note_first(trust::AuditLog& audit,
                                             const trust::AuditEvent& event);

// What may be ordered of one task; `account` is filled in.
using TaskOrder = std::variant<tasks::Reassign, tasks::ChangeIt, tasks::CancelIt, tasks::Reopen,
                               tasks::DeclineDelivery>;

// Each blocks until it is durable, and is noted first. As Tasks::add has it: what was there is not
// added again, nor told to the auditor.
[[nodiscard]] tasks::Result<std::vector<tasks::Task>> add_tasks(
    const TaskDirector& director, std::span<const tasks::NewTask> tasks,
    std::span<const tasks::EntryId> entries = {});
[[nodiscard]] tasks::Result<tasks::Task> direct_task(const TaskDirector& director, tasks::TaskId id,
                                                     TaskOrder order);

// What is needed to work on a task in this state; nothing: nobody works on it.
[[nodiscard]] std::optional<trust::PersonalRight> right_to_work_on(tasks::TaskState state);

// Whether the task may be kept for this person: who could not work on it would keep it from all
// others. Else who lacks what.
[[nodiscard]] std::expected<void, record::Flaw> check_may_be_given(const trust::Policy& policy,
                                                                   const people::Account& account,
                                                                   const tasks::Task& task);

// Whether records of the dataset are keyed into a stream that begins on this node; else why not.
[[nodiscard]] std::expected<void, record::Flaw> check_is_keyed(const settings::Settings& settings,
                                                               const record::BureauId& bureau,
                                                               const record::DatasetId& dataset);

}  // namespace sluice::jobs
