// Batches that the center holds: the stream goes on behind them, and they stay until a receipt says
// what became of their rows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "journal/stream_marks.h"
#include "sqlite/database.h"
#include "support/journal_builder.h"

namespace sluice::journal::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class HeldBatches : public testing::Test {
 protected:
  // `batches` of one row each, all waiting.
  std::vector<record::Batch> append(int batches, const std::string& dataset = "approval") {
    for (int i = 0; i < batches; ++i)
      EXPECT_TRUE(journal.append(origin(dataset), payload("row", 1), {}, {}));
    return waiting(journal);
  }
  Result<void> take(const record::Receipt& receipt) {
    return journal.acknowledge(receipt, {record::to_json(receipt), "signature"});
  }
  static record::Receipt held(const record::Batch& batch) {
    record::Receipt receipt = receipt_for(batch);
    receipt.outcome = record::Outcome::held;
    receipt.reason = "its schema is not here";
    receipt.rows = {};
    return receipt;
  }
  static record::Receipt rejected(const record::Batch& batch) {
    record::Receipt receipt = receipt_for(batch);
    receipt.outcome = record::Outcome::rejected;
    receipt.reason = "given back";
    receipt.rows = {.rejected = receipt.rows.inserted};
    receipt.refused = {{"", "batch", "given back", {{1, receipt.rows.rejected.value}}}};
    receipt.at += std::chrono::hours(1);
    return receipt;
  }
  std::vector<std::uint64_t> numbers() {
    std::vector<std::uint64_t> found;
    for (const record::Batch& batch : waiting(journal))
      found.push_back(record::parse_manifest(batch.manifest).value().sequence.value);
    return found;
  }
  std::vector<HeldBatch> held_here() {
    return journal.held_of(record::DatasetId("approval"), {}, 100).value();
  }
  LedgerPlace ledger_at(const std::vector<record::Batch>& batches, std::uint64_t sequence) {
    const record::StreamId stream = journal.status()->stream;
    LedgerPlace place{.head = {{sequence}, {}},
                      .latest = sequence == 0 ? record::Epoch{} : stream.epoch,
                      .latest_sequence = {sequence}};
    if (sequence > 0) place.head.manifest = record::sha256(batches.at(sequence - 1).manifest);
    return place;
  }
  std::uint64_t quarantined() { return journal.status()->quarantine_waiting; }
  std::optional<std::string> compared(const LedgerPlace& place) {
    return journal.compare([&](const record::StreamId&) { return place; }).value();
  }

  Desk desk;
  Journal journal = desk.open();
};

TEST_F(HeldBatches, AReceiptThatSaysSoLetsTheStreamGoOnAndReleasesNothing) {
  const auto batches = append(2);
  ASSERT_TRUE(take(held(batches[0])));
  EXPECT_THAT(numbers(), ElementsAre(2));
  const Status status = journal.status().value();
  EXPECT_EQ(status.acknowledged.value, 1U);
  EXPECT_EQ(status.backlog.batches, 2U) << "it is backlog still";
  EXPECT_EQ(status.retained, Retained{});
  EXPECT_THAT(status.held,
              ElementsAre(HeldDataset{record::DatasetId("approval"), 1, held(batches[0]).at}));
  EXPECT_THAT(held_here(), ElementsAre(HeldBatch{status.stream.epoch, {1}}));
  EXPECT_EQ(journal.standing({1})->state, BatchStanding::State::waiting);
  EXPECT_FALSE(journal.receipt({1}).value());
  EXPECT_TRUE(journal.holds({1}).value());
  ASSERT_TRUE(take(receipt_for(batches[1])));
  EXPECT_EQ(journal.status()->backlog.batches, 1U);
}

TEST_F(HeldBatches, ItsLastReceiptIsTakenAsUsual) {
  const auto batches = append(2);
  for (const record::Batch& batch : batches)
    ASSERT_TRUE(take(held(batch)));
  ASSERT_TRUE(take(receipt_for(batches[0])));
  EXPECT_EQ(journal.status()->backlog.batches, 1U);
  EXPECT_EQ(journal.status()->retained.batches, 1U);
  EXPECT_EQ(journal.standing({1})->state, BatchStanding::State::answered);
  EXPECT_EQ(record::parse_receipt(journal.receipt({1}).value()->json)->outcome,
            record::Outcome::accepted);
  ASSERT_TRUE(take(rejected(batches[1])));
  EXPECT_EQ(quarantined(), 1U) << "with the receipt";
  EXPECT_THAT(held_here(), IsEmpty());
  const Status status = journal.status().value();
  EXPECT_EQ(status.backlog.batches, 0U);
  EXPECT_EQ(status.backlog.bytes, 0U);
}

