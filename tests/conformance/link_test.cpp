#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/link_suite.h"
#include "record/verified_receipt.h"
#include "unit/link/source.h"

namespace sluice::link::conformance {
namespace {

using test::carry_one;
using test::Source;
using testing::ElementsAre;

std::vector<record::Batch> batches(Far& far, int count) {
  std::vector<record::Batch> all;
  for (int i = 1; i <= count; ++i)
    all.push_back(far.batch("key" + std::to_string(all.size()) + "-" + std::to_string(count)));
  return all;
}

TEST_P(LinkConformance, BringsTheReceiptThatTheCenterSigned) {
  const auto far = GetParam().open();
  const auto link = far->connect();
  const record::Batch batch = far->batch("A");
  const auto receipt = carry_one(*link, batch);
  EXPECT_TRUE(record::verify(receipt, far->verifier(), far->now()));
  const auto said = record::parse_receipt(receipt.json).value();
  EXPECT_EQ(said.manifest, record::sha256(batch.manifest));
  EXPECT_EQ(said.outcome, record::Outcome::accepted);
  EXPECT_EQ(said.rows.inserted.value, 1U);
}

TEST_P(LinkConformance, BringsTheSameReceiptForABatchThatIsCarriedAgain) {
  const auto far = GetParam().open();
  const record::Batch batch = far->batch("A");
  const auto first = carry_one(*far->connect(), batch);
  const auto link = far->connect();
  for (int i = 0; i < 2; ++i) {
    const auto again = carry_one(*link, batch);
    EXPECT_EQ(again.json, first.json);
    EXPECT_EQ(again.signature, first.signature);
  }
}

TEST_P(LinkConformance, TellsWhereTheLedgerStandsWithAStreamAndItsBureau) {
  const auto far = GetParam().open();
  const auto link = far->connect();
  const record::Batch batch = far->batch("A");
  const record::StreamId stream = record::parse_manifest(batch.manifest)->stream;
  const auto place = [&](const record::StreamId& asked) {
    auto told = link->place(asked, {});
    EXPECT_TRUE(told) << record::to_string(told.error());
    return told.value_or(journal::LedgerPlace{});
  };
  EXPECT_EQ(place(stream).latest.value, 0U);
  EXPECT_EQ(place(stream).head.sequence.value, 0U);
  static_cast<void>(carry_one(*link, batch));
  EXPECT_EQ(place(stream).head, (record::ChainHead{{1}, record::sha256(batch.manifest)}));
  EXPECT_EQ(place(stream).latest, stream.epoch);
  const record::StreamId later{stream.bureau, {stream.epoch.value + 1}};
  EXPECT_EQ(place(later).head.sequence.value, 0U);
  EXPECT_EQ(place(later).latest, stream.epoch);
  EXPECT_EQ(place(later).latest_sequence.value, 1U);
  far->set_store_available(false);
  const auto away = link->place(stream, {});
  ASSERT_FALSE(away);
  EXPECT_EQ(away.error().code, LinkProblem::unavailable);
}

TEST_P(LinkConformance, TellsOfACenterThatStandsBeforeAndCarriesAgainWhatItLacks) {
  const auto far = GetParam().open();
  const auto link = far->connect();
  const auto all = batches(*far, 4);
  Source source(all);
  source.ready = 1;
  ASSERT_TRUE(link->carry(source, {}));
  far->keep_store();
  source.ready = 3;
  ASSERT_TRUE(link->carry(source, {}));
  far->put_store_back();
  // Whatever the link knew of the center before.
  source.ready = 4;
  const auto refused = link->carry(source, {});
  ASSERT_FALSE(refused) << "the fourth does not follow on the first";
  const record::StreamId stream = record::parse_manifest(all[0].manifest)->stream;
  const auto place = link->place(stream, {});
  ASSERT_TRUE(place) << record::to_string(place.error());
  EXPECT_EQ(place->head, (record::ChainHead{{1}, record::sha256(all[0].manifest)}));
  Source again({all[1], all[2], all[3]});
  const auto carried = link->carry(again, {});
  ASSERT_TRUE(carried) << record::to_string(carried.error());
  EXPECT_THAT(again.receipted(), ElementsAre(2, 3, 4));
  for (const auto& receipt : again.receipts) {
    EXPECT_EQ(record::parse_receipt(receipt.json).value().rows.inserted.value, 1U) << receipt.json;
  }
}

TEST_P(LinkConformance, SaysThatTheStoreIsAnotherOneThoughItTakesTheNextBatch) {
  const auto far = GetParam().open();
  const auto link = far->connect();
  const auto all = batches(*far, 3);
  Source source(all);
  source.ready = 1;
  const record::StreamId stream = record::parse_manifest(all[0].manifest)->stream;
  const auto before = link->place(stream, {});
  ASSERT_TRUE(link->carry(source, {}));
  far->keep_store();
  far->put_store_back();
  source.ready = 2;
  const auto noticed = link->carry(source, {});
  ASSERT_FALSE(noticed);
  EXPECT_EQ(noticed.error().code, LinkProblem::unavailable);
  EXPECT_THAT(source.receipted(), ElementsAre(1, 2)) << "its receipt is good all the same";
  const auto after = link->place(stream, {});
  ASSERT_TRUE(before && after);
  EXPECT_NE(after->store, before->store);
  source.ready = 3;
  EXPECT_TRUE(link->carry(source, {})) << "once is enough";
}

TEST_P(LinkConformance, CarriesNothingWhereThereIsNothing) {
  const auto far = GetParam().open();
  Source source({});
  EXPECT_TRUE(far->connect()->carry(source, {}));
}

TEST_P(LinkConformance, KeepsTheOrderOfAStreamWithManyBatchesUnderWay) {
  const auto far = GetParam().open();
  const auto link = far->connect();
  Source source(batches(*far, 25));
  const auto carried = link->carry(source, {});
  ASSERT_TRUE(carried) << record::to_string(carried.error());
  std::vector<std::uint64_t> all(25);
  std::iota(all.begin(), all.end(), 1);
  EXPECT_EQ(source.receipted(), all);
  EXPECT_EQ(source.given, 25U) << "none was carried twice";
}

TEST_P(LinkConformance, CarriesOnOverTheSameLinkWhatBecomesReadyLater) {
  const auto far = GetParam().open();
  const auto link = far->connect();
  Source source(batches(*far, 6));
  source.ready = 2;
  // While the last ones are under way, and after all were back.
  source.on_receipt = [&] {
    if (source.receipts.size() == 2) source.ready = 4;
  };
  ASSERT_TRUE(link->carry(source, {}));
  EXPECT_THAT(source.receipted(), ElementsAre(1, 2, 3, 4));
  source.ready = 6;
  ASSERT_TRUE(link->carry(source, {}));
  EXPECT_THAT(source.receipted(), ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST_P(LinkConformance, EndsWhenTheSourceSaysSo) {
  const auto far = GetParam().open();
  const auto all = batches(*far, 5);
  const auto link = far->connect();
  Source stopped(all);
  stopped.stop_after = 2;
  EXPECT_TRUE(link->carry(stopped, {}));
  EXPECT_THAT(stopped.receipted(), ElementsAre(1, 2));
  Source again(all);
  ASSERT_TRUE(link->carry(again, {}));
  EXPECT_THAT(again.receipted(), ElementsAre(1, 2, 3, 4, 5));
}

TEST_P(LinkConformance, SaysUnavailableWhileTheStoreIsGoneAndDeliversAfterwards) {
  const auto far = GetParam().open();
  const auto link = far->connect();
  static_cast<void>(carry_one(*link, far->batch("A")));
  const record::Batch batch = far->batch("B");
  far->set_store_available(false);
  Source source({batch});
  const auto gone = link->carry(source, {});
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, LinkProblem::unavailable);
  EXPECT_FALSE(gone.error().sentence.empty());
  EXPECT_TRUE(source.receipts.empty());
  far->set_store_available(true);
  EXPECT_EQ(record::parse_receipt(carry_one(*link, batch).json).value().rows.inserted.value, 1U);
}

TEST_P(LinkConformance, AFailureInTheMiddleLeavesReceiptsForTheFirstOnesOnly) {
  const auto far = GetParam().open();
  const auto link = far->connect();
  Source source(batches(*far, 20));
  source.on_receipt = [&] {
    if (source.receipts.size() == 7) far->set_store_available(false);
  };
  const auto gone = link->carry(source, {});
  far->set_store_available(true);
  // Those that were under way by then may have been in time.
  if (!gone) {
    EXPECT_EQ(gone.error().code, LinkProblem::unavailable);
  }
  std::vector<std::uint64_t> first_ones(source.receipts.size());
  std::iota(first_ones.begin(), first_ones.end(), 1);
  EXPECT_GE(first_ones.size(), 7U);
  EXPECT_EQ(source.receipted(), first_ones);
  source.on_receipt = nullptr;
  source.rewind();
  ASSERT_TRUE(link->carry(source, {}));
  EXPECT_EQ(source.receipts.size(), 20U);
  for (const auto& receipt : source.receipts) {
    EXPECT_EQ(record::parse_receipt(receipt.json).value().rows.inserted.value, 1U) << receipt.json;
  }
}

// A refusal for now: nothing is entered, and nothing is let go of.
TEST_P(LinkConformance, BringsASignedAnswerForABatchThatIsNotTakenNowAndTakesItLater) {
  const auto far = GetParam().open();
  const auto link = far->connect();
  const record::Batch batch = far->unknown_batch();
  const record::StreamId stream = record::parse_manifest(batch.manifest)->stream;
  Source source({batch});
  for (std::size_t time = 1; time <= 2; ++time) {
    source.rewind();
    const auto refused = link->carry(source, {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, LinkProblem::refused);
    ASSERT_EQ(source.deferrals.size(), time);
    const record::SignedDeferral& answer = source.deferrals.back();
    EXPECT_TRUE(far->verifier().verify(answer.json, answer.signature,
                                       record::Judgement::of_arrival(far->now(), far->now())));
    const auto said = record::parse_deferral(answer.json).value();
    EXPECT_EQ(said.stream, stream);
    EXPECT_EQ(said.sequence.value, 1U);
    EXPECT_EQ(said.manifest, record::sha256(batch.manifest));
    EXPECT_EQ(said.problem, "not-allowed");
    EXPECT_THAT(said.sentence, testing::HasSubstr("not known here"));
    EXPECT_FALSE(record::parse_receipt(answer.json)) << "nobody takes it for a receipt";
  }
  EXPECT_TRUE(source.receipts.empty());
  EXPECT_EQ(link->place(stream, {})->head.sequence.value, 0U);
  far->learn();
  source.rewind();
  ASSERT_TRUE(link->carry(source, {})) << "nobody had to begin anew";
  EXPECT_EQ(record::parse_receipt(source.receipts.at(0).json)->outcome, record::Outcome::accepted);
}

TEST_P(LinkConformance, BringsTheReceiptOfABatchThatCanNeverBeTakenAndGoesOnBehindIt) {
  const auto far = GetParam().open();
  const auto link = far->connect();
  const record::Batch hopeless = far->hopeless_batch();
  Source source({hopeless, far->batch("A")});
  const auto carried = link->carry(source, {});
  ASSERT_TRUE(carried) << record::to_string(carried.error());
  ASSERT_EQ(source.receipts.size(), 2U);
  const auto& answer = source.receipts.front();
  EXPECT_TRUE(record::verify(answer, far->verifier(), far->now()));
  const auto receipt = record::parse_receipt(answer.json).value();
  EXPECT_EQ(receipt.outcome, record::Outcome::rejected);
  EXPECT_THAT(receipt.reason, testing::HasSubstr("owned by quality"));
  EXPECT_EQ(receipt.rows.rejected.value, 1U);
  EXPECT_EQ(record::parse_receipt(source.receipts.back().json)->outcome, record::Outcome::accepted);
  EXPECT_EQ(carry_one(*link, hopeless).json, answer.json) << "again, the same";
}

// Nobody sends it again: who waits for its last receipt asks.
TEST_P(LinkConformance, BringsWhatABatchThatIsHeldWasAnsweredLast) {
  const auto far = GetParam().open();
  far->hold_at_once();
  const auto link = far->connect();
  const record::Batch batch = far->unknown_batch();
  const record::StreamId stream = record::parse_manifest(batch.manifest)->stream;
  EXPECT_FALSE(link->receipt(stream, {1}, {}).value()) << "there is none";
  EXPECT_EQ(record::parse_receipt(carry_one(*link, batch).json)->outcome, record::Outcome::held);
  EXPECT_EQ(record::parse_receipt(carry_one(*link, far->batch("A")).json)->outcome,
            record::Outcome::accepted)
      << "the stream goes on behind it";
  const auto asked = [&] {
    const auto receipt = link->receipt(stream, {1}, {});
    EXPECT_TRUE(receipt && *receipt);
    EXPECT_TRUE(record::verify(receipt->value(), far->verifier(), far->now()));
    return record::parse_receipt(receipt->value().json).value();
  };
  EXPECT_EQ(asked().outcome, record::Outcome::held);
  far->learn();
  far->settle();
  EXPECT_EQ(asked().outcome, record::Outcome::accepted);
  EXPECT_EQ(asked().rows.inserted.value, 1U);
  EXPECT_EQ(record::parse_receipt(carry_one(*link, batch).json).value(), asked())
      << "sent again, the same";
  far->set_store_available(false);
  const auto away = link->receipt(stream, {1}, {});
  ASSERT_FALSE(away);
  EXPECT_EQ(away.error().code, LinkProblem::unavailable);
}

TEST_P(LinkConformance, ABatchWhoseDatasetIsBeingMigratedIsForLater) {
  const auto far = GetParam().open();
  far->set_migrating(true);
  Source source({far->batch("A")});
  const auto deferred = far->connect()->carry(source, {});
  ASSERT_FALSE(deferred);
  EXPECT_EQ(deferred.error().code, LinkProblem::unavailable) << "it passes by itself";
  ASSERT_EQ(source.deferrals.size(), 1U);
  EXPECT_EQ(record::parse_deferral(source.deferrals.front().json)->problem, "being-migrated");
}

TEST_P(LinkConformance, ABatchWhoseDatasetIsMigratedForLongIsHeldAndOthersGoOn) {
  const auto far = GetParam().open();
  far->learn();
  far->hold_at_once();
  far->set_migrating(true);
  const record::Batch batch = far->batch("A");
  const record::StreamId stream = record::parse_manifest(batch.manifest)->stream;
  const auto link = far->connect();
  EXPECT_EQ(record::parse_receipt(carry_one(*link, batch).json)->outcome, record::Outcome::held);
  EXPECT_EQ(record::parse_receipt(carry_one(*link, far->unknown_batch()).json)->outcome,
            record::Outcome::accepted)
      << "of another dataset";
  far->set_migrating(false);
  far->settle();
  EXPECT_EQ(record::parse_receipt(link->receipt(stream, {1}, {}).value().value().json)->outcome,
            record::Outcome::accepted);
}

// What it signs and enters can not be had by who has nothing to do with the stream.
TEST_P(LinkConformance, SignsNothingAndEntersNothingForWhoMayNotSpeakForTheStream) {
  const auto far = GetParam().open();
  const auto link = far->connect();
  const record::Batch untrusted = far->untrusted_batch();
  Source source({untrusted});
  EXPECT_FALSE(link->carry(source, {}));
  EXPECT_TRUE(source.deferrals.empty());
  const record::StreamId stream = record::parse_manifest(untrusted.manifest)->stream;
  EXPECT_EQ(link->place(stream, {})->head.sequence.value, 0U);
}

TEST_P(LinkConformance, ABatchOutOfOrderIsAnsweredAndNeverEntered) {
  const auto far = GetParam().open();
  const auto link = far->connect();
  static_cast<void>(far->batch("A"));
  const record::Batch second = far->hopeless_batch();
  Source source({second});
  EXPECT_FALSE(link->carry(source, {}));
  ASSERT_EQ(source.deferrals.size(), 1U);
  EXPECT_EQ(record::parse_deferral(source.deferrals.front().json)->problem, "out-of-order");
  const record::StreamId stream = record::parse_manifest(second.manifest)->stream;
  EXPECT_EQ(link->place(stream, {})->head.sequence.value, 0U);
}

TEST_P(LinkConformance, RefusesABatchThatTheCenterDoesNotTrustAndAllBehindIt) {
  const auto far = GetParam().open();
  const auto link = far->connect();
  auto all = batches(*far, 2);
  all.push_back(far->untrusted_batch());
  const record::Batch third = far->batch("third");
  all.push_back(far->batch("fourth"));
  Source source(all);
  const auto refused = link->carry(source, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, LinkProblem::refused);
  EXPECT_THAT(source.receipted(), ElementsAre(1, 2));
  EXPECT_NO_THROW(static_cast<void>(carry_one(*link, third))) << "the stream goes on";
}

}  // namespace
}  // namespace sluice::link::conformance
