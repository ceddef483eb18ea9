#include "tasks/tasks.h"

#include "record/try.h"
#include "tasks/task_change.h"
#include "tasks/task_rows.h"

namespace sluice::tasks {

namespace {

// A claim that was lost is made again by whoever has the task before him, and its first draft makes
// it durable. What is not noted as done is ready, and the journal knows its entry.
Purpose purpose_of(const Action& action) {
  const bool can_be_lost =
      std::holds_alternative<ClaimIt>(action) || std::holds_alternative<MarkDone>(action);
  return can_be_lost ? Purpose::note : Purpose::change;
}

}  // namespace

template <class T, class Work>
Result<T> Tasks::with_rows(Purpose purpose, T otherwise, Work work) {
  T outcome = std::move(otherwise);
  const auto on_rows = [&](Statements& statements) -> Result<void> {
    TaskRows rows(statements);
    outcome = SLUICE_TRY(work(rows));
    return rows.flush();
  };
  SLUICE_TRY(database_->transact(purpose, on_rows));
  return outcome;
}

Result<std::vector<Task>> Tasks::add(std::span<const NewTask> tasks,
                                     const std::optional<AccountName>& by, record::Time now,
                                     std::span<const EntryId> entries, const Witness& witness) {
  return with_rows(Purpose::make, std::vector<Task>(), [&](TaskRows& rows) {
    return add_tasks(tasks, entries, by, now, witness, rows);
  });
}

Result<std::optional<Task>> Tasks::find_entry(const EntryId& entry) {
  return with_rows(Purpose::glance, std::optional<Task>(),
                   [&](TaskRows& rows) { return rows.find_entry(entry); });
}

Result<std::optional<KeyedTask>> Tasks::find(TaskId id, const AccountName& reader) {
  using Found = std::optional<KeyedTask>;
  return with_rows(Purpose::glance, Found(), [&](TaskRows& rows) -> Result<Found> {
    auto found = SLUICE_TRY(rows.find(id, reader));
    if (!found) return std::nullopt;
    KeyedTask keyed{.task = std::move(found->task)};
    keyed.agreement = std::move(found->agreement);
    for (auto& [text, saved] : found->texts) {
      switch (text.part) {
        case Part::draft:
          keyed.draft = std::move(text.values);
          keyed.draft_saved = saved;
          break;
        case Part::first:
          keyed.first = std::move(text.values);
          break;
        case Part::second:
          keyed.second = std::move(text.values);
          break;
        case Part::settled:
          keyed.settled = std::move(text.values);
          break;
        case Part::delivered:
          keyed.delivered = std::move(text.values);
          break;
      }
    }
    return keyed;
  });
}

Result<std::vector<HistoryEntry>> Tasks::history(TaskId id, TaskVersion after, std::size_t count) {
  return with_rows(Purpose::glance, std::vector<HistoryEntry>(),
                   [&](TaskRows& rows) { return rows.history(id, after, count); });
}

Result<std::optional<Task>> Tasks::claim_next(const Wish& wish, record::Time now,
                                              const std::optional<JournaledTask>& before) {
  return with_rows(Purpose::note, std::optional<Task>(),
                   [&](TaskRows& rows) { return claim_next_task(wish, before, now, rows); });
}

Result<std::vector<Task>> Tasks::claim_several(const Wish& wish, std::size_t count,
                                               record::Time now) {
  return with_rows(Purpose::change, std::vector<Task>(),
                   [&](TaskRows& rows) { return claim_several_tasks(wish, count, now, rows); });
}

Result<Task> Tasks::apply(TaskId id, const Action& action, record::Time now,
                          const Witness& witness) {
  const auto on_rows = [&](TaskRows& rows) -> Result<std::optional<Task>> {
    return SLUICE_TRY(apply_action(id, action, now, witness, rows));
  };
  auto task = SLUICE_TRY(with_rows(purpose_of(action), std::optional<Task>(), on_rows));
  if (!task) return std::unexpected(unknown_task(id));
  return std::move(*task);
}

Result<std::vector<Task>> Tasks::hand_over(const NewDelivery& delivery, record::Time now) {
  return with_rows(Purpose::make, std::vector<Task>(),
                   [&](TaskRows& rows) { return tasks::hand_over(delivery, now, rows); });
}

Result<std::optional<std::vector<Task>>> Tasks::delivered(const std::string& delivery) {
  using Found = std::optional<std::vector<Task>>;
  return with_rows(Purpose::look, Found(), [&](TaskRows& rows) -> Result<Found> {
    if (!SLUICE_TRY(rows.find(delivery))) return std::nullopt;
    return SLUICE_TRY(rows.delivered(delivery, TaskRows::Reading::look));
  });
}

Result<std::vector<Task>> Tasks::withdraw(const std::string& delivery, record::Time now) {
  const auto on_rows = [&](TaskRows& rows) -> Result<std::optional<std::vector<Task>>> {
    return SLUICE_TRY(tasks::withdraw(delivery, now, rows));
  };
  auto withdrawn =
      SLUICE_TRY(with_rows(Purpose::change, std::optional<std::vector<Task>>(), on_rows));
  if (!withdrawn) return std::unexpected(unknown_delivery(delivery));
  return std::move(*withdrawn);
}

Result<std::optional<std::string>> Tasks::last_keyed(const record::BureauId& bureau,
                                                     const record::DatasetId& dataset,
                                                     const AccountName& account) {
  return with_rows(Purpose::glance, std::optional<std::string>(),
                   [&](TaskRows& rows) { return rows.last_keyed(bureau, dataset, account); });
}

Result<std::vector<Task>> Tasks::list(const TaskFilter& filter,
                                      const std::optional<TaskPlace>& place, std::size_t count,
                                      record::Time now, ListSide side) {
  return with_rows(Purpose::glance, std::vector<Task>(),
                   [&](TaskRows& rows) { return rows.list(filter, place, count, now, side); });
}

Result<Figures> Tasks::figures(const record::BureauId& bureau, record::Time since, record::Time now,
                               const std::optional<AccountName>& account) {
  const Counted counted{.bureau = bureau, .since = since, .account = account};
  return with_rows(Purpose::look,
                   Figures{.done_by_hour = std::vector<std::uint64_t>(hours_of_figures)},
                   [&](TaskRows& rows) { return rows.figures(counted, now); });
}

Result<ClerkFigures> Tasks::work_of(const AccountName& account, const record::BureauId& bureau,
                                    record::Time since) {
  const Counted counted{.bureau = bureau, .since = since, .account = account};
  return with_rows(Purpose::look, ClerkFigures(), [&](TaskRows& rows) -> Result<ClerkFigures> {
    Figures figures;
    SLUICE_TRY(rows.count_work(counted, figures));
    return figures.clerks[account];
  });
}

Result<std::map<TaskState, std::uint64_t>> Tasks::waiting(const record::BureauId& bureau) {
  return with_rows(Purpose::glance, std::map<TaskState, std::uint64_t>(),
                   [&](TaskRows& rows) { return rows.waiting(bureau); });
}

}  // namespace sluice::tasks
