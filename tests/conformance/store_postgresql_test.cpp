// What only a server can do to a store: go, come back, be killed, take a commit and not say so.
#include <future>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "conformance/store_postgresql_fixture.h"
#include "support/held_port.h"
#include "support/refused_rows.h"

namespace sluice::test {
namespace {

using store::StoreProblem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST_F(StorePostgresqlTest, ServerThatIsDownIsUnavailableUntilItIsBack) {
  cluster().stop(PostgresqlCluster::Stop::fast);
  auto store = open();
  EXPECT_EQ(store->prepare(dataset_).error().code, StoreProblem::unavailable);
  EXPECT_EQ(store->head(stream_.id()).error().code, StoreProblem::unavailable);
  cluster().start();
  ASSERT_TRUE(store->prepare(dataset_));
  EXPECT_EQ(apply_stubbornly(*store, new_records(3)).rows, outcomes(3, 0, 0, 0, 0));
}

TEST_F(StorePostgresqlTest, RestartBetweenBatchesIsSurvived) {
  auto store = open();
  ASSERT_TRUE(store->prepare(dataset_));
  apply_stubbornly(*store, new_records(3));
  cluster().restart(PostgresqlCluster::Stop::fast);
  EXPECT_EQ(apply_stubbornly(*store, new_records(3)).rows, outcomes(3, 0, 0, 0, 0));
  cluster().restart(PostgresqlCluster::Stop::kill);
  EXPECT_EQ(head(*store), stream_.head());
}

TEST_F(StorePostgresqlTest, ServerKilledWhileABatchIsAppliedLosesAndDoublesNothing) {
  TcpProxy proxy(cluster().port());
  auto store = open(through(proxy));
  ASSERT_TRUE(store->prepare(dataset_));
  for (const int piece : {4, 8, 12}) {
    const Sent sent = new_records(2000);
    proxy.call([] { cluster().stop(PostgresqlCluster::Stop::kill); }, piece);
    // A server process that outlived the kill may just have finished.
    const auto receipt = apply(*store, dataset_, sent);
    EXPECT_TRUE(receipt || receipt.error().code == StoreProblem::unavailable);
    cluster().start();
    EXPECT_EQ(apply_stubbornly(*store, sent).rows, outcomes(2000, 0, 0, 0, 0));
  }
  EXPECT_EQ(ask("SELECT count(*) FROM data.enterprise"), "6000");
}

// Cuts at every piece that is sent while a batch is applied, until one goes through uncut.
class StorePostgresqlCutTest : public StorePostgresqlTest,
                               public ::testing::WithParamInterface<TcpProxy::Cut> {};
INSTANTIATE_TEST_SUITE_P(Cuts, StorePostgresqlCutTest,
                         ::testing::Values(TcpProxy::Cut::before_request,
                                           TcpProxy::Cut::before_answer),
                         [](const auto& tested) {
                           return tested.param == TcpProxy::Cut::before_request ? "BeforeRequest"
                                                                                : "BeforeAnswer";
                         });

TEST_P(StorePostgresqlCutTest, LineCutAtAnyPointOfABatchAppliesItOnce) {
  TcpProxy proxy(cluster().port());
  auto store = open(through(proxy));
  ASSERT_TRUE(store->prepare(dataset_));
  apply_stubbornly(*store,
                   stream_.batch(dataset_, {upsert({"a", "0", "0"}), upsert({"b", "0", "0"})}));
  int committed_in_doubt = 0;
  int piece = 1;
  for (bool cut = true; cut && piece < 100; ++piece) {
    const std::string version = std::to_string(piece);
    const Sent sent =
        stream_.batch(dataset_, {upsert({"a", version, "1"}), upsert({"a", version, "2"}),
                                 upsert({"new-" + version, version, "1"})});
    proxy.cut(GetParam(), piece);
    auto receipt = apply(*store, dataset_, sent);
    cut = proxy.has_cut();
    proxy.cut(TcpProxy::Cut::never, 0);
    if (cut && receipt) {
      ++committed_in_doubt;
    } else if (!receipt) {
      ASSERT_EQ(receipt.error().code, StoreProblem::unavailable);
      EXPECT_EQ(ask(fmt::format("SELECT count(*) FROM sluice.ledger WHERE sequence = {}",
                                sent.manifest.sequence.value)),
                "0")
          << "what was committed is no failure";
    }
    EXPECT_EQ(apply_stubbornly(*store, sent).rows, outcomes(1, 2, 0, 0, 0));
  }
  EXPECT_GT(piece, 10);
  EXPECT_EQ(committed_in_doubt, 1) << "the line that was cut at the COMMIT";
  EXPECT_EQ(ask("SELECT count(*) FROM data.enterprise"), std::to_string(piece + 1));
  EXPECT_EQ(ask("SELECT count(*) FROM history.enterprise"), std::to_string(2 * (piece - 1)));
  EXPECT_EQ(ask("SELECT count(*) FROM sluice.ledger"), std::to_string(piece));
}

TEST_F(StorePostgresqlTest, TerminatedSessionIsUnavailableAndThenReplaced) {
  auto store = open();
  ASSERT_TRUE(store->prepare(dataset_));
  ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'sluice' "
      "AND datname = current_database()");
  EXPECT_EQ(apply_stubbornly(*store, new_records(3)).rows, outcomes(3, 0, 0, 0, 0));
}

TEST_F(StorePostgresqlTest, OfSeveralHostsTheOneThatTakesWritesIsUsed) {
  const HeldPort dead;
  PostgresqlCluster standby;  // as good as one: it takes no writes
  while (standby.create_database() != database_) {
  }
  query(standby.socket(), "ALTER SYSTEM SET default_transaction_read_only = on");
  standby.restart(PostgresqlCluster::Stop::fast);
  auto store =
      open(fmt::format("host=127.0.0.1,127.0.0.1,127.0.0.1 port={},{},{} user=sluice dbname={}",
                       dead.number(), standby.port(), cluster().port(), database_));
  const auto prepared = store->prepare(dataset_);
  ASSERT_TRUE(prepared) << record::to_string(prepared.error());
  EXPECT_EQ(apply_stubbornly(*store, new_records(3)).rows, outcomes(3, 0, 0, 0, 0));
  EXPECT_EQ(ask("SELECT count(*) FROM data.enterprise"), "3");
}

TEST_F(StorePostgresqlTest, TwoCentersWithTheSameBatchApplyItOnce) {
  auto first = open();
  auto second = open();
  ASSERT_TRUE(first->prepare(dataset_));
  ASSERT_TRUE(second->prepare(dataset_));
  for (int round = 0; round < 5; ++round) {
    const Sent sent = new_records(200);
    auto other = std::async(std::launch::async, [&] { return apply(*second, dataset_, sent); });
    const auto mine = apply(*first, dataset_, sent);
    const auto theirs = other.get();
    ASSERT_TRUE(mine && theirs);
    EXPECT_EQ(mine->json, theirs->json);
  }
  EXPECT_EQ(ask("SELECT count(*) FROM data.enterprise"), "1000");
  EXPECT_EQ(ask("SELECT count(*) FROM history.enterprise"), "0");
}

TEST_F(StorePostgresqlTest, WalkDoesNotPassABatchThatIsStillBeingApplied) {
  const auto other = DatasetBuilder("person", "portal").field("code").build();
  auto slow = open();
  auto quick = open();
  auto walker = open();
  ASSERT_TRUE(slow->prepare(dataset_));
  ASSERT_TRUE(quick->prepare(other));
  std::future<std::vector<std::string>> walked;
  const auto walk = [&] {
    std::vector<std::string> bureaus;
    EXPECT_TRUE(walker->walk({}, [&](const store::LedgerEntry& entry, auto&) {
      bureaus.push_back(entry.stream.bureau.str());
      return true;
    }));
    return bureaus;
  };
  const Sent sent = new_records(1);
  const auto checker = checker_of(dataset_);
  const auto make_receipt = receipt_maker(sent.manifest, sent.batch);
  const auto receipt =
      slow->apply({sent.manifest, sent.batch, dataset_, checker}, [&](auto&&... arguments) {
        TestStream portal("portal");
        EXPECT_TRUE(apply(*quick, other, portal.batch(other, {upsert({"a"})})));
        walked = std::async(std::launch::async, walk);
        while (ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") ==
               "0") {
          if (walked.wait_for(std::chrono::milliseconds(10)) == std::future_status::ready) break;
        }
        return make_receipt(arguments...);
      });
  ASSERT_TRUE(receipt);
  EXPECT_THAT(walked.get(), ElementsAre("park", "portal"));
}

// The bytes in the log since this place that transactions wrote to this database's own relations:
// neither what other databases and the server's own workers write, nor pages that are logged whole
// since there was a checkpoint, nor the catalogue.
constexpr const char* logged_by_transactions =
    "SELECT coalesce(sum(record_length - fpi_length), 0)::bigint "
    "FROM pg_get_wal_records_info('{}', pg_current_wal_flush_lsn()), "
    "LATERAL regexp_match(block_ref, 'rel \\d+/(\\d+)/(\\d+)') AS relation "
    "WHERE xid <> '0' AND relation[2]::bigint >= 16384 AND relation[1]::oid = "
    "(SELECT oid FROM pg_database WHERE datname = current_database())";

TEST_F(StorePostgresqlTest, ReloadWritesNextToNothing) {
  if (ask("SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_walinspect'") == "0") {
    GTEST_SKIP() << "this PostgreSQL has no pg_walinspect (since 15), which tells who wrote what";
  }
  ask("CREATE EXTENSION pg_walinspect");
  auto store = open();
  ASSERT_TRUE(store->prepare(dataset_));
  std::vector<std::string> lines;
  for (int i = 0; i < 5000; ++i)
    lines.push_back(upsert({std::to_string(i), std::string(300, 'n'), "1"}));
  const auto written = [&](const Sent& sent) {
    const std::string before = ask("SELECT pg_current_wal_flush_lsn()");
    apply_stubbornly(*store, sent);
    return std::stoll(ask(fmt::format(logged_by_transactions, before)));
  };
  const auto first = written(stream_.batch(dataset_, lines));
  const auto again = written(stream_.batch(dataset_, lines));
  EXPECT_GT(first, 1'500'000);
  // Ledger, archive, and the thousand rows that COPY writes before it finds that they are there.
  EXPECT_LT(again, first / 3);
}

TEST_F(StorePostgresqlTest, CommitsAreWaitedForWhateverTheServerSays) {
  ask("ALTER DATABASE " + database_ + " SET synchronous_commit = off");
  auto store = open();
  ASSERT_TRUE(store->prepare(dataset_));
  const Sent sent = new_records(2000);
  apply_stubbornly(*store, sent);
  cluster().restart(PostgresqlCluster::Stop::kill);
  EXPECT_EQ(head(*store), stream_.head());
}

TEST_F(StorePostgresqlTest, WhatIsWrongWithTheAccessIsSaid) {
  const auto unusable = store::open_postgresql({.connection = "hots=nowhere"}, std::ref(clock_));
  EXPECT_THAT(record::to_string(unusable.error()), HasSubstr("connection string"));
  auto no_password = store::open_postgresql(
      {.connection = cluster().socket(database_), .password_file = "/nonexistent/password"},
      std::ref(clock_));
  const auto prepared = (*no_password)->prepare(dataset_);
  EXPECT_EQ(prepared.error().code, StoreProblem::unavailable);
  EXPECT_EQ(prepared.error().place, "/nonexistent/password");
}

TEST_F(StorePostgresqlTest, DatabaseThatWasReplacedBehindTheStoreIsFoundOutAtTheNextTry) {
  auto store = open();
  ASSERT_TRUE(store->prepare(dataset_));
  apply_stubbornly(*store, new_records(3));
  ask("DROP SCHEMA sluice, data, history CASCADE");
  stream_ = TestStream("park", 2000);
  const Sent sent = new_records(2);
  const auto lost = apply(*store, dataset_, sent);
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, StoreProblem::unknown_dataset);
  const auto prepared = store->prepare(dataset_);
  ASSERT_TRUE(prepared) << record::to_string(prepared.error());
  EXPECT_EQ(apply_stubbornly(*store, sent).rows, outcomes(2, 0, 0, 0, 0));
}

