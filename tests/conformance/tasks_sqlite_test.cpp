// What only a file can do to the tasks in it, and that its questions are seeks.
#include <gmock/gmock.h>

#include "conformance/sync_counter.h"
#include "conformance/tasks_home.h"
#include "sqlite/database.h"
#include "support/temporary_directory.h"
#include "tasks/sqlite/sqlite_tasks.h"

namespace sluice::test {
namespace {

using tasks::TaskProblem;
using tasks::TaskState;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<tasks::NewTask> one_task = {
    {.bureau = park, .dataset = record::DatasetId("enterprise")}};

class TasksSqliteTest : public ::testing::Test {
 protected:
  // The steps of SQLite's plan, one a line.
  std::string plan(const tasks::Query& query) {
    auto database = sqlite::Database::open(file_).value();
    auto steps = database.prepare("EXPLAIN QUERY PLAN " + query.sql).value();
    std::string plan;
    while (steps.step().value())
      plan += std::string(steps.text(3)) + "\n";
    return plan;
  }

  record::test::TemporaryDirectory directory_;
  std::filesystem::path file_ = directory_ / "tasks.sqlite";
  record::Time now_ = record::parse_time("2026-11-23T04:44:00.000Z").value();
};

TEST_F(TasksSqliteTest, FileIsItsOwnersAlone) {
  ASSERT_TRUE(tasks::open_sqlite(file_)->add(one_task, boss, now_));
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(file_).permissions(), perms::owner_read | perms::owner_write);
}

TEST_F(TasksSqliteTest, DatabaseOfSomethingElseIsLeftAlone) {
  ASSERT_TRUE(sqlite::Database::open(file_)->execute("CREATE TABLE other (a)"));
  const auto added = tasks::open_sqlite(file_)->add(one_task, boss, now_);
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, TaskProblem::failed);
  EXPECT_THAT(added.error().sentence, HasSubstr("a database of something else"));
}

TEST_F(TasksSqliteTest, FolderThatIsNotThereIsSaid) {
  const auto added =
      tasks::open_sqlite(directory_ / "none/tasks.sqlite")->add(one_task, boss, now_);
  ASSERT_FALSE(added);
  EXPECT_THAT(added.error().place, HasSubstr("none/tasks.sqlite"));
}

TEST_F(TasksSqliteTest, WhoOpensItToLookWaitsForNobodyWhoWrites) {
  const auto id = tasks::open_sqlite(file_)->add(one_task, boss, now_).value().front().id;
  auto other = sqlite::Database::open(file_).value();
  const auto writes = sqlite::Transaction::begin(other).value();
  const auto found = tasks::open_sqlite(file_)->find(id, boss);
  ASSERT_TRUE(found) << found.error().sentence;
  EXPECT_EQ(found.value()->task.id, id);
}

// What a person is told is kept is on the disk; who has which task is so with the next of these.
TEST_F(TasksSqliteTest, WaitsForTheDiskWhereSomethingIsAcknowledged) {
  SyncCounter syncs;
  const auto tasks = tasks::open_sqlite(file_);
  const auto id = tasks->add(one_task, boss, now_).value().front().id;
  EXPECT_GT(syncs.taken(), 0) << "added";
  const tasks::Wish wish{
      .bureau = park, .account = wang, .states = {TaskState::open}, .lease = lease};
  ASSERT_TRUE(tasks->claim_next(wish, now_).value());
  EXPECT_EQ(syncs.taken(), 0) << "claimed";
  ASSERT_TRUE(tasks->apply(id, tasks::SaveDraft{wang, "{}", lease}, now_));
  EXPECT_GT(syncs.taken(), 0) << "a draft";
  ASSERT_TRUE(tasks->apply(id, tasks::FinishKeying{wang, "{}", false}, now_));
  EXPECT_GT(syncs.taken(), 0) << "keyed";
  ASSERT_TRUE(tasks->apply(id, tasks::MarkDone{{{1}, 1}}, now_));
  EXPECT_EQ(syncs.taken(), 0) << "noted as journaled";
  ASSERT_TRUE(tasks->add(one_task, boss, now_));
  EXPECT_GT(syncs.taken(), 0) << "added after that";
}

