// Checkpoints of the ledger: what they cover, and what begins another line of them.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "conformance/store_fixture.h"
#include "store/checkpoint.h"

namespace sluice::test {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class StoreCheckpointsTest : public StoreSuite {
 protected:
  void SetUp() override {
    StoreSuite::SetUp();
    prepare(dataset_);
  }
  void apply_batches(int count) {
    for (int i = 0; i < count; ++i)
      apply(dataset_, {upsert({"a", "Alpha " + std::to_string(++applied_), "1"})});
  }
  static store::CheckpointStep make(store::Store& store) {
    const auto step = store.checkpoints().make();
    EXPECT_TRUE(step) << record::to_string(step.error());
    return step.value_or(store::CheckpointStep{});
  }
  store::CheckpointStep make() { return make(*store_); }
  std::vector<store::CheckpointLine> lines() { return store_->checkpoints().lines().value(); }
  // As somebody makes it who has the ledger, and nothing else of ours.
  record::Digest digest_up_to(std::int64_t id) {
    record::Digest digest;
    const auto walked = store_->walk({}, [&](const store::LedgerEntry& entry, const auto&) {
      if (entry.id > id) return false;
      digest =
          record::sha256(fmt::format("{}\nbatch {} {} {} {} {} {}\n", record::to_string(digest),
                                     entry.id, entry.stream.bureau.str(), entry.stream.epoch.value,
                                     entry.sequence.value, record::to_string(entry.manifest),
                                     record::to_string(record::sha256(entry.receipt.json))));
      return true;
    });
    EXPECT_TRUE(walked);
    return digest;
  }
  // A table of the store's own.
  std::string own(const std::string& table) {
    return (GetParam().name == "postgresql" ? "sluice." : "") + table;
  }

