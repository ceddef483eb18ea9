// What becomes of batches that come while their dataset is migrated, where the database takes other
// writers meanwhile.
#include <future>
#include <latch>

#include <gmock/gmock.h>

#include "conformance/store_postgresql_fixture.h"
#include "record/copy_text.h"
#include "support/test_migration.h"

namespace sluice::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// A migration that has begun, and stands still at the first record until it is told to go on.
class MigrationUnderWay {
 public:
  MigrationUnderWay(store::Store& store, const record::Dataset& next)
      : migrated_(std::async(std::launch::async, [this, &store, &next] {
          return migrate_tables(store, next, [this](auto values) {
            begun_.count_down();
            go_on_.wait();
            return fmt::format("{}\t{}\t{}\thaidian", *values[0], *values[1], *values[2]);
          });
        })) {
    begun_.wait();
  }
  store::Result<store::MigrationReport> end() {
    go_on_.count_down();
    return migrated_.get();
  }

 private:
  std::latch begun_{1};
  std::latch go_on_{1};
  std::future<store::Result<store::MigrationReport>> migrated_;
};

class StorePostgresqlMigratingTest : public StorePostgresqlTest {
 protected:
  StorePostgresqlMigratingTest() {
    next_.schema.fields.push_back({.name = "district"});
    EXPECT_TRUE(store_->prepare(dataset_));
    EXPECT_TRUE(store_->prepare(other_));
    EXPECT_TRUE(apply(*store_, dataset_, enterprise("a")));
  }
  Sent enterprise(const std::string& code) {
    return stream_.batch(dataset_, {upsert({code, "name", "1"})});
  }
  record::Receipt hold(const Sent& sent) {
    const auto held = store_->hold({sent.manifest, sent.batch, "its tables are being migrated"},
                                   receipt_maker(sent.manifest, sent.batch));
    EXPECT_TRUE(held) << record::to_string(held.error());
    return held ? receipt_of(*held) : record::Receipt{};
  }
  // As whoever has `dataset` for a schema applies what was made under that of before.
  static store::Result<record::SignedReceipt> settle(store::Store& store,
                                                     const record::Dataset& dataset,
                                                     const Sent& sent,
                                                     const store::LineConverter* turn = nullptr) {
    const auto held =
        store.find_held(store::NumberOfStream{sent.manifest.stream, sent.manifest.sequence});
    EXPECT_TRUE(held && *held);
    const auto checker = checker_of(dataset);
    return store.apply({.manifest = sent.manifest,
                        .batch = sent.batch,
                        .dataset = dataset,
                        .checker = checker,
                        .settles = held.value().value().id,
                        .turn = turn},
                       receipt_maker(sent.manifest, sent.batch));
  }
  std::vector<std::string> outcomes_in_ledger() {
    std::vector<std::string> all;
    EXPECT_TRUE(store_->walk({}, [&](const store::LedgerEntry& entry, const auto&) {
      all.push_back(
          fmt::format("{} {} {}", entry.sequence.value, entry.dataset.str(), entry.outcome));
      return true;
    }));
    return all;
  }

  record::Dataset next_ = dataset_;
  record::Dataset other_ = DatasetBuilder("permit", "park").field("code").build();
  std::unique_ptr<store::Store> store_ = open();
};

TEST_F(StorePostgresqlMigratingTest, ABatchIsHeldMeanwhileAndItsStreamGoesOnAndItIsTurnedLater) {
  auto migrator = open();
  MigrationUnderWay migration(*migrator, next_);
  const Sent late = enterprise("b");
  const auto refused = apply(*store_, dataset_, late);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, store::StoreProblem::being_migrated);
  EXPECT_THAT(refused.error().sentence, HasSubstr("sluice dataset migrate"));
  EXPECT_EQ(open()->prepare(dataset_).error().code, store::StoreProblem::being_migrated)
      << "nor by who has not prepared it yet";
  EXPECT_EQ(open()->prepare(next_).error().code, store::StoreProblem::being_migrated);
  EXPECT_EQ(hold(late).outcome, record::Outcome::held);
  const auto behind = apply(*store_, other_, stream_.batch(other_, {upsert({"p"})}));
  ASSERT_TRUE(behind) << record::to_string(behind.error());

  const auto migrated = migration.end();
  ASSERT_TRUE(migrated && migrated->entry);
  EXPECT_LT(migrated->entry->id, store_->held()->front().first) << "the migration came first";
  EXPECT_EQ(ask("SELECT string_agg(code, ' ' ORDER BY code) FROM data.enterprise"), "a");
  EXPECT_FALSE(settle(*store_, dataset_, late)) << "under the schema of before";

  auto renewed = open();
  ASSERT_TRUE(renewed->prepare(next_));
  std::string turned;
  const store::LineConverter turn = [&](std::string_view line) -> std::string_view {
    return turned = std::string(line) + "\tchaoyang";
  };
  const auto settled = settle(*renewed, next_, late, &turn);
  ASSERT_TRUE(settled) << record::to_string(settled.error());
  EXPECT_GT(receipt_of(*settled).at, migrated->entry->applied_at);
  EXPECT_EQ(
      ask("SELECT string_agg(code || ' ' || district, ', ' ORDER BY code) FROM data.enterprise"),
      "a haidian, b chaoyang");
  EXPECT_THAT(outcomes_in_ledger(), ElementsAre("1 enterprise accepted", "2 enterprise held",
                                                "3 permit accepted", "2 enterprise accepted"));
}

