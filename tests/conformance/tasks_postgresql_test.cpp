// What only a server can do to the tasks in it: go, come back, lock a row, cut a line.
#include <future>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "conformance/people_home.h"
#include "conformance/store_tcp_proxy.h"
#include "conformance/tasks_home.h"
#include "tasks/postgresql/postgresql_tasks.h"

namespace sluice::test {
namespace {

using tasks::TaskProblem;
using tasks::TaskState;

class TasksPostgresqlTest : public ::testing::Test {
 protected:
  TasksPostgresqlTest() : conninfo_(people_cluster().socket(people_cluster().create_database())) {}

  static std::unique_ptr<tasks::Tasks> open(const std::string& conninfo) {
    return tasks::open_postgresql({.connection = conninfo, .password_file = {}}).value();
  }
  std::unique_ptr<tasks::Tasks> open() { return open(conninfo_); }

  static tasks::NewTask asked() {
    return {.bureau = park, .dataset = record::DatasetId("enterprise")};
  }
  tasks::Result<std::vector<tasks::Task>> add(tasks::Tasks& tasks) {
    return tasks.add(std::vector{asked()}, boss, now_);
  }
  static tasks::Wish wish(const tasks::AccountName& account) {
    return {.bureau = park,
            .account = account,
            .states = {TaskState::open, TaskState::keyed},
            .lease = lease};
  }