  record::Dataset dataset_ = enterprises();
  int applied_ = 0;
};
INSTANTIATE_TEST_SUITE_P(Stores, StoreCheckpointsTest, ::testing::ValuesIn(store_kinds()),
                         kind_name);

TEST_P(StoreCheckpointsTest, ACheckpointCoversEveryEntryUpToTheLast) {
  apply_batches(3);
  const auto first = make();
  ASSERT_TRUE(first.is_made && first.newest);
  EXPECT_EQ(first.newest->number, 1U);
  EXPECT_EQ(first.newest->ledger, 3);
  EXPECT_EQ(first.newest->digest, digest_up_to(3));
  apply_batches(9);
  const auto second = make();
  ASSERT_TRUE(second.newest);
  EXPECT_EQ(*second.newest, (record::Checkpoint{first.newest->line, 2, 12, digest_up_to(12)}))
      << "in the order of numbers, of which 9 is before 10";
  const auto kept = store_->checkpoints().list(first.newest->line, 1, 10).value();
  ASSERT_THAT(kept, SizeIs(2));
  EXPECT_EQ(kept[0].checkpoint, *first.newest);
  EXPECT_EQ(kept[1].checkpoint, *second.newest);
  EXPECT_GT(kept[1].made_at, kept[0].made_at);
  EXPECT_THAT(store_->checkpoints().list(first.newest->line, 2, 10).value(), SizeIs(1));
  EXPECT_EQ(store_->checkpoints().last(first.newest->line).value(), second.newest);
}

TEST_P(StoreCheckpointsTest, NoneIsMadeWhereNothingIsNew) {
  apply_batches(1);
  const auto first = make();
  const auto again = make();
  EXPECT_FALSE(again.is_made || again.is_more || again.begun);
  EXPECT_EQ(again.newest, first.newest);
  EXPECT_EQ(make(*home_->open(clock_)).newest, first.newest) << "after a restart";
}

TEST_P(StoreCheckpointsTest, AnEmptyLedgerHasALineAndNoCheckpoint) {
  const auto step = make();
  EXPECT_FALSE(step.is_made || step.newest);
  ASSERT_TRUE(step.begun);
  EXPECT_TRUE(record::is_checkpoint_line(step.begun->name));
  EXPECT_EQ(step.begun->after, record::Checkpoint{});
  EXPECT_EQ(step.begun->incarnation, store_->incarnation().value());
  EXPECT_EQ(lines(), std::vector{*step.begun});
}

// As in a store that was made before there were any.
TEST_P(StoreCheckpointsTest, WhoLooksMakesNothing) {
  EXPECT_THAT(lines(), IsEmpty());
  EXPECT_THAT(store_->checkpoints().list("0123456789abcdef", 1, 10).value(), IsEmpty());
  EXPECT_FALSE(store_->checkpoints().last("0123456789abcdef").value());
  EXPECT_EQ(home_->query(GetParam().name == "postgresql"
                             ? "SELECT count(*) FROM pg_class WHERE relname LIKE 'checkpoint%'"
                             : "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'checkpoint%'"),
            std::vector<std::string>{"0"});
  apply_batches(2);
  EXPECT_EQ(make().newest->ledger, 2) << "all that was there before";
}

TEST_P(StoreCheckpointsTest, AnotherIncarnationBeginsALineAfterWhatIsLeft) {
  apply_batches(2);
  const auto before = make();
  home_->query(fmt::format("UPDATE {} SET incarnation = 'what it was' RETURNING name",
                           own("checkpoint_line")));
  const auto step = make();
  EXPECT_FALSE(step.is_made) << "nothing is new";
  ASSERT_TRUE(step.begun);
  EXPECT_NE(step.begun->name, before.newest->line);
  EXPECT_EQ(step.begun->after, *before.newest);
  EXPECT_EQ(step.newest, before.newest);
  EXPECT_THAT(lines(), SizeIs(2));
  apply_batches(1);
  const auto next = make();
  EXPECT_EQ(*next.newest, (record::Checkpoint{step.begun->name, 1, 3, digest_up_to(3)}))
      << "the chain goes on";
}

TEST_P(StoreCheckpointsTest, SeveralCentersMakeOneLineTogether) {
  const auto other = home_->open(clock_);
  apply_batches(1);
  const auto first = make();
  EXPECT_EQ(make(*other).newest, first.newest);
  apply_batches(1);
  const auto second = make(*other);
  EXPECT_EQ(second.newest->number, 2U);
  EXPECT_EQ(second.newest->line, first.newest->line);
  EXPECT_EQ(make().newest, second.newest);
}

// A ledger that has grown without any: a step is short whatever there is.
TEST_P(StoreCheckpointsTest, ALongLedgerIsCoveredInSteps) {
  apply_batches(1);
  const bool is_server = GetParam().name == "postgresql";
  home_->query(fmt::format(
      "{} INSERT INTO {}(bureau, epoch, sequence, dataset, manifest, outcome, inserted, updated, "
      "unchanged, deleted, rejected, applied_at, receipt, receipt_signature, settles) "
      "SELECT bureau, epoch, n, dataset, manifest, outcome, inserted, updated, unchanged, deleted, "
      "rejected, applied_at, receipt, receipt_signature, settles FROM {}, {} RETURNING id",
      is_server ? ""
                : "WITH RECURSIVE many(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM many "
                  "WHERE n < 5000)",
      own("ledger"), own("ledger"), is_server ? "generate_series(2, 5000) n" : "many"));
  int steps = 1;
  auto step = make();
  for (; step.is_more; ++steps)
    step = make();
  EXPECT_EQ(steps, 3);
  EXPECT_EQ(step.newest->number, 3U);
  EXPECT_EQ(step.newest->ledger, 5000);
}

TEST_P(StoreCheckpointsTest, TheIdsOfANumberedStoreAreWhole) {
  const auto home = GetParam().make();
  const auto numbered = home->open(clock_, {30'000}).value();
  ASSERT_TRUE(numbered->prepare(dataset_));
  ASSERT_TRUE(test::apply(*numbered, dataset_, stream_.batch(dataset_, {upsert({"a", "A", "1"})})));
  EXPECT_EQ(make(*numbered).newest->ledger, (std::int64_t{30'000} << 48) + 1);
}

}  // namespace
}  // namespace sluice::test
