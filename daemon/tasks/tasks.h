// The tasks of manual entry: one queue for all centers of a central store. Both databases that it
// may lie in, sqlite/ and postgresql/, pass one suite (tests/conformance/tasks*_test.cpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tasks/action.h"
#include "tasks/delivery.h"
#include "tasks/figures.h"
#include "tasks/history.h"
#include "tasks/query.h"
#include "tasks/task_list.h"
#include "tasks/task_queries.h"

namespace sluice::tasks {

// With all that was keyed, and the draft of who looks. Whom it may be shown is decided above: who
// checks blindly is not shown `first`.
struct KeyedTask {
  Task task;
  std::optional<std::string> first;
  std::optional<std::string> second;
  std::optional<std::string> settled;
  std::optional<std::string> draft;
  std::optional<record::Time> draft_saved;
  std::optional<std::string> delivered;  // of an outgoing one
  std::string agreement;                 // likewise: the number under which it is released
  // What is to be journaled of a task that is ready: the reviewer's word, or what the first keyed,
  // with which the second agreed.
  [[nodiscard]] const std::optional<std::string>& values() const {
    return settled ? settled : first;
  }
};

// Is told, within the transaction, what was just written, and by returning lets it be kept; where
// it fails, nothing of it is. So what must be known of before it happens, as to the auditor, is. A
// transaction that can not be committed then was told in vain. It must not use the same tasks.
using Witness = std::function<Result<void>(std::span<const Task> written)>;

// A task that was ready, whose record lies there now.
struct JournaledTask {
  TaskId id;
  Journaled journaled;
};

// More are added by several calls.
constexpr std::size_t most_added_at_once = 10'000;

// Every call blocks. Not thread-safe: each thread opens its own, several may be open at once, also
// in several processes. Times are the caller's; leases of several nodes are as good as their clocks
// agree. Every call is atomic, and durable on return but for claims and what is noted as journaled
// (Purpose::note). What only looks makes nothing where nothing is kept yet. Who may do what is
// decided by who calls, but for what holds of the same person (transition.h).
class Tasks {
 public:
  explicit Tasks(std::unique_ptr<TaskDatabase> database) : database_(std::move(database)) {}

  // All or none, in this order, at most most_added_at_once; returns them as kept. `entries`: none,
  // or one a task, of who may ask twice: a task whose entry is there is not added again, and is
  // returned as it is now; `conflicting` where it was of the API with another origin_text. The
  // witness is told of those that are added, if there are any.
  [[nodiscard]] Result<std::vector<Task>> add(std::span<const NewTask> tasks,
                                              const std::optional<AccountName>& by,
                                              record::Time now,
                                              std::span<const EntryId> entries = {},
                                              const Witness& witness = {});

  [[nodiscard]] Result<std::optional<Task>> find_entry(const EntryId& entry);

  // With the draft of `reader`.
  [[nodiscard]] Result<std::optional<KeyedTask>> find(TaskId id, const AccountName& reader);

  // At most `count` entries behind this version, in order.
  [[nodiscard]] Result<std::vector<HistoryEntry>> history(TaskId id, TaskVersion after,
                                                          std::size_t count);

  // The best task that the account may do and nobody else holds: one that it holds already, then
  // one that is kept for it, then by priority, due time and age. No two accounts are given the
  // same, nor two deliveries of one record at the same time. Nothing: there is none. What was
  // journaled just before is marked as done (MarkDone) in the same transaction.
  [[nodiscard]] Result<std::optional<Task>> claim_next(
      const Wish& wish, record::Time now,
      const std::optional<JournaledTask>& before = std::nullopt);

  // At most `count` for one account at once: those that it holds already, then those that
  // claim_next() would give it one after the other. Each as it is then.
  [[nodiscard]] Result<std::vector<Task>> claim_several(const Wish& wish, std::size_t count,
                                                        record::Time now);

  // Does it to the task, and returns the task as it is then. What is done already has no witness.
  [[nodiscard]] Result<Task> apply(TaskId id, const Action& action, record::Time now,
                                   const Witness& witness = {});

  // Each record of the delivery is a task then: all or none, and returned as kept, by row. The same
  // delivery again, with the same content, adds nothing, and returns what has become of it; with
  // other content it is `conflicting`. At most most_added_at_once.
  [[nodiscard]] Result<std::vector<Task>> hand_over(const NewDelivery& delivery, record::Time now);
  // Its tasks, by row. Nothing: it was never handed over.
  [[nodiscard]] Result<std::optional<std::vector<Task>>> delivered(const std::string& delivery);
  // All of it or nothing: one that anybody has answered or is at is too late. Again it is nothing.
  [[nodiscard]] Result<std::vector<Task>> withdraw(const std::string& delivery, record::Time now);

  // The texts that the account has keyed last as the first of a task of this dataset, whatever
  // became of it; nothing: it has keyed none, or that begins anew.
  [[nodiscard]] Result<std::optional<std::string>> last_keyed(const record::BureauId& bureau,
                                                              const record::DatasetId& dataset,
                                                              const AccountName& account);

  // At most `count` tasks right behind this place, or right before it; without one from the first,
  // or up to the last. Always in the list's order.
  [[nodiscard]] Result<std::vector<Task>> list(const TaskFilter& filter,
                                               const std::optional<TaskPlace>& place,
                                               std::size_t count, record::Time now,
                                               ListSide side = ListSide::after);

  // The work of each person counts from `since` on. With an account: of this person's work alone,
  // and not by the hour, which costs the less the more others there are.
  [[nodiscard]] Result<Figures> figures(const record::BureauId& bureau, record::Time since,
                                        record::Time now,
                                        const std::optional<AccountName>& account = std::nullopt);

  // What one person has done from `since` on, without what is held now.
  [[nodiscard]] Result<ClerkFigures> work_of(const AccountName& account,
                                             const record::BureauId& bureau, record::Time since);
  // How many tasks wait to be worked on, by state: what figures() has as their depth, for less.
  [[nodiscard]] Result<std::map<TaskState, std::uint64_t>> waiting(const record::BureauId& bureau);

 private:
  // What `work` makes of the rows; `otherwise` where nothing is kept yet.
  template <class T, class Work>
  Result<T> with_rows(Purpose purpose, T otherwise, Work work);

  std::unique_ptr<TaskDatabase> database_;
};

}  // namespace sluice::tasks