TEST_F(HeldBatches, ItStaysHoweverMuchIsLetGoOfAroundIt) {
  const auto batches = append(4);
  for (const record::Batch& batch : batches)
    ASSERT_TRUE(take(&batch == &batches[1] ? held(batch) : receipt_for(batch)));
  desk.now += std::chrono::hours(24 * 7);
  ASSERT_TRUE(journal.let_go_of_retained());
  EXPECT_EQ(journal.status()->retained, Retained{});
  EXPECT_TRUE(journal.holds({2}).value());
  EXPECT_FALSE(journal.holds({3}).value());
  ASSERT_TRUE(take(rejected(batches[1])));
  EXPECT_EQ(quarantined(), 1U);
}

TEST_F(HeldBatches, ItCountsForTheBytesOfABacklogAndNotForItsAge) {
  desk.limits.backlog_age = std::chrono::hours(1);
  journal = desk.open();
  const auto batches = append(1);
  ASSERT_TRUE(take(held(batches[0])));
  desk.now += std::chrono::hours(2);
  EXPECT_TRUE(journal.check_backlog()) << "the bureau's other datasets go on";
  EXPECT_EQ(journal.status()->backlog.oldest, std::nullopt);
  desk.limits.backlog_bytes = 1;
  journal = desk.open();
  EXPECT_EQ(journal.check_backlog().error().code, JournalProblem::backlog_full);
}

TEST_F(HeldBatches, ACenterThatLostItIsSentItAgain) {
  const auto batches = append(3);
  for (const record::Batch& batch : batches)
    ASSERT_TRUE(take(&batch == &batches[1] ? held(batch) : receipt_for(batch)));
  const auto place = ledger_at(batches, 1);
  ASSERT_EQ(compared(place), std::nullopt);
  EXPECT_EQ(journal.send_again(place).value(), (SentAgain{{1}, {3}}));
  EXPECT_THAT(numbers(), ElementsAre(2, 3));
  ASSERT_TRUE(take(receipt_for(batches[1])));
  EXPECT_THAT(held_here(), IsEmpty());
  EXPECT_EQ(journal.status()->acknowledged.value, 2U);
  EXPECT_EQ(journal.status()->backlog.batches, 0U);
}

// What it had taken is waiting at the center once more: a refusal would need the rows.
TEST_F(HeldBatches, ACenterThatHoldsWhatItHadTakenMakesTheBatchWaitAgain) {
  const auto batches = append(1);
  ASSERT_TRUE(take(receipt_for(batches[0])));
  ASSERT_TRUE(journal.send_again(ledger_at(batches, 0)).value());
  ASSERT_TRUE(take(held(batches[0])));
  EXPECT_EQ(journal.status()->retained, Retained{});
  EXPECT_EQ(journal.status()->backlog.batches, 1U);
  ASSERT_TRUE(take(rejected(batches[0])));
  EXPECT_EQ(quarantined(), 1U);
  EXPECT_EQ(journal.status()->backlog.batches, 0U);
  EXPECT_THAT(journal.receipts_again({1}).value(), SizeIs(1)) << "beside the first";
}

TEST_F(HeldBatches, BeyondWhatWasLetGoOfBehindItTheStreamIsSealedAnew) {
  const auto batches = append(4);
  for (std::size_t i = 0; i < 4; ++i)
    ASSERT_TRUE(take(i == 1 ? held(batches[1]) : receipt_for(batches[i])));
  desk.now += std::chrono::hours(24 * 7);
  ASSERT_TRUE(journal.let_go_of_retained());
  append(1);
  const auto place = ledger_at(batches, 1);
  ASSERT_EQ(compared(place), std::nullopt);
  const auto again = journal.send_again(place).value();
  ASSERT_TRUE(again && again->anew);
  ASSERT_THAT(again->lost, SizeIs(1));
  EXPECT_EQ(again->lost[0].from.value, 3U);
  EXPECT_EQ(again->lost[0].to.value, 4U);
  EXPECT_THAT(numbers(), ElementsAre(1, 2)) << "the held one and the one that waited";
  EXPECT_THAT(held_here(), IsEmpty()) << "the ledger has it not";
}

TEST_F(HeldBatches, AnEmptyLedgerAndAHoleInTheJournalAreForAPersonToSettle) {
  const auto batches = append(3);
  for (std::size_t i = 0; i < 3; ++i)
    ASSERT_TRUE(take(i == 0 ? held(batches[0]) : receipt_for(batches[i])));
  desk.now += std::chrono::hours(24 * 7);
  ASSERT_TRUE(journal.let_go_of_retained());
  EXPECT_THAT(compared(ledger_at(batches, 0)).value_or(""), HasSubstr("nothing of this bureau"));
}

