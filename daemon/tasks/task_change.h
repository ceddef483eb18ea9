// How tasks are added, chosen and changed: what is looked at in which order, and what is written.
// Each within one transaction, which its owner commits if it succeeds.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "tasks/action.h"
#include "tasks/task_rows.h"
#include "tasks/tasks.h"

namespace sluice::tasks {

[[nodiscard]] Result<std::vector<Task>> add_tasks(std::span<const NewTask> tasks,
                                                  std::span<const EntryId> entries,
                                                  const std::optional<AccountName>& by,
                                                  record::Time now, const Witness& witness,
                                                  TaskRows& rows);

[[nodiscard]] Result<std::optional<Task>> claim_next_task(
    const Wish& wish, const std::optional<JournaledTask>& before, record::Time now, TaskRows& rows);

[[nodiscard]] Result<std::vector<Task>> claim_several_tasks(const Wish& wish, std::size_t count,
                                                            record::Time now, TaskRows& rows);

[[nodiscard]] Result<Task> apply_action(TaskId id, const Action& action, record::Time now,
                                        const Witness& witness, TaskRows& rows);

// delivery.h. What was added already is returned as it is by now.
[[nodiscard]] Result<std::vector<Task>> hand_over(const NewDelivery& delivery, record::Time now,
                                                  TaskRows& rows);
[[nodiscard]] Result<std::vector<Task>> withdraw(const std::string& delivery, record::Time now,
                                                 TaskRows& rows);

// Of apply(), where there is none of this number.
[[nodiscard]] TaskFailure unknown_task(TaskId id);
[[nodiscard]] TaskFailure unknown_delivery(const std::string& name);

}  // namespace sluice::tasks
