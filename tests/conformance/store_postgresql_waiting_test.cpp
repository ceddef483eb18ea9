// Who waits for whom, where a batch takes long: nobody but those who must.
#include <atomic>
#include <csignal>
#include <future>

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conformance/store_postgresql_fixture.h"
#include "postgresql/locks.h"
#include "store/checkpoint.h"
#include "support/test_migration.h"

namespace sluice::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A lock that the test holds on a table, as a batch does that takes long.
class HeldTable {
 public:
  HeldTable(const std::string& conninfo, const std::string& table)
      : connection_(PQconnectdb(conninfo.c_str()), PQfinish) {
    run("BEGIN; LOCK TABLE " + table);
  }
  void release() { run("COMMIT"); }
  [[nodiscard]] int process() const { return PQbackendPID(connection_.get()); }

 private:
  void run(const std::string& sql) {
    const std::unique_ptr<PGresult, void (*)(PGresult*)> result(
        PQexec(connection_.get(), sql.c_str()), PQclear);
    EXPECT_EQ(PQresultStatus(result.get()), PGRES_COMMAND_OK) << PQerrorMessage(connection_.get());
  }
  std::unique_ptr<PGconn, void (*)(PGconn*)> connection_;
};

class StorePostgresqlWaitingTest : public StorePostgresqlTest {
 protected:
  void wait_until(const std::string& asked, const std::string& expected) {
    for (int attempt = 0; attempt < 5000; ++attempt) {
      if (ask(asked) == expected) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    ADD_FAILURE() << "never " << expected << ": " << asked;
  }
  // Waits for locks far shorter than a store does.
  std::string impatient() {
    return cluster().socket(database_) + " options='-c lock_timeout=200ms'";
  }
  static std::vector<std::string> walk(store::Store& store) {
    std::vector<std::string> batches;
    const auto walked = store.walk({}, [&](const store::LedgerEntry& entry, auto&) {
      batches.push_back(entry.stream.bureau.str() + " " + std::to_string(entry.sequence.value));
      return true;
    });
    EXPECT_TRUE(walked) << record::to_string(walked.error());
    return batches;
  }
};

TEST_F(StorePostgresqlWaitingTest, BatchThatTakesLongHoldsUpNoOtherBureauAndNoReceipt) {
  const auto other = DatasetBuilder("person", "portal").field("code").build();
  TestStream portal("portal");
  auto slow = open();
  auto quick = open();
  auto walker = open();
  auto asker = open();
  ASSERT_TRUE(slow->prepare(dataset_));
  apply_stubbornly(*slow, new_records(1));
  HeldTable held(cluster().socket(database_), "data.enterprise IN ACCESS EXCLUSIVE MODE");
  const Sent sent = new_records(1);
  auto applied = std::async(std::launch::async, [&] { return apply(*slow, dataset_, sent); });
  wait_until("SELECT count(*) FROM pg_locks WHERE locktype = 'relation' AND NOT granted", "1");
  // Who walks waits for it, and stands in nobody's way meanwhile.
  auto walked = std::async(std::launch::async, [&] { return walk(*walker); });
  wait_until("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted", "1");
  // Also a dataset that the store has no tables of yet.
  const auto prepared = quick->prepare(other);
  EXPECT_TRUE(prepared) << record::to_string(prepared.error());
  const auto receipt = apply(*quick, other, portal.batch(other, {upsert({"a"})}));
  EXPECT_TRUE(receipt) << record::to_string(receipt.error());
  for (const auto& stream : {stream_.id(), portal.id()}) {
    const auto found = asker->receipt(stream, {1});
    EXPECT_TRUE(found && *found);
  }
  held.release();
  EXPECT_TRUE(applied.get());
  // What came while it waited may be missing, what it waited for may not.
  EXPECT_THAT(walked.get(), ElementsAre("park 1", "park 2"));
}

// A batch that hangs keeps no checkpoint from being made of what stands before it.
TEST_F(StorePostgresqlWaitingTest, CheckpointEndsBeforeTheFirstBatchThatIsUnderWay) {
  const auto other = DatasetBuilder("person", "portal").field("code").build();
  TestStream portal("portal");
  auto slow = open();
  auto quick = open();
  auto maker = open();
  ASSERT_TRUE(slow->prepare(dataset_));
  ASSERT_TRUE(quick->prepare(other));
  apply_stubbornly(*slow, new_records(1));
  HeldTable held(cluster().socket(database_), "data.enterprise IN ACCESS EXCLUSIVE MODE");
  const Sent sent = new_records(1);
  auto applied = std::async(std::launch::async, [&] { return apply(*slow, dataset_, sent); });
  wait_until("SELECT count(*) FROM pg_locks WHERE locktype = 'relation' AND NOT granted", "1");
  ASSERT_TRUE(apply(*quick, other, portal.batch(other, {upsert({"a"})})));
  const auto before = maker->checkpoints().make();
  ASSERT_TRUE(before) << record::to_string(before.error());
  ASSERT_TRUE(before->newest);
  EXPECT_EQ(before->newest->ledger, 1) << "the third is there, and the second is not yet";
  EXPECT_FALSE(maker->checkpoints().make()->is_made);
  EXPECT_TRUE(maker->checkpoints().make()->is_held_up);
  held.release();
  EXPECT_TRUE(applied.get());
  const auto after = maker->checkpoints().make();
  EXPECT_EQ(after->newest->ledger, 3);
  EXPECT_FALSE(after->is_held_up);
}

// Between showing itself and showing its id, and in a version that shows none.
TEST_F(StorePostgresqlWaitingTest, CheckpointIsNotMadeWhileABatchHasNotShownItsId) {
  auto store = open();
  ASSERT_TRUE(store->prepare(dataset_));
  apply_stubbornly(*store, new_records(1));
  const std::unique_ptr<PGconn, void (*)(PGconn*)> drawing(
      PQconnectdb(cluster().socket(database_).c_str()), PQfinish);
  const auto run = [&](const std::string& sql) { PQclear(PQexec(drawing.get(), sql.c_str())); };
  run(fmt::format("BEGIN; SELECT pg_advisory_xact_lock({}, pg_backend_pid())",
                  postgresql::drawn_ledger_id));
  const auto meanwhile = store->checkpoints().make();
  EXPECT_FALSE(meanwhile->newest);
  EXPECT_TRUE(meanwhile->is_held_up);
  run("ROLLBACK");
  EXPECT_EQ(store->checkpoints().make()->newest->ledger, 1);
}

TEST_F(StorePostgresqlWaitingTest, CenterThatFindsAnotherAtItTellsTheLastCheckpoint) {
  auto store = open();
  ASSERT_TRUE(store->prepare(dataset_));
  apply_stubbornly(*store, new_records(1));
  const auto first = store->checkpoints().make();
  apply_stubbornly(*store, new_records(1));
  const std::unique_ptr<PGconn, void (*)(PGconn*)> other(
      PQconnectdb(cluster().socket(database_).c_str()), PQfinish);
  const auto run = [&](const std::string& sql) { PQclear(PQexec(other.get(), sql.c_str())); };
  const std::string keys = postgresql::lock_keys(postgresql::Lock::checkpoints);
  run(fmt::format("SELECT pg_advisory_lock({})", keys));
  const auto meanwhile = store->checkpoints().make();
  ASSERT_TRUE(meanwhile) << record::to_string(meanwhile.error());
  EXPECT_FALSE(meanwhile->is_made);
  EXPECT_EQ(meanwhile->newest, first->newest);
  run(fmt::format("SELECT pg_advisory_unlock({})", keys));
  EXPECT_TRUE(store->checkpoints().make()->is_made);
}

// Else hours of filling would be lost at the end, where the tables change names.
TEST_F(StorePostgresqlWaitingTest, MigrationIsKeptWaitingAtItsBeginningByWhoReadsAllVersions) {
  auto reader = open();
  auto migrator = open(impatient());
  ASSERT_TRUE(reader->prepare(dataset_));
  apply_stubbornly(*reader, new_records(1));
  record::Dataset next = dataset_;
  next.schema.fields.push_back({.name = "district"});
  int turned = 0;
  const auto migrate = [&] {
    return migrate_tables(*migrator, next, [&](auto values) {
      ++turned;
      return fmt::format("{}\t{}\t{}\thaidian", *values[0], *values[1], *values[2]);
    });
  };
  const auto read = reader->read_versions(dataset_, [&](const store::StoredVersion&) {
    const auto kept_waiting = migrate();
    EXPECT_FALSE(kept_waiting);
    EXPECT_EQ(kept_waiting.error().code, store::StoreProblem::unavailable);
    EXPECT_THAT(kept_waiting.error().sentence, HasSubstr("all of it is being read"));
    return true;
  });
  EXPECT_TRUE(read) << record::to_string(read.error());
  EXPECT_EQ(turned, 0);
  EXPECT_TRUE(migrate());
  EXPECT_EQ(turned, 1);
}

// What a dump, or any report, does to a migration's last step.
class MigrationBehindReaderTest : public StorePostgresqlWaitingTest {
 protected:
  MigrationBehindReaderTest() {
    auto store = open();
    EXPECT_TRUE(store->prepare(dataset_));
    apply_stubbornly(*store, new_records(1));
    next_.schema.fields.push_back({.name = "district"});
  }
  std::string dump_session() { return cluster().socket(database_) + " application_name=pg_dump"; }
  store::Result<store::MigrationReport> migrate(store::Store& store,
                                                const TestWaiting& waiting = {}) {
    return migrate_tables(
        store, next_,
        [](auto values) {
          return fmt::format("{}\t{}\t{}\thaidian", *values[0], *values[1], *values[2]);
        },
        store::MigrationOrder::Purpose::migrate, waiting);
  }
  // Nothing was renamed, made or left behind, and another one can begin.
  void expect_as_it_was() {
    EXPECT_EQ(ask("SELECT count(*) FROM sluice.migration"), "0");
    EXPECT_EQ(ask("SELECT string_agg(schemaname || '.' || tablename, ' ' ORDER BY 1) FROM "
                  "(SELECT * FROM pg_tables WHERE schemaname IN ('data', 'history') "
                  "ORDER BY schemaname) AS tables"),
              "data.enterprise history.enterprise");
    EXPECT_EQ(ask("SELECT count(*) FROM data.enterprise"), "1");
    auto again = open();
    EXPECT_TRUE(migrate(*again));
  }

