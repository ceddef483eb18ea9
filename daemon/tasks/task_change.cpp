#include "tasks/task_change.h"

#include <array>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include "people/sodium.h"
#include "record/try.h"
#include "tasks/tasks.h"

namespace sluice::tasks {
namespace {

EntryId random_entry() {
  std::array<std::uint8_t, 16> bytes{};
  people::fill_randomly(bytes);
  return EntryId("task-" + people::base64url(bytes));
}

Result<void> write_step(const Step& step, record::Time now, TaskRows& rows) {
  const TaskId id = step.task.id;
  SLUICE_TRY(rows.write(step.task));
  if (step.entry) SLUICE_TRY(rows.append(step.task, *step.entry));
  if (step.ends_drafts) SLUICE_TRY(rows.remove_drafts(id));
  for (const Part part : step.become_drafts)
    SLUICE_TRY(rows.make_draft(id, part));
  if (step.text) SLUICE_TRY(rows.keep(id, *step.text, now));
  return {};
}

// What is done already is not written again.
Result<Task> step_on(const Task& task, const Action& action, record::Time now, TaskRows& rows) {
  const Step step = SLUICE_TRY(transition(task, action, now));
  if (step.task == task && !step.text) return task;
  SLUICE_TRY(write_step(step, now, rows));
  return step.task;
}

}  // namespace

Result<std::vector<Task>> add_tasks(std::span<const NewTask> tasks,
                                    const std::optional<AccountName>& by, record::Time now,
                                    TaskRows& rows) {
  if (tasks.size() > most_added_at_once) {
    return std::unexpected(TaskFailure{
        TaskProblem::not_taken, fmt::format("{} tasks", tasks.size()),
        fmt::format("at most {} are added at once: add them in parts", most_added_at_once)});
  }
  std::vector<Task> added;
  for (const NewTask& asked : tasks) {
    SLUICE_TRY(check(asked));
    Step step = as_new(asked, by, random_entry(), now);
    step.task.id = SLUICE_TRY(rows.insert(step.task));
    SLUICE_TRY(rows.append(step.task, *step.entry));
    added.push_back(std::move(step.task));
  }
  return added;
}

Result<std::optional<Task>> claim_next_task(const Wish& wish, record::Time now, TaskRows& rows) {
  const ClaimIt claim{.account = wish.account, .states = wish.states, .lease = wish.lease};
  for (const Turn turn : all_turns) {
    const auto task = SLUICE_TRY(rows.lock_next(wish, turn, now));
    if (task) return SLUICE_TRY(step_on(*task, claim, now, rows));
  }
  return std::nullopt;
}

Result<Task> apply_action(TaskId id, const Action& action, record::Time now, TaskRows& rows) {
  const auto task = SLUICE_TRY(rows.lock(id));
  if (!task) return std::unexpected(unknown_task(id));
  return step_on(*task, action, now, rows);
}

TaskFailure unknown_task(TaskId id) {
  return {TaskProblem::unknown, fmt::format("task {}", id.value), "there is none of this number"};
}

}  // namespace sluice::tasks
