// Where tasks are kept while a test runs: each test has an empty place of each kind. A new kind is
// one line in tasks_kinds().
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tasks/tasks.h"

namespace sluice::test {

class TasksHome {
 public:
  virtual ~TasksHome() = default;
  // Another owner of the same tasks, as in another process.
  [[nodiscard]] virtual std::unique_ptr<tasks::Tasks> open() = 0;
  // Whether anything was made there.
  [[nodiscard]] virtual bool is_untouched() = 0;
  // Runs SQL that both understand; the tables are `{task}`, `{text}` and `{history}`, their
  // format's version set by set_format(), `{now}` is a time. The first value of the answer.
  virtual std::string ask(const std::string& sql) = 0;
  virtual void set_format(int version) = 0;
  // Empty tables, as the first version made them.
  virtual void make_format_1() = 0;
  // As a third process that is changing the tasks: until it lets go, nobody else changes anything.
  [[nodiscard]] virtual std::shared_ptr<void> hold() = 0;
  // Until it is repaired, no task of which this is true can be added.
  virtual void break_insertion(const std::string& condition) = 0;
  virtual void repair_insertion() = 0;
};

struct TasksKind {
  std::string name;
  std::function<std::unique_ptr<TasksHome>()> make;
};
[[nodiscard]] std::vector<TasksKind> tasks_kinds();

// The bureau and the persons of these tests.
inline const record::BureauId park("park");
inline const tasks::AccountName boss("boss");
inline const tasks::AccountName wang("wang");
inline const tasks::AccountName li("li");
inline const tasks::AccountName zhao("zhao");

// What a test does with tasks, at a time that it steers. Failures that a test does not expect are
// its failures.
class TasksTest : public ::testing::TestWithParam<TasksKind> {
 protected:
  TasksTest() : home_(GetParam().make()), tasks_(home_->open()) {}

  // Of the bureau park, dataset enterprise.
  tasks::Task add(const tasks::NewTask& asked);
  tasks::Task add() { return add({.title = "京海登〔2026〕17号"}); }
  // With its texts and the draft of the reader.
  tasks::KeyedTask find(tasks::TaskId id, const tasks::AccountName& reader = boss);
  tasks::Task apply(tasks::TaskId id, const tasks::Action& action);
  // The problem with what should not be done.
  tasks::TaskProblem problem(tasks::TaskId id, const tasks::Action& action);
  tasks::Task claim(tasks::TaskId id, const tasks::AccountName& account);
  // Works on what anyone works on.
  tasks::Wish wish(const tasks::AccountName& account);
  // The number of the next task; 0: there is none.
  std::uint64_t next(const tasks::Wish& wish);
  std::uint64_t next(const tasks::AccountName& account) { return next(wish(account)); }
  // Keyed by wang, to be checked.
  tasks::Task keyed(const std::string& values);
  // Keyed by wang, and otherwise by li.
  tasks::Task different(const std::string& first, const std::string& second);
  std::vector<std::string> happenings(tasks::TaskId id);
  // A delivery to the bureau park of records of these keys, each with the key as its text.
  static tasks::NewDelivery delivery(const std::string& name, const std::vector<std::string>& keys);
  std::vector<tasks::Task> hand_over(const tasks::NewDelivery& delivery);

  std::unique_ptr<TasksHome> home_;
  std::unique_ptr<tasks::Tasks> tasks_;
  record::Time now_ = record::parse_time("2026-11-23T04:44:00.789Z").value();
};

constexpr std::chrono::seconds lease = std::chrono::minutes(10);

}  // namespace sluice::test
