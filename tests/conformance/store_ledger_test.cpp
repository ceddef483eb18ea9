// The ledger as it is looked into: a receipt, a walk.
#include <gmock/gmock.h>

#include "conformance/store_fixture.h"

namespace sluice::test {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class StoreLedgerTest : public StoreSuite {
 protected:
  // "park 1", "portal 1" …
  std::vector<std::string> walked(const store::Extent& extent) {
    std::vector<std::string> batches;
    const auto walked =
        store_->walk(extent, [&](const store::LedgerEntry& entry, const record::Batch& batch) {
          EXPECT_EQ(batch.payload.empty(), extent.payloads == store::Extent::Payloads::left_out);
          batches.push_back(entry.stream.bureau.str() + " " + std::to_string(entry.sequence.value));
          return true;
        });
    EXPECT_TRUE(walked) << record::to_string(walked.error());
    return batches;
  }
  std::optional<record::SignedReceipt> receipt(const record::StreamId& stream,
                                               std::uint64_t sequence) {
    const auto found = store_->receipt(stream, {sequence});
    EXPECT_TRUE(found) << record::to_string(found.error());
    return found ? *found : std::nullopt;
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, StoreLedgerTest, ::testing::ValuesIn(store_kinds()), kind_name);

TEST_P(StoreLedgerTest, ReceiptIsFoundByStreamAndNumber) {
  const auto dataset = enterprises();
  prepare(dataset);
  const Sent sent = stream_.batch(dataset, {upsert({"a", "Alpha", "1"})});
  const auto given = test::apply(*store_, dataset, sent);
  ASSERT_TRUE(given);
  const auto found = receipt(stream_.id(), 1);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->json, given->json);
  EXPECT_EQ(found->signature, given->signature);
  EXPECT_FALSE(receipt(stream_.id(), 2));
  EXPECT_FALSE(receipt({stream_.id().bureau, {999}}, 1));
  EXPECT_FALSE(receipt({record::BureauId("portal"), stream_.id().epoch}, 1));
}

TEST_P(StoreLedgerTest, AnIncarnationStaysWhileNothingHappensToTheStore) {
  const auto first = store_->incarnation();
  ASSERT_TRUE(first) << record::to_string(first.error());
  EXPECT_THAT(*first, HasSubstr("-"));
  const auto dataset = enterprises();
  prepare(dataset);
  apply(dataset, {upsert({"a", "Alpha", "1"})});
  EXPECT_EQ(store_->incarnation().value(), *first);
  EXPECT_EQ(home_->open(clock_)->incarnation().value(), *first);
}

TEST_P(StoreLedgerTest, WalkIsInTheOrderOfIdsWhateverItIsOf) {
  const auto dataset = enterprises();
  const auto other = DatasetBuilder("person", "portal").field("code").build();
  TestStream portal("portal");
  prepare(dataset);
  prepare(other);
  apply(dataset, {upsert({"a", "Alpha", "1"})});
  apply(other, portal.batch(other, {upsert({"x"})}));
  apply(dataset, {upsert({"b", "Beta", "1"})});
  stream_ = TestStream("park", 2000);  // a new epoch, of smaller numbers
  apply(dataset, {upsert({"c", "Gamma", "1"})});
  using enum store::Extent::Payloads;
  EXPECT_THAT(walked({}), ElementsAre("park 1", "portal 1", "park 2", "park 1"));
  EXPECT_THAT(walked({.after = 1, .payloads = left_out}),
              ElementsAre("portal 1", "park 2", "park 1"));
  EXPECT_THAT(walked({.bureau = record::BureauId("park")}),
              ElementsAre("park 1", "park 2", "park 1"));
  EXPECT_THAT(walked({.bureau = record::BureauId("park"), .sequence = record::Sequence{2}}),
              ElementsAre("park 2"));
  EXPECT_THAT(walked({.sequence = record::Sequence{1}}),
              ElementsAre("park 1", "portal 1", "park 1"));
}

TEST_P(StoreLedgerTest, WhatAnEpochsFirstBatchSaysOfTheOneBeforeIsKeptAsItWasSigned) {
  const auto dataset = enterprises();
  prepare(dataset);
  apply(dataset, {upsert({"a", "Alpha", "1"})});
  stream_ = TestStream("park", 2000);
  Sent first = stream_.batch(dataset, {upsert({"b", "Beta", "1"})});
  first.manifest.follows = record::Predecessor{.epoch = {1000},
                                               .sequence = {1},
                                               .numbered = {3},
                                               .lost = 2,
                                               .reason = record::EpochReason::center_restored};
  first.batch.manifest = record::to_json(first.manifest);
  apply(dataset, first);
  std::string archived;
  ASSERT_TRUE(
      store_->walk({.after = 1}, [&](const store::LedgerEntry&, const record::Batch& batch) {
        archived = batch.manifest;
        return true;
      }));
  EXPECT_EQ(archived, first.batch.manifest);
  EXPECT_EQ(record::parse_manifest(archived)->follows, first.manifest.follows);
}

TEST_P(StoreLedgerTest, WalkOfABureauGoesByTheLedgersUniqueIndexAndSortsNothing) {
  prepare(enterprises());
  for (const auto sequence :
       {std::optional<record::Sequence>(), std::optional(record::Sequence{1})}) {
    const std::string plan =
        home_->plan_of_walk({.bureau = record::BureauId("park"), .sequence = sequence});
    EXPECT_THAT(plan, AnyOf(HasSubstr("SEARCH l USING INDEX sqlite_autoindex_ledger"),
                            HasSubstr("ledger_bureau_epoch_sequence_settles_key")))
        << plan;
    EXPECT_THAT(plan, Not(AnyOf(HasSubstr("SCAN"), HasSubstr("Seq Scan"), HasSubstr("Sort"),
                                HasSubstr("TEMP B-TREE FOR ORDER BY"))))
        << plan;
    // Of one number there are two at most: a batch that was held, and what settles it.
    if (!sequence) {
      EXPECT_THAT(plan, Not(HasSubstr("TEMP B-TREE"))) << plan;
    }
  }
  EXPECT_THAT(home_->plan_of_walk({.after = 7}),
              Not(AnyOf(HasSubstr("Seq Scan"), HasSubstr("Sort"), HasSubstr("TEMP B-TREE"))));
}

}  // namespace
}  // namespace sluice::test
