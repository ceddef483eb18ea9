// Batches that are entered as held, and what settles them: a store holds one dataset and goes on
// with the others.
#include <gmock/gmock.h>

#include "conformance/store_fixture.h"

namespace sluice::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

record::Dataset permits() {
  return DatasetBuilder("permit", "park").field("code").field("name").max_length(5).build();
}

class StoreHeldTest : public StoreSuite {
 protected:
  record::Receipt hold(const Sent& sent, const std::string& reason = "its schema is not here") {
    const auto entered =
        store_->hold({sent.manifest, sent.batch, reason}, receipt_maker(sent.manifest, sent.batch));
    EXPECT_TRUE(entered) << record::to_string(entered.error());
    return entered ? receipt_of(*entered) : record::Receipt{};
  }
  Sent hold_next(const std::vector<std::string>& lines) {
    Sent sent = stream_.batch(permits(), lines);
    EXPECT_EQ(hold(sent).outcome, record::Outcome::held);
    return sent;
  }
  std::int64_t id_of(const Sent& sent) {
    const auto found =
        store_->find_held(store::NumberOfStream{sent.manifest.stream, sent.manifest.sequence});
    EXPECT_TRUE(found) << record::to_string(found.error());
    return found && *found ? (*found)->id : 0;
  }
  std::optional<store::HeldBatch> first() {
    const auto found =
        store_->find_held(store::FirstOfDataset{record::BureauId("park"), permits().id});
    EXPECT_TRUE(found) << record::to_string(found.error());
    return found ? *found : std::nullopt;
  }
  store::Result<record::SignedReceipt> settle(const Sent& sent, std::int64_t id) {
    const record::Dataset dataset = permits();
    const record::RecordChecker checker = checker_of(dataset);
    return store_->apply({sent.manifest, sent.batch, dataset, checker, id},
                         receipt_maker(sent.manifest, sent.batch));
  }
  record::Receipt receipt_now(const Sent& sent) {
    const auto found = store_->receipt(sent.manifest.stream, sent.manifest.sequence);
    EXPECT_TRUE(found && *found);
    return found && *found ? receipt_of(**found) : record::Receipt{};
  }
  std::vector<std::string> walked(const store::Extent& extent = {}) {
    std::vector<std::string> all;
    EXPECT_TRUE(store_->walk(extent, [&](const store::LedgerEntry& entry, const auto& batch) {
      all.push_back(std::to_string(entry.id) + " batch " + std::to_string(entry.sequence.value) +
                    " " + entry.outcome +
                    (entry.settles == 0 ? "" : " settles " + std::to_string(entry.settles)));
      EXPECT_EQ(record::sha256(batch.manifest), entry.manifest);
      EXPECT_FALSE(batch.payload.empty());
      return true;
    }));
    return all;
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, StoreHeldTest, ::testing::ValuesIn(store_kinds()), kind_name);

TEST_P(StoreHeldTest, AHeldBatchMovesTheHeadAndBringsNoRowAndTheOthersGoOn) {
  prepare(enterprises());
  const Sent held = stream_.batch(permits(), {upsert({"p", "one"})});
  const auto receipt = hold(held, "not known here");
  EXPECT_EQ(receipt.outcome, record::Outcome::held);
  EXPECT_EQ(receipt.reason, "not known here");
  EXPECT_EQ(receipt.rows, outcomes(0, 0, 0, 0, 0));
  EXPECT_EQ(store_->head(stream_.id()).value(), stream_.head());
  EXPECT_EQ(apply(enterprises(), {upsert({"a", "Alpha", "1"})}).rows, outcomes(1, 0, 0, 0, 0));
  EXPECT_EQ(record::to_json(hold(held)), record::to_json(receipt)) << "sent again";
  const auto listed = store_->held().value();
  ASSERT_THAT(listed, SizeIs(1));
  EXPECT_EQ(listed[0].bureau, record::BureauId("park"));
  EXPECT_EQ(listed[0].dataset, permits().id);
  EXPECT_EQ(listed[0].batches, 1U);
  EXPECT_EQ(listed[0].first, 1);
  EXPECT_EQ(receipt_of(listed[0].receipt).reason, "not known here");
  EXPECT_EQ(listed[0].since, receipt.at);
}

TEST_P(StoreHeldTest, WhatSettlesItIsAnotherEntryWithTheRowsAndTheReceiptThatIsNowTheBatchs) {
  const Sent held = hold_next({upsert({"p", "one"}), upsert({"q", "much too long"})});
  prepare(permits());
  const auto found = first();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->batch.payload, held.batch.payload);
  const auto settled = settle(held, found->id);
  ASSERT_TRUE(settled) << record::to_string(settled.error());
  EXPECT_EQ(receipt_of(*settled).outcome, record::Outcome::accepted);
  EXPECT_EQ(receipt_of(*settled).rows, outcomes(1, 0, 0, 0, 1));
  EXPECT_EQ(receipt_now(held).outcome, record::Outcome::accepted);
  EXPECT_THAT(records(permits()), ElementsAre(columns({"p", "one"})));
  EXPECT_THAT(store_->held().value(), IsEmpty());
  EXPECT_EQ(store_->head(stream_.id()).value(), stream_.head());
  EXPECT_THAT(walked(), ElementsAre("1 batch 1 held", "2 batch 1 accepted settles 1"));
  EXPECT_EQ(settle(held, found->id)->json, settled->json) << "once";
  // Its rows are of the entry that brought them.
  EXPECT_THAT(home_->query("SELECT sluice_batch FROM " + home_->table("data", "permit")),
              ElementsAre("2"));
  const auto activity = store_->activity(permits().id, {}, std::chrono::hours(1'000'000)).value();
  ASSERT_TRUE(activity.newest);
  EXPECT_TRUE(activity.newest->took);
  // The stream goes on behind it, later than it.
  EXPECT_EQ(apply(permits(), {upsert({"p", "two"})}).rows, outcomes(0, 1, 0, 0, 0));
}