// Ctrl-C, a record that does not fit: the dataset is what it was.
TEST_F(StorePostgresqlMigratingTest, WhatWasHeldIsAppliedAsItIsWhereTheMigrationCameToNothing) {
  auto migrator = open();
  record::Dataset strict = next_;
  strict.schema.fields[3].constraints.max_length = 1;
  MigrationUnderWay migration(*migrator, strict);
  const Sent late = enterprise("b");
  EXPECT_EQ(hold(late).outcome, record::Outcome::held);
  const auto migrated = migration.end();
  ASSERT_TRUE(migrated);
  EXPECT_FALSE(migrated->entry);
  EXPECT_THAT(migrated->unfit, SizeIs(1));
  EXPECT_TRUE(settle(*store_, dataset_, late));
  EXPECT_EQ(ask("SELECT string_agg(code, ' ' ORDER BY code) FROM data.enterprise"), "a b");
}

// As who lost the connection at the commit asks over another one.
TEST_F(StorePostgresqlMigratingTest, WhatIsNotCommittedYetIsWaitedForAndThenTold) {
  auto migrator = open();
  auto asker = open();
  MigrationUnderWay migration(*migrator, next_);
  EXPECT_THAT(asker->migrations().of(dataset_.id).value(), IsEmpty());
  const auto too_soon =
      asker->migrations().last_settled(dataset_.id, std::chrono::milliseconds(50));
  ASSERT_FALSE(too_soon);
  EXPECT_EQ(too_soon.error().code, store::StoreProblem::being_migrated);
  auto asked = std::async(std::launch::async, [&] {
    return asker->migrations().last_settled(dataset_.id, std::chrono::minutes(5));
  });
  while (ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") != "1")
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  const auto migrated = migration.end();
  ASSERT_TRUE(migrated && migrated->entry);
  const auto last = asked.get();
  ASSERT_TRUE(last) << record::to_string(last.error());
  ASSERT_TRUE(*last);
  EXPECT_EQ((*last)->statement.json, migrated->entry->statement.json);
  // It stands in nobody's way afterwards.
  EXPECT_TRUE(asker->prepare(next_));
}

TEST_F(StorePostgresqlMigratingTest, WhatCameToNothingIsToldAsNoMigration) {
  auto migrator = open();
  record::Dataset strict = next_;
  strict.schema.fields[3].constraints.max_length = 1;
  MigrationUnderWay migration(*migrator, strict);
  EXPECT_TRUE(migration.end());
  const auto last = store_->migrations().last_settled(dataset_.id, std::chrono::minutes(5));
  ASSERT_TRUE(last) << record::to_string(last.error());
  EXPECT_FALSE(*last);
}

// Its turn comes when who reads is done; until then batches behind it would wait with it.
TEST_F(StorePostgresqlMigratingTest, AMigrationThatWaitsForItsTurnKeepsNoBatchWaiting) {
  auto migrator = open();
  auto reader = open();
  std::future<store::Result<store::MigrationReport>> migrated;
  EXPECT_TRUE(reader->read_versions(dataset_, [&](const store::StoredVersion&) {
    migrated = std::async(std::launch::async, [&] {
      return migrate_tables(*migrator, next_, [](auto values) {
        return fmt::format("{}\t{}\t{}\thaidian", *values[0], *values[1], *values[2]);
      });
    });
    while (ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") != "1")
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    const auto refused = apply(*store_, dataset_, enterprise("b"));
    EXPECT_FALSE(refused);
    EXPECT_EQ(refused.error().code, store::StoreProblem::being_migrated);
    return true;
  }));
  EXPECT_TRUE(migrated.get());
}

}  // namespace
}  // namespace sluice::test