// The ledger has it: it is applied there, or its rows come back.
TEST_F(HeldBatches, ANewEpochLeavesWhatTheLedgerHoldsAsItIs) {
  const auto marks = StreamMarks::open(desk.node.directory / "marks.sqlite").value();
  const auto batches = append(4);
  for (std::size_t i = 0; i < 3; ++i)
    ASSERT_TRUE(take(i == 1 ? held(batches[1]) : receipt_for(batches[i])));
  const record::StreamId before = journal.status()->stream;
  desk.now += std::chrono::seconds(1);
  ASSERT_TRUE(journal.begin_epoch({.after = before.epoch, .confirmed = {3}}, *marks));
  EXPECT_THAT(numbers(), ElementsAre(1)) << "what waited, and no more";
  EXPECT_THAT(held_here(), ElementsAre(HeldBatch{before.epoch, {2}}));
  EXPECT_EQ(journal.status()->backlog.batches, 2U);
  // And once more.
  desk.now += std::chrono::seconds(1);
  ASSERT_TRUE(journal.begin_epoch({.after = journal.status()->stream.epoch}, *marks));
  EXPECT_THAT(held_here(), ElementsAre(HeldBatch{before.epoch, {2}}));
  const record::Receipt last = rejected(batches[1]);
  ASSERT_TRUE(take(last));
  EXPECT_EQ(quarantined(), 1U);
  const auto entry = journal.quarantine_entry(1).value();
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->row.refused, (RefusedPlace{before.epoch, {2}, 1}));
  EXPECT_EQ(entry->row.original, "U\t\\N\trow-1");
  EXPECT_THAT(held_here(), IsEmpty());
  EXPECT_EQ(journal.status()->backlog.batches, 1U);
  EXPECT_EQ(take(last).error().code, JournalProblem::broken) << "it is nobody's any more";
}

TEST_F(HeldBatches, ANewEpochSealsAnewWhatTheLedgerHasLost) {
  const auto marks = StreamMarks::open(desk.node.directory / "marks.sqlite").value();
  const auto batches = append(2);
  for (const record::Batch& batch : batches)
    ASSERT_TRUE(take(held(batch)));
  desk.now += std::chrono::seconds(1);
  ASSERT_TRUE(
      journal.begin_epoch({.after = journal.status()->stream.epoch, .confirmed = {1}}, *marks));
  EXPECT_THAT(numbers(), ElementsAre(1));
  EXPECT_THAT(held_here(), SizeIs(1));
  EXPECT_EQ(journal.status()->backlog.batches, 2U);
}

// Sealed anew it would come behind what the center takes of the epoch that there is.
TEST_F(HeldBatches, WhatIsLostOfAnEarlierEpochComesToTheQuarantine) {
  const auto marks = StreamMarks::open(desk.node.directory / "marks.sqlite").value();
  const auto batches = append(2);
  ASSERT_TRUE(take(held(batches[0])));
  const record::StreamId before = journal.status()->stream;
  EXPECT_FALSE(journal.give_back({before.epoch, {1}}).value()) << "it is sent again";
  desk.now += std::chrono::seconds(1);
  ASSERT_TRUE(journal.begin_epoch({.after = before.epoch, .confirmed = {1}}, *marks));
  const auto told = journal.give_back({before.epoch, {1}}).value();
  ASSERT_TRUE(told);
  EXPECT_EQ(told->rows.rejected.value, 1U);
  const auto entry = journal.quarantine_entry(1).value().value();
  EXPECT_EQ(entry.row.original, "U\t\\N\trow-1");
  EXPECT_EQ(entry.row.refused, (RefusedPlace{before.epoch, {1}, 1}));
  EXPECT_THAT(entry.row.sentence, HasSubstr("has lost it since"));
  EXPECT_THAT(held_here(), IsEmpty());
  EXPECT_EQ(journal.status()->backlog.batches, 1U) << "the one that waits";
  EXPECT_FALSE(journal.give_back({before.epoch, {1}}).value()) << "it is not held any more";
  EXPECT_EQ(quarantined(), 1U);
}

TEST_F(HeldBatches, AreTakenInAFileOfVersionFive) {
  const auto batches = append(1);
  {
    auto database = sqlite::Database::open(desk.file()).value();
    ASSERT_TRUE(database.execute("DROP TABLE held; DROP TABLE held_batch; PRAGMA user_version=5"));
  }
  journal = desk.open();
  ASSERT_TRUE(take(held(batches[0])));
  EXPECT_THAT(held_here(), SizeIs(1));
}

}  // namespace
}  // namespace sluice::journal::test
