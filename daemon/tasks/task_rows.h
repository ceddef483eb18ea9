// The rows of tasks within one transaction: the statements, written once for every database.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tasks/delivery.h"
#include "tasks/figures.h"
#include "tasks/query.h"
#include "tasks/task_queries.h"
#include "tasks/transition.h"

namespace sluice::tasks {

class TaskRows {
 public:
  // `statements` must outlive this.
  explicit TaskRows(Statements& statements) : statements_(statements) {}

  // What was written since anything was last read, in one go: who reads finds it written, and so
  // must who is done. What a database objects to is told here.
  [[nodiscard]] Result<void> flush();

  // Gives it a number; none where a task of its entry is there already, also one that another
  // transaction was just adding. The entries of its history come behind.
  [[nodiscard]] Result<std::optional<TaskId>> insert(const Task& task);
  struct SavedText {
    KeptText text;
    record::Time saved{};
  };
  struct FoundTask {
    Task task;
    std::vector<SavedText> texts;  // of the drafts that of the reader alone
    std::string agreement;         // of an outgoing one
  };
  // By one statement.
  [[nodiscard]] Result<std::optional<FoundTask>> find(TaskId id, const AccountName& reader);
  [[nodiscard]] Result<std::optional<Task>> find_entry(const EntryId& entry);
  // As it is. Nobody else may change it until the transaction ends.
  [[nodiscard]] Result<std::optional<Task>> lock(TaskId id);
  // What next_query() finds, locked. Waits for nobody but another call of the same account: what
  // others are locking is left to them.
  [[nodiscard]] Result<std::optional<Task>> lock_next(const Wish& wish, Turn turn,
                                                      record::Time now);
  // The task that this outgoing one must wait for.
  [[nodiscard]] Result<std::optional<TaskId>> predecessor(const Task& task);
  [[nodiscard]] Result<std::optional<std::string>> last_keyed(const record::BureauId& bureau,
                                                              const record::DatasetId& dataset,
                                                              const AccountName& account);

  // No other transaction inserts deliveries until this one ends.
  [[nodiscard]] Result<void> hand_over_alone();
  [[nodiscard]] Result<void> insert(const NewDelivery& delivery, record::Time now);
  struct KnownDelivery {
    std::string agreement;
    std::string content;
  };
  [[nodiscard]] Result<std::optional<KnownDelivery>> find(const std::string& delivery);
  // By row; locked as by lock() where `for_change`.
  enum class Reading { look, for_change };
  [[nodiscard]] Result<std::vector<Task>> delivered(const std::string& delivery, Reading reading);

  // Writes what the step has changed of the task: an index on what has not changed is left alone.
  [[nodiscard]] Result<void> write(const Task& before, const Task& after);

  [[nodiscard]] Result<std::vector<Task>> list(const TaskFilter& filter,
                                               const std::optional<TaskPlace>& place,
                                               std::size_t count, record::Time now,
                                               ListSide side = ListSide::after);
  [[nodiscard]] Result<Figures> figures(const Counted& counted, record::Time now);
  // Adds what each of those counted has done.
  [[nodiscard]] Result<void> count_work(const Counted& counted, Figures& figures);
  [[nodiscard]] Result<std::map<TaskState, std::uint64_t>> waiting(const record::BureauId& bureau);

  [[nodiscard]] Result<void> append(const Task& task, const HistoryEntry& entry);
  [[nodiscard]] Result<std::vector<HistoryEntry>> history(TaskId id, TaskVersion after,
                                                          std::size_t count);

  [[nodiscard]] Result<void> remove_drafts(TaskId id);
  // What was kept as this part is its author's draft.
  [[nodiscard]] Result<void> make_draft(TaskId id, Part part);
  // In place of what is there of this part and author.
  [[nodiscard]] Result<void> keep(TaskId id, const KeptText& text, record::Time now);

 private:
  Result<void> execute(std::string sql, std::vector<Cell> values);
  Result<std::vector<Row>> ask(const Query& query);
  Result<std::optional<Task>> one(const Query& query);

  Statements& statements_;
  std::vector<Query> unwritten_;  // that bring no rows
};

}  // namespace sluice::tasks
