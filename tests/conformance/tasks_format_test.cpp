// Tables that an earlier version made, with tasks in them: whoever comes first brings them up, and
// nothing is lost.
#include <future>
#include <latch>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "conformance/tasks_home.h"

namespace sluice::test {
namespace {

using tasks::TaskState;
using ::testing::ElementsAre;

class TasksFormatTest : public TasksTest {
 protected:
  TasksFormatTest() {
    home_->make_format_1();
    add_old("open", "NULL", "NULL");
    add_old("keyed", "'wang'", "NULL");
    add_old("done", "'wang'", "17");
    add_old("cancelled", "NULL", "NULL");
    home_->ask("INSERT INTO {text} VALUES (2, 'first', 'wang', {now}, 'of wang')");
    home_->ask("INSERT INTO {text} VALUES (1, 'draft', 'li', {now}, 'of li')");
    home_->ask(
        "INSERT INTO {history} (task, version, bureau, happened_at, who, what, note) "
        "VALUES (2, 1, 'park', {now}, 'wang', 'keyed', '')");
  }

  void add_old(const std::string& state, const std::string& first, const std::string& sequence) {
    home_->ask(fmt::format(
        "INSERT INTO {{task}} (entry_id, bureau, dataset, title, origin, origin_text, priority, "
        "created_at, state, version, changed_at, first_by, first_at, reason, sequence, row_number) "
        "VALUES ('task-{0}', 'park', 'enterprise', '京海登 ''x', 'sheet', 'row 3', -7, {{now}}, "
        "'{0}', 1, {{now}}, {1}, CASE WHEN {1} IS NULL THEN NULL ELSE {{now}} END, '', {2}, {2})",
        state, first, sequence));
  }

  void expect_all_there() {
    const auto open = find({1}, li);
    EXPECT_EQ(open.task.state, TaskState::open);
    EXPECT_EQ(open.task.asked.title, "京海登 'x");
    EXPECT_EQ(open.task.asked.priority, -7);
    EXPECT_FALSE(open.task.asked.outgoing);
    EXPECT_EQ(open.draft, "of li");
    EXPECT_EQ(find({2}).first, "of wang");
    EXPECT_EQ(find({2}).task.first, (tasks::Keying{wang, time_of_rows}));
    EXPECT_EQ(happenings({2}).front(), "wang keyed");
    EXPECT_EQ(find({3}).task.journaled, (tasks::Journaled{{17}, 17}));
    EXPECT_EQ(find({4}).task.state, TaskState::cancelled);
  }

  // What only the new tables can hold, and the references between them.
  void expect_new_tables() {
    const auto tasks = hand_over(delivery("d1", {"a"}));
    claim(tasks[0].id, wang);
    EXPECT_EQ(apply(tasks[0].id, tasks::ConfirmDelivery{wang, "1"}).state, TaskState::done);
    claim({2}, li);
    EXPECT_EQ(apply({2}, tasks::FinishCheck{li, "of li", 1, 0}).state, TaskState::ready);
    EXPECT_EQ(tasks_->last_keyed(park, record::DatasetId("enterprise"), wang).value(), "of wang");
  }

  const record::Time time_of_rows = record::Time(std::chrono::milliseconds(1795409040789));
};
INSTANTIATE_TEST_SUITE_P(Tasks, TasksFormatTest, ::testing::ValuesIn(tasks_kinds()),
                         [](const auto& tested) { return tested.param.name; });

TEST_P(TasksFormatTest, OldTablesAreBroughtUpByWhoLooks) {
  expect_all_there();
  expect_new_tables();
}

TEST_P(TasksFormatTest, OldTablesAreBroughtUpByWhoTakesATask) {
  EXPECT_EQ(next(li), 1U);
  expect_all_there();
  expect_new_tables();
}

TEST_P(TasksFormatTest, OldTablesAreBroughtUpByWhoAdds) {
  EXPECT_EQ(add().id.value, 5U) << "no number is given twice";
  expect_all_there();
  expect_new_tables();
}

TEST_P(TasksFormatTest, OldTablesAreBroughtUpOnceBySeveralAtOnce) {
  constexpr int at_once = 4;
  auto held = home_->hold();
  std::latch begun(at_once);
  std::vector<std::future<std::string>> draft;
  for (int i = 0; i < at_once; ++i) {
    draft.push_back(std::async(std::launch::async, [&] {
      const auto other = home_->open();
      begun.count_down();
      const auto found = other->find({1}, li);
      return found ? found->value().draft.value() : record::to_string(found.error());
    }));
  }
  begun.wait();
  held.reset();
  for (auto& one : draft)
    EXPECT_EQ(one.get(), "of li");
  if (GetParam().name == "sqlite") {
    // As often as by one alone.
    const auto alone = GetParam().make();
    alone->make_format_1();
    ASSERT_TRUE(alone->open()->find({1}, li));
    const std::string changes = "SELECT CAST(schema_version AS TEXT) FROM pragma_schema_version";
    EXPECT_EQ(home_->ask(changes), alone->ask(changes));
  }
  expect_all_there();
  expect_new_tables();
}

}  // namespace
}  // namespace sluice::test