// Citus's catalogue stands for it.
TEST_F(StorePostgresqlTest, WorkerOfACitusIsRefusedAndItsCoordinatorIsNot) {
  ask("SET allow_system_table_mods = on; "
      "CREATE TABLE pg_catalog.pg_dist_local_group (groupid integer); "
      "INSERT INTO pg_catalog.pg_dist_local_group VALUES (0)");
  ASSERT_TRUE(open()->prepare(dataset_));
  ask("SET allow_system_table_mods = on; UPDATE pg_catalog.pg_dist_local_group SET groupid = 3");
  const auto refused = open()->prepare(dataset_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, StoreProblem::another_store);
  EXPECT_THAT(refused.error().sentence, HasSubstr("name the coordinator"));
}

TEST_F(StorePostgresqlTest, ValueThatItsColumnCanNotHoldIsRejectedWithoutQuotingIt) {
  auto store = open();
  ASSERT_TRUE(store->prepare(dataset_));
  // No rule of the schema forbids it; an index entry of PostgreSQL can not be this long.
  std::string secret;
  for (int i = 0; i < 3000; ++i)
    secret += fmt::format("{:x}", static_cast<unsigned>(i) * 2654435761U);
  const auto receipt = apply_stubbornly(
      *store, stream_.batch(dataset_, {upsert({"a", "1", "1"}), upsert({secret, "1", "1"}),
                                       upsert({"b", "1", "1"})}));
  EXPECT_EQ(receipt.rows, outcomes(2, 0, 0, 0, 1));
  ASSERT_EQ(record::test::rejected_rows(receipt).size(), 1U);
  EXPECT_EQ(record::test::rejected_rows(receipt).front().row, 2U);
  EXPECT_EQ(record::test::rejected_rows(receipt).front().rule, "store");
  EXPECT_THAT(record::test::rejected_rows(receipt).front().sentence, HasSubstr("SQLSTATE 54000"));
}

}  // namespace
}  // namespace sluice::test
