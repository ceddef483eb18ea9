#include <stdexcept>

#include <fmt/format.h>

#include "conformance/people_home.h"
#include "conformance/tasks_format_1.h"
#include "conformance/tasks_home.h"
#include "sqlite/database.h"
#include "support/temporary_directory.h"
#include "tasks/postgresql/postgresql_tasks.h"
#include "tasks/sqlite/sqlite_tasks.h"

namespace sluice::test {
namespace {

class SqliteTasksHome final : public TasksHome {
 public:
  std::unique_ptr<tasks::Tasks> open() override { return tasks::open_sqlite(file_); }
  bool is_untouched() override { return !std::filesystem::exists(file_); }
  std::string ask(const std::string& sql) override {
    auto database = sqlite::Database::open(file_).value();
    auto statement =
        database
            .prepare(fmt::format(fmt::runtime(sql), fmt::arg("task", "task"),
                                 fmt::arg("text", "task_text"), fmt::arg("history", "task_history"),
                                 fmt::arg("now", 1795409040789)))
            .value();
    return statement.step().value() ? std::string(statement.text(0)) : "";
  }
  void set_format(int version) override { ask(fmt::format("PRAGMA user_version={}", version)); }
  void make_format_1() override {
    if (!sqlite::Database::open(file_)->execute(tasks_format_1_in_sqlite)) {
      throw std::runtime_error("tables of format 1 are not made");
    }
  }
  std::shared_ptr<void> hold() override {
    auto database = std::make_shared<sqlite::Database>(sqlite::Database::open(file_).value());
    if (!database->execute("BEGIN IMMEDIATE")) throw std::runtime_error("it is not held");
    return database;
  }
  void break_insertion(const std::string& condition) override {
    ask("CREATE TRIGGER broken BEFORE INSERT ON task WHEN NEW." + condition +
        " BEGIN SELECT RAISE(ABORT, 'broken'); END");
  }
  void repair_insertion() override { ask("DROP TRIGGER broken"); }

 private:
  record::test::TemporaryDirectory directory_;
  std::filesystem::path file_ = directory_ / "tasks.sqlite";
};

class PostgresqlTasksHome final : public TasksHome {
 public:
  PostgresqlTasksHome() : conninfo_(people_cluster().socket(people_cluster().create_database())) {}

  std::unique_ptr<tasks::Tasks> open() override {
    auto opened = tasks::open_postgresql({.connection = conninfo_, .password_file = {}});
    if (!opened) throw std::runtime_error(record::to_string(opened.error()));
    return std::move(*opened);
  }
  bool is_untouched() override {
    return test::ask(conninfo_, "SELECT count(*) FROM pg_namespace WHERE nspname = 'sluice'") ==
           "0";
  }
  std::string ask(const std::string& sql) override {
    return test::ask(conninfo_, fmt::format(fmt::runtime(sql), fmt::arg("task", "sluice.task"),
                                            fmt::arg("text", "sluice.task_text"),
                                            fmt::arg("history", "sluice.task_history"),
                                            fmt::arg("now", "to_timestamp(1795409040.789)")));
  }
  void set_format(int version) override {
    test::ask(conninfo_, fmt::format("UPDATE sluice.tasks_format SET version = {}", version));
  }
  void make_format_1() override { test::ask(conninfo_, tasks_format_1_in_postgresql); }
  std::shared_ptr<void> hold() override {
    auto session = std::make_shared<TestSession>(connected(conninfo_));
    execute(**session, "BEGIN; LOCK TABLE sluice.task");
    return session;
  }
  void break_insertion(const std::string& condition) override {
    ask("ALTER TABLE {task} ADD CONSTRAINT broken CHECK (NOT (" + condition + ")) NOT VALID");
  }
  void repair_insertion() override { ask("ALTER TABLE {task} DROP CONSTRAINT broken"); }

 private:
  std::string conninfo_;
};

}  // namespace

std::vector<TasksKind> tasks_kinds() {
  return {{"sqlite", [] { return std::make_unique<SqliteTasksHome>(); }},
          {"postgresql", [] { return std::make_unique<PostgresqlTasksHome>(); }}};
}

tasks::Task TasksTest::add(const tasks::NewTask& asked) {
  tasks::NewTask task = asked;
  if (task.bureau.str().empty()) task.bureau = park;
  if (task.dataset.str().empty()) task.dataset = record::DatasetId("enterprise");
  const auto added = tasks_->add(std::vector{task}, boss, now_);
  EXPECT_TRUE(added) << record::to_string(added.error());
  return added.value().at(0);
}

tasks::KeyedTask TasksTest::find(tasks::TaskId id, const tasks::AccountName& reader) {
  const auto found = tasks_->find(id, reader);
  EXPECT_TRUE(found) << record::to_string(found.error());
  return found.value().value();
}

tasks::Task TasksTest::apply(tasks::TaskId id, const tasks::Action& action) {
  const auto task = tasks_->apply(id, action, now_);
  EXPECT_TRUE(task) << record::to_string(task.error());
  return task.value();
}

tasks::TaskProblem TasksTest::problem(tasks::TaskId id, const tasks::Action& action) {
  const auto task = tasks_->apply(id, action, now_);
  EXPECT_FALSE(task);
  return task ? tasks::TaskProblem::failed : task.error().code;
}

tasks::Task TasksTest::claim(tasks::TaskId id, const tasks::AccountName& account) {
  return apply(id, tasks::ClaimIt{account, wish(account).states, lease});
}

tasks::Wish TasksTest::wish(const tasks::AccountName& account) {
  using tasks::TaskState;
  return {.bureau = park,
          .account = account,
          .states = {TaskState::open, TaskState::keyed, TaskState::differs},
          .lease = lease};
}

std::uint64_t TasksTest::next(const tasks::Wish& wish) {
  const auto task = tasks_->claim_next(wish, now_);
  EXPECT_TRUE(task) << record::to_string(task.error());
  return task && *task ? (*task)->id.value : 0;
}

tasks::Task TasksTest::keyed(const std::string& values) {
  const tasks::TaskId id = add().id;
  claim(id, wang);
  return apply(id, tasks::FinishKeying{wang, values, true});
}

tasks::Task TasksTest::different(const std::string& first, const std::string& second) {
  const tasks::TaskId id = keyed(first).id;
  claim(id, li);
  return apply(id, tasks::FinishCheck{li, second, 12, 1});
}

std::vector<std::string> TasksTest::happenings(tasks::TaskId id) {
  std::vector<std::string> happenings;
  const auto history = tasks_->history(id, {}, 100).value();
  for (const auto& entry : history) {
    happenings.push_back(
        fmt::format("{} {}", entry.who ? entry.who->str() : "-", to_string(entry.what)));
  }
  return happenings;
}

tasks::NewDelivery TasksTest::delivery(const std::string& name,
                                       const std::vector<std::string>& keys) {
  tasks::NewDelivery delivery{.name = name,
                              .agreement = "A-" + name,
                              .bureau = park,
                              .dataset = record::DatasetId("enterprise"),
                              .content = "of " + name};
  for (const std::string& key : keys)
    delivery.records.push_back({.title = "企业 " + key, .record_key = key, .values = key});
  return delivery;
}

std::vector<tasks::Task> TasksTest::hand_over(const tasks::NewDelivery& delivery) {
  const auto tasks = tasks_->hand_over(delivery, now_);
  EXPECT_TRUE(tasks) << record::to_string(tasks.error());
  return tasks.value();
}

}  // namespace sluice::test