  std::string conninfo_;
  record::Time now_ = record::parse_time("2026-11-23T04:44:00.789Z").value();
};

TEST_F(TasksPostgresqlTest, ServerThatIsDownIsUnavailableUntilItIsBack) {
  people_cluster().stop(PostgresqlCluster::Stop::fast);
  const auto tasks = open();
  const auto added = add(*tasks);
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, TaskProblem::unavailable);
  people_cluster().start();
  ASSERT_TRUE(add(*tasks));
  EXPECT_TRUE(tasks->claim_next(wish(wang), now_).value());
}

TEST_F(TasksPostgresqlTest, WhatWasSaidToBeDoneIsThereAfterTheServerWasKilled) {
  const auto tasks = open();
  const auto id = add(*tasks).value().at(0).id;
  ASSERT_TRUE(tasks->claim_next(wish(wang), now_).value());
  const auto keyed = tasks->apply(id, tasks::FinishKeying{wang, "{}", true}, now_).value();
  people_cluster().restart(PostgresqlCluster::Stop::kill);
  static_cast<void>(tasks->find(id, wang));  // may hear of the connection that is gone
  EXPECT_EQ(tasks->find(id, wang).value()->task, keyed);
}

// The first of the queue is being changed by somebody who takes his time.
TEST_F(TasksPostgresqlTest, NextTaskIsNotWaitedForWhereAnotherIsThere) {
  const auto tasks = open();
  const auto first = add(*tasks).value().at(0).id;
  const auto second = add(*tasks).value().at(0).id;
  const auto slow = connected(conninfo_);
  execute(*slow,
          fmt::format("BEGIN; SELECT 1 FROM sluice.task WHERE id = {} FOR UPDATE", first.value));
  EXPECT_EQ(tasks->claim_next(wish(wang), now_).value()->id, second);
  EXPECT_FALSE(tasks->claim_next(wish(li), now_).value());
  execute(*slow, "ROLLBACK");
  EXPECT_EQ(tasks->claim_next(wish(li), now_).value()->id, first);
}

// Who takes it away is a moment ahead of who saves: the save waits, and sees who has it then.
TEST_F(TasksPostgresqlTest, SaveWaitsForWhoIsChangingTheTaskAndIsRefusedThen) {
  const auto tasks = open();
  const auto id = add(*tasks).value().at(0).id;
  ASSERT_TRUE(tasks->claim_next(wish(wang), now_).value());
  const auto supervisor = connected(conninfo_);
  execute(*supervisor, "BEGIN; UPDATE sluice.task SET holder = 'li'");
  auto saved = std::async(std::launch::async, [&] {
    return tasks->apply(id, tasks::SaveDraft{wang, "{}", lease}, now_);
  });
  while (ask(conninfo_,
             "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = "
             "current_database()") != "1") {
    ASSERT_NE(saved.wait_for(std::chrono::seconds(0)), std::future_status::ready)
        << "it did not wait";
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  execute(*supervisor, "COMMIT");
  const auto refused = saved.get();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, TaskProblem::not_held);
  EXPECT_EQ(open()->find(id, wang).value()->task.claim->holder, li);
}

// docs/manual-entry.md names these rights.
TEST_F(TasksPostgresqlTest, RoleThatMakesNoTablesWorksWithTheRightsThatAreDocumented) {
  const auto owner = open();
  const auto id = add(*owner).value().at(0).id;
  ask(conninfo_,
      "CREATE ROLE keying LOGIN; GRANT USAGE ON SCHEMA sluice TO keying; "
      "GRANT SELECT ON sluice.tasks_format TO keying; "
      "GRANT SELECT, INSERT, UPDATE ON sluice.task TO keying; "
      "GRANT SELECT, INSERT ON sluice.task_history TO keying; "
      "GRANT SELECT, INSERT ON sluice.task_delivery TO keying; "
      "GRANT SELECT, INSERT, UPDATE, DELETE ON sluice.task_text TO keying");
  const auto gateway = open(conninfo_ + " user=keying");
  EXPECT_TRUE(add(*gateway));
  ASSERT_TRUE(gateway->claim_next(wish(wang), now_).value());
  EXPECT_TRUE(gateway->apply(id, tasks::SaveDraft{wang, "{}", lease}, now_));
  EXPECT_TRUE(gateway->apply(id, tasks::FinishKeying{wang, "{}", true}, now_));
  EXPECT_TRUE(gateway->find(id, wang).value());
  EXPECT_TRUE(gateway->figures(park, now_, now_));
  EXPECT_TRUE(gateway->hand_over({.name = "d1",
                                  .bureau = park,
                                  .dataset = record::DatasetId("enterprise"),
                                  .content = "x",
                                  .records = {{.record_key = "a", .values = "{}"}}},
                                 now_));
  EXPECT_TRUE(gateway->withdraw("d1", now_));
}

// What a save takes of ways to the server and back, each of which is a tenth of a millisecond even
// on one machine. Those after the first on a connection: that one plans.
TEST_F(TasksPostgresqlTest, ASaveIsSoManyMessagesAndNoMore) {
  TcpProxy proxy(people_cluster().port());
  const auto tasks =
      open(fmt::format("host=127.0.0.1 port={} user=sluice dbname={} "
                       "sslmode=disable gssencmode=disable",
                       proxy.port(), ask(conninfo_, "SELECT current_database()")));
  std::optional<tasks::JournaledTask> before;
  const auto within = [&](int messages, const std::string& what, auto act) {
    proxy.cut(TcpProxy::Cut::before_request, messages + 1);
    EXPECT_TRUE(act().has_value()) << what;
    EXPECT_FALSE(proxy.has_cut()) << what << " takes more than " << messages << " messages";
    proxy.cut(TcpProxy::Cut::never, 0);
  };
  for (const int planned : {30, 30, 0}) {
    ASSERT_TRUE(add(*tasks));
    ASSERT_TRUE(add(*tasks));
    std::optional<tasks::Task> held;
    // Begin, the task before, what is written of it, three looks for the next, what is written of
    // that, and commit.
    within(8 + planned, "the claim of the next", [&] {
      auto claimed = tasks->claim_next(wish(wang), now_, before);
      if (claimed) held = *claimed;
      return claimed;
    });
    ASSERT_TRUE(held);
    within(1 + planned, "a look", [&] { return tasks->find(held->id, wang); });
    // Begin, the task, all that is written, commit.
    within(4 + planned, "what is keyed", [&] {
      return tasks->apply(held->id, tasks::FinishKeying{wang, "{}", false}, now_);
    });
    before = tasks::JournaledTask{held->id, {{1}, 1}};
  }
}

// Cuts at every piece that is sent while a task is finished, until one goes through uncut.
class TasksPostgresqlCutTest : public TasksPostgresqlTest,
                               public ::testing::WithParamInterface<TcpProxy::Cut> {};
INSTANTIATE_TEST_SUITE_P(Cuts, TasksPostgresqlCutTest,
                         ::testing::Values(TcpProxy::Cut::before_request,
                                           TcpProxy::Cut::before_answer),
                         [](const auto& tested) {
                           return tested.param == TcpProxy::Cut::before_request ? "BeforeRequest"
                                                                                : "BeforeAnswer";
                         });

TEST_P(TasksPostgresqlCutTest, LineCutAtAnyPointIsUnavailableAndAllOrNothingIsDone) {
  TcpProxy proxy(people_cluster().port());
  const std::string database = ask(conninfo_, "SELECT current_database()");
  const auto tasks =
      open(fmt::format("host=127.0.0.1 port={} user=sluice dbname={} "
                       "sslmode=disable gssencmode=disable",
                       proxy.port(), database));
  const auto unharmed = open();
  int done_unheard = 0;
  int piece = 1;
  for (bool cut = true; cut && piece < 100; ++piece) {
    const auto id = add(*tasks).value().at(0).id;
    const auto held = tasks->claim_next(wish(wang), now_).value().value();
    ASSERT_EQ(held.id, id);
    proxy.cut(GetParam(), piece);
    const auto finished = tasks->apply(id, tasks::FinishKeying{wang, "typed", true}, now_);
    cut = proxy.has_cut();
    proxy.cut(TcpProxy::Cut::never, 0);
    const auto found = unharmed->find(id, wang).value().value();
    const bool is_done = found.task.state == TaskState::keyed;
    if (!finished) {
      ASSERT_EQ(finished.error().code, TaskProblem::unavailable);
      if (is_done) ++done_unheard;
    } else {
      EXPECT_TRUE(is_done);
    }
    EXPECT_EQ(found.first, is_done ? std::optional<std::string>("typed") : std::nullopt);
    EXPECT_EQ(unharmed->history(id, {}, 9).value().size(), is_done ? 3U : 2U);
    if (is_done) continue;
    EXPECT_TRUE(tasks->apply(id, tasks::FinishKeying{wang, "again", true}, now_));
  }
  EXPECT_GT(piece, 5);
  EXPECT_EQ(done_unheard, GetParam() == TcpProxy::Cut::before_answer ? 1 : 0);
}

}  // namespace
}  // namespace sluice::test