TEST_P(StoreHeldTest, OfADatasetTheFirstIsAppliedFirstAndNoneBehindOneThatIsHeld) {
  const Sent one = hold_next({upsert({"p", "one"})});
  const Sent two = hold_next({upsert({"p", "two"})});
  prepare(permits());
  EXPECT_EQ(refusal(permits(), stream_.stray(permits(), {upsert({"p", "3"})}, stream_.head())),
            store::StoreProblem::behind_held);
  EXPECT_EQ(settle(two, id_of(two)).error().code, store::StoreProblem::behind_held);
  EXPECT_TRUE(settle(one, id_of(one)));
  EXPECT_TRUE(settle(two, id_of(two)));
  EXPECT_EQ(apply(permits(), {upsert({"p", "three"})}).rows, outcomes(0, 1, 0, 0, 0));
  EXPECT_THAT(walked(),
              ElementsAre("1 batch 1 held", "2 batch 2 held", "3 batch 1 accepted settles 1",
                          "4 batch 2 accepted settles 2", "5 batch 3 accepted"));
  EXPECT_THAT(walked({.bureau = record::BureauId("park")}),
              ElementsAre("1 batch 1 held", "3 batch 1 accepted settles 1", "2 batch 2 held",
                          "4 batch 2 accepted settles 2", "5 batch 3 accepted"));
  EXPECT_THAT(home_->query("SELECT name FROM " + home_->table("history", "permit") +
                           " ORDER BY sluice_batch_from"),
              ElementsAre("one", "two"));
}

TEST_P(StoreHeldTest, AHeldBatchThatIsReleasedIsRejectedWholeAndTheNextIsTheFirst) {
  const Sent one = hold_next({upsert({"p", "one"})});
  const Sent two = hold_next({upsert({"q", "two"})});
  const std::string reason = "the bureau sends it anew";
  const auto release = [&] {
    return store_->reject({one.manifest, one.batch, reason, id_of(one) == 0 ? 1 : id_of(one)},
                          receipt_maker(one.manifest, one.batch));
  };
  const auto released = release();
  ASSERT_TRUE(released) << record::to_string(released.error());
  EXPECT_EQ(receipt_now(one).outcome, record::Outcome::rejected);
  EXPECT_EQ(receipt_now(one).reason, reason);
  EXPECT_EQ(receipt_now(one).rows, outcomes(0, 0, 0, 0, 1));
  EXPECT_EQ(release()->json, released->json) << "once";
  EXPECT_EQ(first()->id, id_of(two));
  prepare(permits());
  EXPECT_TRUE(settle(two, id_of(two)));
  EXPECT_THAT(records(permits()), ElementsAre(columns({"q", "two"})));
}

TEST_P(StoreHeldTest, AStreamInANewEpochLeavesWhatWasHeldBeforeInFront) {
  const Sent before = hold_next({upsert({"p", "one"})});
  stream_ = TestStream("park", 2000);
  prepare(permits());
  const Sent anew = stream_.batch(permits(), {upsert({"p", "two"})});
  EXPECT_EQ(refusal(permits(), anew), store::StoreProblem::behind_held);
  EXPECT_TRUE(settle(before, id_of(before)));
  EXPECT_EQ(apply(permits(), anew).rows, outcomes(0, 1, 0, 0, 0));
  EXPECT_EQ(store_->head(stream_.id()).value(), stream_.head());
}

TEST_P(StoreHeldTest, AMomentHasWhatWasSettledByThen) {
  const Sent held = hold_next({upsert({"p", "one"})});
  prepare(permits());
  const record::Time before = clock_.last();
  EXPECT_TRUE(settle(held, id_of(held)));
  EXPECT_THAT(records(permits(), before), IsEmpty());
  EXPECT_THAT(records(permits(), clock_.last()), ElementsAre(columns({"p", "one"})));
}

TEST_P(StoreHeldTest, NothingIsSettledThatIsNotHeld) {
  prepare(permits());
  apply(permits(), {upsert({"p", "one"})});
  const Sent next = stream_.stray(permits(), {upsert({"q", "two"})}, stream_.head());
  EXPECT_EQ(settle(next, 1).error().code, store::StoreProblem::failed);
  EXPECT_EQ(store_->head(stream_.id()).value(), stream_.head());
}

// The tables of before, with a ledger in them.
TEST_P(StoreHeldTest, AStoreOfFormatOneIsBroughtToThisOneWithAllThatItHas) {
  store_ = home_->open(clock_, {7}).value();
  prepare(enterprises());
  apply(enterprises(), {upsert({"a", "Alpha", "1"})});
  apply(enterprises(), {upsert({"a", "Beta", "1"})});
  const auto before = walked();
  store_.reset();
  home_->make_format_1();
  store_ = home_->open(clock_, {7}).value();
  EXPECT_EQ(walked(), before);
  prepare(enterprises());
  EXPECT_EQ(apply(enterprises(), {upsert({"a", "Gamma", "1"})}).rows, outcomes(0, 1, 0, 0, 0));
  const Sent held = hold_next({upsert({"p", "one"})});
  prepare(permits());
  EXPECT_TRUE(settle(held, id_of(held)));
  EXPECT_THAT(walked(), SizeIs(5));
  EXPECT_TRUE(home_->open(clock_, {7})) << "and once more";
  EXPECT_FALSE(home_->open(clock_, {8}) && home_->open(clock_, {8}).value()->streams())
      << "it is the same store";
}

}  // namespace
}  // namespace sluice::test