  record::Dataset next_ = dataset_;
};

// The store's own limit for locks stands for the minute that a store waits.
TEST_F(MigrationBehindReaderTest, WaitsInTurnsLongerThanAStoreWaitsForALock) {
  HeldTable held(dump_session(), "history.enterprise IN ACCESS SHARE MODE");
  const std::string since = ask(
      fmt::format("SELECT (extract(epoch FROM xact_start) * 1000)::bigint FROM pg_stat_activity "
                  "WHERE pid = {}",
                  held.process()));
  auto migrator = open(impatient());
  std::vector<store::MigrationWait> waits;
  const auto migrated = migrate(
      *migrator, {.patience =
                      [&](const store::MigrationWait& wait) {
                        waits.push_back(wait);
                        if (wait.waited > std::chrono::milliseconds(500) && waits.size() > 2)
                          held.release();
                        return true;
                      },
                  .turns = {std::chrono::milliseconds(100), std::chrono::milliseconds(1)}});
  ASSERT_TRUE(migrated) << record::to_string(migrated.error());
  ASSERT_TRUE(migrated->entry);
  EXPECT_EQ(ask("SELECT district FROM data.enterprise"), "haidian");
  ASSERT_THAT(waits.front().in_the_way, testing::SizeIs(1));
  const store::TableUser& user = waits.front().in_the_way.front();
  EXPECT_EQ(user.process, held.process());
  EXPECT_EQ(user.program, "pg_dump");
  EXPECT_EQ(user.user, ask("SELECT current_user"));
  ASSERT_TRUE(user.since);
  EXPECT_EQ(std::to_string(user.since->time_since_epoch().count()), since);
}

// As an autovacuum, which has no name of its own; another kind of such can be had at will.
TEST_F(MigrationBehindReaderTest, WhatTheServerDoesItselfIsCalledAsTheServerCallsIt) {
  const std::unique_ptr<PGconn, void (*)(PGconn*)> reader(
      PQconnectdb(cluster().socket(database_).c_str()), PQfinish);
  ASSERT_EQ(PQsendQuery(reader.get(),
                        "SET force_parallel_mode = on; SELECT pg_sleep(3600) FROM data.enterprise"),
            1);
  wait_until(
      "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) "
      "WHERE relation = 'data.enterprise'::regclass AND backend_type = 'parallel worker'",
      "1");
  std::vector<std::string> programs;
  auto migrator = open();
  const auto given_up =
      migrate(*migrator, {.patience =
                              [&](const store::MigrationWait& wait) {
                                for (const store::TableUser& user : wait.in_the_way)
                                  programs.push_back(user.program);
                                return false;
                              },
                          .turns = {std::chrono::milliseconds(20), std::chrono::milliseconds(1)}});
  ask(fmt::format("SELECT pg_terminate_backend({})", PQbackendPID(reader.get())));
  EXPECT_FALSE(given_up);
  EXPECT_THAT(programs, testing::UnorderedElementsAre("", "parallel worker"));
}

TEST_F(MigrationBehindReaderTest, WhoComesToReadMeanwhileIsLetThrough) {
  HeldTable held(dump_session(), "data.enterprise IN ACCESS SHARE MODE");
  auto migrator = open();
  std::atomic<int> turns = 0;
  auto migrated = std::async(std::launch::async, [&] {
    return migrate(*migrator,
                   {.patience =
                        [&](const store::MigrationWait& wait) {
                          // Of a later turn the reader may just have gone.
                          if (++turns <= 3) {
                            EXPECT_FALSE(wait.in_the_way.empty());
                          }
                          return true;
                        },
                    .turns = {std::chrono::milliseconds(300), std::chrono::milliseconds(20)}});
  });
  wait_until("SELECT count(*) FROM pg_locks WHERE locktype = 'relation' AND NOT granted", "1");
  // Behind the lock that is waited for, and with the first reader there still.
  EXPECT_EQ(ask("SELECT count(*) FROM data.enterprise"), "1");
  const auto is_waiting = [&] {
    return migrated.wait_for(std::chrono::seconds(0)) == std::future_status::timeout;
  };
  while (turns < 3 && is_waiting())
    EXPECT_EQ(ask("SELECT count(*) FROM data.enterprise"), "1");
  held.release();
  EXPECT_TRUE(migrated.get());
  EXPECT_GE(turns, 3);
}

TEST_F(MigrationBehindReaderTest, LeavesAllAsItWasWhereItIsNotToWaitLonger) {
  HeldTable held(dump_session(), "data.enterprise IN ACCESS SHARE MODE");
  auto migrator = open();
  const auto given_up =
      migrate(*migrator, {.patience = [](const store::MigrationWait&) { return false; },
                          .turns = {std::chrono::milliseconds(20), std::chrono::milliseconds(1)}});
  ASSERT_FALSE(given_up);
  EXPECT_EQ(given_up.error().code, store::StoreProblem::unavailable);
  EXPECT_THAT(given_up.error().sentence, HasSubstr("nothing was changed"));
  held.release();
  expect_as_it_was();
}

// Ctrl-C, or the operator's terminal that is gone.
TEST_F(MigrationBehindReaderTest, LeavesAllAsItWasWhereItIsInterrupted) {
  HeldTable held(dump_session(), "data.enterprise IN ACCESS SHARE MODE");
  const pid_t child = fork();
  ASSERT_NE(child, -1);
  if (child == 0) {
    std::signal(SIGINT, SIG_DFL);
    auto migrator = open();
    static_cast<void>(migrate(*migrator));
    _exit(0);
  }
  wait_until("SELECT count(*) FROM pg_locks WHERE locktype = 'relation' AND NOT granted", "1");
  kill(child, SIGINT);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status)) << "it ended by itself";
  held.release();
  wait_until("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'", "0");
  expect_as_it_was();
}

