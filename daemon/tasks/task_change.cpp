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

constexpr std::size_t held_a_page = 200;

EntryId random_entry() {
  std::array<std::uint8_t, 16> bytes{};
  people::fill_randomly(bytes);
  return EntryId("task-" + people::base64url(bytes));
}

Result<void> write_step(const Task& before, const Step& step, record::Time now, TaskRows& rows) {
  const TaskId id = step.task.id;
  SLUICE_TRY(rows.write(before, step.task));
  if (step.entry) SLUICE_TRY(rows.append(step.task, *step.entry));
  if (step.ends_drafts) SLUICE_TRY(rows.remove_drafts(id));
  for (const Part part : step.become_drafts)
    SLUICE_TRY(rows.make_draft(id, part));
  if (step.text) SLUICE_TRY(rows.keep(id, *step.text, now));
  return {};
}

// What is done already is not written again.
Result<Task> step_on(const Task& task, const Action& action, record::Time now, TaskRows& rows,
                     const Witness& witness = {}) {
  const Step step = SLUICE_TRY(transition(task, action, now));
  if (step.task == task && !step.text) return task;
  SLUICE_TRY(write_step(task, step, now, rows));
  if (witness) {
    SLUICE_TRY(rows.flush());  // what is not taken is not told
    SLUICE_TRY(witness(std::span(&step.task, 1)));
  }
  return step.task;
}

// What was asked for before under this entry, as it is now; nothing where it was not.
Result<std::optional<Task>> find_known(const NewTask& asked, const EntryId& entry, TaskRows& rows) {
  auto known = SLUICE_TRY(rows.find_entry(entry));
  // A sheet is the same under any name; of a call this text tells one body from another.
  const bool is_other =
      known && asked.origin == Origin::api && known->asked.origin_text != asked.origin_text;
  if (is_other) {
    return std::unexpected(
        TaskFailure{TaskProblem::conflicting, fmt::format("task {}", known->id.value),
                    "it was added by a call of the same key with another body: take a new key"});
  }
  return known;
}

// Nothing: another call of the same was faster.
Result<std::optional<Task>> insert_task(const NewTask& asked, EntryId entry,
                                        const std::optional<AccountName>& by, record::Time now,
                                        TaskRows& rows) {
  SLUICE_TRY(check(asked));
  Step step = as_new(asked, by, std::move(entry), now);
  const auto id = SLUICE_TRY(rows.insert(step.task));
  if (!id) return std::nullopt;
  step.task.id = *id;
  SLUICE_TRY(rows.append(step.task, *step.entry));
  return std::move(step.task);
}

Result<Task> must_be_there(std::optional<Task> task, const EntryId& entry) {
  if (task) return std::move(*task);
  return std::unexpected(TaskFailure{TaskProblem::unavailable, "entry " + entry.str(),
                                     "it was there and is gone: try again"});
}

Result<Task> add_record(const NewDelivery& delivery, std::uint64_t row,
                        const DeliveredRecord& delivered, record::Time now, TaskRows& rows) {
  SLUICE_TRY(check_values(delivered.values));
  const NewTask asked{.bureau = delivery.bureau,
                      .dataset = delivery.dataset,
                      .title = delivered.title,
                      .origin = Origin::delivery,
                      .origin_text = delivery.name,
                      .outgoing = Outgoing{.delivery = delivery.name,
                                           .row = row,
                                           .record_key = delivered.record_key,
                                           .operation = delivered.operation}};
  const EntryId entry = random_entry();
  auto inserted = SLUICE_TRY(insert_task(asked, entry, std::nullopt, now, rows));
  Task task = SLUICE_TRY(must_be_there(std::move(inserted), entry));
  SLUICE_TRY(rows.keep(task.id, KeptText{Part::delivered, AccountName(), delivered.values}, now));
  return task;
}

std::unexpected<TaskFailure> of_delivery(TaskProblem problem, const std::string& name,
                                         std::string sentence) {
  return std::unexpected(TaskFailure{problem, "delivery " + name, std::move(sentence)});
}

// Of a claim of what was held when it was listed: others have it since, or it went on.
bool is_lost(TaskProblem problem) {
  return problem == TaskProblem::held_by_another || problem == TaskProblem::not_held ||
         problem == TaskProblem::wrong_state;
}

// "3 tasks" that are more than are added at once.
Result<void> check_count(std::size_t count) {
  if (count <= most_added_at_once) return {};
  return std::unexpected(TaskFailure{
      TaskProblem::not_taken, fmt::format("{} tasks", count),
      fmt::format("at most {} are added at once: add them in parts", most_added_at_once)});
}

}  // namespace

Result<std::vector<Task>> add_tasks(std::span<const NewTask> tasks,
                                    std::span<const EntryId> entries,
                                    const std::optional<AccountName>& by, record::Time now,
                                    const Witness& witness, TaskRows& rows) {
  SLUICE_TRY(check_count(tasks.size()));
  std::vector<Task> kept;
  std::vector<Task> added;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const NewTask& asked = tasks[i];
    if (asked.outgoing) {
      return of_delivery(TaskProblem::not_taken, asked.outgoing->delivery,
                         "its records are added all at once, by handing it over");
    }
    const bool may_be_there = !entries.empty();
    const EntryId entry = may_be_there ? entries[i] : random_entry();
    auto there = may_be_there ? SLUICE_TRY(find_known(asked, entry, rows)) : std::nullopt;
    if (!there) {
      there = SLUICE_TRY(insert_task(asked, entry, by, now, rows));
      if (there) {
        added.push_back(*there);
      } else {
        there = SLUICE_TRY(find_known(asked, entry, rows));
      }
    }
    kept.push_back(SLUICE_TRY(must_be_there(std::move(there), entry)));
  }
  if (witness && !added.empty()) {
    SLUICE_TRY(rows.flush());
    SLUICE_TRY(witness(added));
  }
  return kept;
}