// Else it is one of twenty who waits for what the others have written to be moved into the file.
TEST_F(TasksSqliteTest, WhoSavesWaitsForTheDiskOnceHoweverMuchWasWrittenBefore) {
  SyncCounter syncs;
  const auto tasks = tasks::open_sqlite(file_);
  const auto id = tasks->add(one_task, boss, now_).value().front().id;
  const tasks::Wish wish{
      .bureau = park, .account = wang, .states = {TaskState::open}, .lease = lease};
  ASSERT_TRUE(tasks->claim_next(wish, now_).value());
  ASSERT_TRUE(tasks->apply(id, tasks::SaveDraft{wang, "{}", lease}, now_));
  static_cast<void>(syncs.taken());
  constexpr int drafts = 300;  // of some 8 pages: more than SQLite's 1,000, fewer than are moved
  for (int draft = 0; draft < drafts; ++draft) {
    const std::string text(24'000, static_cast<char>('a' + draft % 26));
    ASSERT_TRUE(tasks->apply(id, tasks::SaveDraft{wang, text, lease}, now_));
    ASSERT_EQ(syncs.taken(), 1) << "draft " << draft;
  }
}

// SQLite writes each index on a column that an UPDATE names, changed or not.
TEST_F(TasksSqliteTest, AStepNamesOnlyWhatItChanges) {
  const auto tasks = tasks::open_sqlite(file_);
  const auto id = tasks->add(one_task, boss, now_).value().front().id;
  ASSERT_TRUE(sqlite::Database::open(file_)->execute(
      "CREATE TRIGGER named AFTER UPDATE OF entry_id, bureau, dataset, priority, due_at, kept_for, "
      "record_key, delivery ON task BEGIN SELECT RAISE(ABORT, 'it is named'); END"));
  const tasks::Wish wish{
      .bureau = park, .account = wang, .states = {TaskState::open}, .lease = lease};
  ASSERT_TRUE(tasks->claim_next(wish, now_).value());
  ASSERT_TRUE(tasks->apply(id, tasks::SaveDraft{wang, "{}", lease}, now_));
  ASSERT_TRUE(tasks->apply(id, tasks::FinishKeying{wang, "{}", false}, now_));
  ASSERT_TRUE(tasks->apply(id, tasks::MarkDone{{{1}, 1}}, now_));
}

TEST_F(TasksSqliteTest, NextTaskIsASeekInTheOrderOfItsIndex) {
  ASSERT_TRUE(tasks::open_sqlite(file_)->add(one_task, boss, now_));
  tasks::Wish wish{.bureau = park, .account = wang};
  for (const auto& states : {std::set{TaskState::open},
                             std::set{TaskState::open, TaskState::keyed, TaskState::differs}}) {
    for (const auto& datasets : {std::set<record::DatasetId>(),
                                 std::set{record::DatasetId("a"), record::DatasetId("b")}}) {
      wish.states = states;
      wish.datasets = datasets;
      const auto plan_of = [&](tasks::Turn turn) {
        return plan(tasks::next_query(wish, turn, now_, tasks::sqlite_dialect()));
      };
      EXPECT_THAT(plan_of(tasks::Turn::held), HasSubstr("INDEX task_held (bureau=? AND holder=?"));
      EXPECT_THAT(plan_of(tasks::Turn::kept),
                  HasSubstr("INDEX task_kept (bureau=? AND kept_for=?"));
      EXPECT_THAT(plan_of(tasks::Turn::handed_back),
                  HasSubstr("INDEX task_handed_back (bureau=? AND handed_back_by=?"));
      EXPECT_THAT(plan_of(tasks::Turn::free),
                  AllOf(HasSubstr("INDEX task_queue (bureau=?"), Not(HasSubstr("TEMP B-TREE")),
                        HasSubstr("INDEX task_unanswered (bureau=? AND record_key=? AND id<?)")));
    }
  }
}

TEST_F(TasksSqliteTest, PredecessorAndWhatWasKeyedLastAreSeeks) {
  ASSERT_TRUE(tasks::open_sqlite(file_)->add(one_task, boss, now_));
  const tasks::Dialect& dialect = tasks::sqlite_dialect();
  tasks::Task task{.id = {7}};
  task.asked.outgoing = tasks::Outgoing{"d1", 1, "a"};
  EXPECT_THAT(plan(tasks::predecessor_query(task, dialect)),
              AllOf(HasSubstr("INDEX task_unanswered (bureau=? AND record_key=? AND id<?)"),
                    Not(HasSubstr("TEMP B-TREE"))));
  EXPECT_THAT(plan(tasks::last_keyed_query(park, record::DatasetId("enterprise"), wang, dialect)),
              AllOf(HasSubstr("INDEX task_first (bureau=? AND dataset=? AND first_by=?)"),
                    Not(HasSubstr("TEMP B-TREE"))));
}

TEST_F(TasksSqliteTest, EachPageOfAListIsASeek) {
  ASSERT_TRUE(tasks::open_sqlite(file_)->add(one_task, boss, now_));
  using tasks::ListKind;
  const std::vector<std::pair<tasks::TaskFilter, std::string>> lists = {
      {{.bureau = park, .state = TaskState::open}, "task_state (bureau=? AND state=? AND id>?)"},
      {{.bureau = park, .state = TaskState::done}, "task_state (bureau=? AND state=? AND id<?)"},
      {{.bureau = park, .kind = ListKind::held_by, .holder = wang},
       "task_held (bureau=? AND holder=? AND id>?)"},
      {{.bureau = park, .kind = ListKind::overdue}, "task_due (bureau=? AND "},
      {{.bureau = park, .state = TaskState::open, .not_held_by = wang},
       "task_state (bureau=? AND state=? AND id>?)"},
  };
  const auto plan_of = [&](const tasks::TaskFilter& filter, tasks::ListSide side) {
    return plan(tasks::list_query(filter, tasks::TaskPlace{{7}, now_}, 50, now_, side,
                                  tasks::sqlite_dialect()));
  };
  for (const auto& [filter, index] : lists) {
    EXPECT_THAT(plan_of(filter, tasks::ListSide::after),
                AllOf(HasSubstr("INDEX " + index), Not(HasSubstr("TEMP B-TREE"))));
    EXPECT_THAT(plan_of(filter, tasks::ListSide::before),
                AllOf(HasSubstr("INDEX " + index.substr(0, index.find('(')) + "(bureau=? AND "),
                      Not(HasSubstr("TEMP B-TREE"))));
  }
}

TEST_F(TasksSqliteTest, FiguresReadTheQueueAndTheDayAndNotWhatIsDone) {
  ASSERT_TRUE(tasks::open_sqlite(file_)->add(one_task, boss, now_));
  const tasks::Dialect& dialect = tasks::sqlite_dialect();
  EXPECT_THAT(plan(tasks::depth_query(park, now_, dialect)),
              HasSubstr("INDEX task_state (bureau=? AND state=?"));
  EXPECT_THAT(plan(tasks::waiting_query(park, dialect)),
              HasSubstr("COVERING INDEX task_state (bureau=? AND state=?)"));
  EXPECT_THAT(plan(tasks::holds_query(park, now_, dialect)),
              HasSubstr("INDEX task_held (bureau=?"));
  for (const auto& query : {tasks::work_query({park, now_, std::nullopt}, dialect),
                            tasks::checks_query({park, now_, std::nullopt}, dialect),
                            tasks::done_query(park, now_, dialect)}) {
    EXPECT_THAT(plan(query), HasSubstr("INDEX task_history_time (bureau=? AND happened_at>?"));
  }
  const tasks::Counted of_wang{park, now_, wang};
  const std::string who = "INDEX task_history_who (bureau=? AND who=? AND happened_at>?";
  EXPECT_THAT(plan(tasks::work_query(of_wang, dialect)), HasSubstr(who));
  EXPECT_THAT(plan(tasks::checks_query(of_wang, dialect)),
              HasSubstr("INDEX task_history_checked (bureau=? AND checked=? AND happened_at>?"));
}

}  // namespace
}  // namespace sluice::test