// A migration is under way for hours, and shows itself as a batch does.
TEST_F(StorePostgresqlWaitingTest, WhoWalksTheLedgerWaitsLongerThanForALock) {
  auto store = open(impatient());
  ASSERT_TRUE(store->prepare(dataset_));
  apply_stubbornly(*store, new_records(1));
  const std::unique_ptr<PGconn, void (*)(PGconn*)> drawing(
      PQconnectdb(cluster().socket(database_).c_str()), PQfinish);
  const auto run = [&](const std::string& sql) { PQclear(PQexec(drawing.get(), sql.c_str())); };
  run(fmt::format("BEGIN; SELECT pg_advisory_xact_lock({}, pg_backend_pid())",
                  postgresql::drawn_ledger_id));
  auto walked = std::async(std::launch::async, [&] { return walk(*store); });
  wait_until(
      "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND "
      "now() - query_start > interval '1 second'",
      "1");
  run("ROLLBACK");
  EXPECT_THAT(walked.get(), ElementsAre("park 1"));
}

// Its tables can not change while a batch is written to them, and that is its own matter.
TEST_F(StorePostgresqlWaitingTest, TablesThatWaitForTheirBatchLetOthersBeMade) {
  const auto other = DatasetBuilder("person", "portal").field("code").build();
  auto changing = open();
  auto quick = open();
  ASSERT_TRUE(changing->prepare(dataset_));
  HeldTable held(cluster().socket(database_), "data.enterprise IN ROW EXCLUSIVE MODE");
  record::Dataset wider = dataset_;
  wider.schema.fields.push_back({.name = "more"});
  auto changed = std::async(std::launch::async, [&] { return changing->prepare(wider); });
  wait_until("SELECT count(*) FROM pg_locks WHERE locktype = 'relation' AND NOT granted", "1");
  const auto prepared = quick->prepare(other);
  EXPECT_TRUE(prepared) << record::to_string(prepared.error());
  held.release();
  EXPECT_TRUE(changed.get());
}

}  // namespace
}  // namespace sluice::test