Result<std::optional<Task>> claim_next_task(const Wish& wish,
                                            const std::optional<JournaledTask>& before,
                                            record::Time now, TaskRows& rows) {
  if (before) SLUICE_TRY(apply_action(before->id, MarkDone{before->journaled}, now, {}, rows));
  const ClaimIt claim{.account = wish.account, .states = wish.states, .lease = wish.lease};
  for (const Turn turn : all_turns) {
    const auto task = SLUICE_TRY(rows.lock_next(wish, turn, now));
    if (task) return SLUICE_TRY(step_on(*task, claim, now, rows));
  }
  return std::nullopt;
}

Result<std::vector<Task>> claim_several_tasks(const Wish& wish, std::size_t count, record::Time now,
                                              TaskRows& rows) {
  const ClaimIt claim{.account = wish.account, .states = wish.states, .lease = wish.lease};
  std::vector<Task> claimed;
  const TaskFilter held{.bureau = wish.bureau, .kind = ListKind::held_by, .holder = wish.account};
  std::optional<TaskPlace> place;
  for (bool is_more = true; is_more && claimed.size() < count;) {
    const auto page = SLUICE_TRY(rows.list(held, place, held_a_page, now));
    is_more = page.size() == held_a_page;
    for (const Task& task : page) {
      place = place_of(task);
      const bool is_wished = wish.states.contains(task.state) && !is_own_work(task, wish.account) &&
                             (wish.datasets.empty() || wish.datasets.contains(task.asked.dataset));
      if (!is_wished || claimed.size() == count) continue;
      auto given = apply_action(task.id, claim, now, {}, rows);
      if (given) {
        claimed.push_back(std::move(*given));
      } else if (!is_lost(given.error().code)) {
        return std::unexpected(std::move(given).error());
      }
    }
  }
  for (const Turn turn : {Turn::kept, Turn::free, Turn::handed_back}) {
    while (claimed.size() < count) {
      const auto task = SLUICE_TRY(rows.lock_next(wish, turn, now));
      if (!task) break;
      claimed.push_back(SLUICE_TRY(step_on(*task, claim, now, rows)));
    }
  }
  return claimed;
}

Result<Task> apply_action(TaskId id, const Action& action, record::Time now, const Witness& witness,
                          TaskRows& rows) {
  const auto task = SLUICE_TRY(rows.lock(id));
  if (!task) return std::unexpected(unknown_task(id));
  const bool is_claim = std::holds_alternative<ClaimIt>(action);
  if (is_claim && task->asked.outgoing) {
    // What else is wrong with it is said first.
    SLUICE_TRY(transition(*task, action, now));
    if (const auto earlier = SLUICE_TRY(rows.predecessor(*task))) {
      return std::unexpected(TaskFailure{
          TaskProblem::waits_for_another, fmt::format("task {}", id.value),
          fmt::format("it waits for task {}, an earlier delivery of the same record: answer that "
                      "one first",
                      earlier->value)});
    }
  }
  return step_on(*task, action, now, rows, witness);
}

Result<std::vector<Task>> hand_over(const NewDelivery& delivery, record::Time now, TaskRows& rows) {
  SLUICE_TRY(check_count(delivery.records.size()));
  SLUICE_TRY(rows.hand_over_alone());
  if (const auto known = SLUICE_TRY(rows.find(delivery.name))) {
    if (known->content == delivery.content) {
      return rows.delivered(delivery.name, TaskRows::Reading::look);
    }
    return of_delivery(TaskProblem::conflicting, delivery.name,
                       "it was handed over with other content: look for who uses its name twice");
  }
  SLUICE_TRY(rows.insert(delivery, now));
  std::vector<Task> added;
  for (const DeliveredRecord& delivered : delivery.records) {
    added.push_back(SLUICE_TRY(add_record(delivery, added.size() + 1, delivered, now, rows)));
  }
  return added;
}

Result<std::vector<Task>> withdraw(const std::string& delivery, record::Time now, TaskRows& rows) {
  if (!SLUICE_TRY(rows.find(delivery))) {
    return std::unexpected(unknown_delivery(delivery));
  }
  std::vector<Task> withdrawn;
  for (const Task& task : SLUICE_TRY(rows.delivered(delivery, TaskRows::Reading::for_change))) {
    withdrawn.push_back(SLUICE_TRY(step_on(task, WithdrawIt{}, now, rows)));
  }
  return withdrawn;
}

TaskFailure unknown_task(TaskId id) {
  return {TaskProblem::unknown, fmt::format("task {}", id.value), "there is none of this number"};
}

TaskFailure unknown_delivery(const std::string& name) {
  return {TaskProblem::unknown, "delivery " + name, "there is none of this name"};
}

}  // namespace sluice::tasks
