// Batches that have their receipt and stay for a while, to be sent again to a center that lost
// them.
#include "journal/retention.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sqlite/database.h"
#include "support/journal_builder.h"

namespace sluice::journal::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class RetentionTest : public testing::Test {
 protected:
  void append_acknowledged(Journal& journal, int batches) const {
    for (int i = 0; i < batches; ++i)
      ASSERT_TRUE(journal.append(origin(), payload("row", 1), {}, {}));
    for (const record::Batch& batch : waiting(journal))
      ASSERT_TRUE(journal.acknowledge(receipt_for(batch), {"{}", "s"}));
  }
  static std::vector<std::uint64_t> numbers(Journal& journal) {
    std::vector<std::uint64_t> found;
    for (const record::Batch& batch : waiting(journal))
      found.push_back(record::parse_manifest(batch.manifest).value().sequence.value);
    return found;
  }
  // Of a ledger that has the journal's batches up to this one.
  static LedgerPlace at(Journal& journal, std::uint64_t sequence) {
    const Status status = journal.status().value();
    LedgerPlace place{.head = {{sequence}, status.head.manifest},
                      .latest = sequence == 0 ? record::Epoch{} : status.stream.epoch,
                      .latest_sequence = {sequence}};
    if (sequence == 0) place.head.manifest = {};
    return place;
  }
  // The digests of the manifests 1, 2 …
  static LedgerPlace after(Journal& journal, const std::vector<record::Batch>& batches,
                           std::uint64_t sequence) {
    LedgerPlace place = at(journal, sequence);
    if (sequence > 0) place.head.manifest = record::sha256(batches.at(sequence - 1).manifest);
    return place;
  }
  static std::optional<std::string> compared(Journal& journal, const LedgerPlace& place) {
    return journal.compare([&](const record::StreamId&) { return place; }).value();
  }

  Desk desk;
};

TEST_F(RetentionTest, WhatHasItsReceiptStaysAndWaitsNoMore) {
  Journal journal = desk.open();
  append_acknowledged(journal, 3);
  EXPECT_THAT(waiting(journal), IsEmpty());
  const Status status = journal.status().value();
  EXPECT_EQ(status.retained.batches, 3U);
  EXPECT_GT(status.retained.bytes, 0U);
  EXPECT_EQ(status.backlog.batches, 0U);
  EXPECT_EQ(status.backlog.bytes, 0U);
  EXPECT_EQ(status.backlog.oldest, std::nullopt);
}

TEST_F(RetentionTest, ItCountsForNoBacklogHoweverOldItIs) {
  desk.limits.backlog_age = std::chrono::hours(1);
  Journal journal = desk.open();
  append_acknowledged(journal, 1);
  desk.now += std::chrono::hours(2);
  EXPECT_TRUE(journal.check_backlog());
  ASSERT_TRUE(journal.send_again(at(journal, 0)).value());
  EXPECT_TRUE(journal.check_backlog()) << "nor does it while it is sent again";
}

TEST_F(RetentionTest, ItGoesWhenItsTimeIsOver) {
  Journal journal = desk.open();
  append_acknowledged(journal, 2);
  desk.now += std::chrono::hours(24 * 7);
  ASSERT_TRUE(journal.let_go_of_retained());
  EXPECT_EQ(journal.status()->retained, Retained{});
}

TEST_F(RetentionTest, TheOldestGoesWhereTheBytesAreTooMany) {
  Journal journal = desk.open();
  append_acknowledged(journal, 2);
  // Of two, whose signatures may be some bytes longer, and not of three.
  desk.limits.retention_bytes = journal.status()->retained.bytes * 5 / 4;
  journal = desk.open();
  append_acknowledged(journal, 2);
  EXPECT_EQ(journal.status()->retained.batches, 2U);
  ASSERT_TRUE(journal.send_again(at(journal, 2)).value_or(std::nullopt) == std::nullopt)
      << "what the ledger lacks must follow on what it has";
}

TEST_F(RetentionTest, OfSeveralStreamsTheOldestGoesFirst) {
  const record::BureauId first("first");
  const record::BureauId second("second");
  Retention retention(100);
  EXPECT_EQ(retention.excess(first, 80, desk.now), 0U);
  EXPECT_EQ(retention.excess(second, 50, desk.now + std::chrono::seconds(1)), 0U);
  EXPECT_EQ(retention.excess(first, 80, desk.now), 30U);
}

TEST_F(RetentionTest, ItGoesFirstWhereRoomIsShort) {
  bool is_short = false;
  desk.disk = std::make_shared<files::StateDisk>(desk.node.directory / "not-durable", 100, [&] {
    return files::Space{.free = is_short ? 50U : 1000U, .total = 2000};
  });
  Journal journal = desk.open();
  append_acknowledged(journal, 2);
  ASSERT_TRUE(journal.let_go_of_retained());
  EXPECT_EQ(journal.status()->retained.batches, 2U);
  is_short = true;
  ASSERT_TRUE(journal.let_go_of_retained());
  EXPECT_EQ(journal.status()->retained, Retained{});
}

TEST_F(RetentionTest, WhatGoesWhereRoomIsShortIsGivenBackToTheDisk) {
  bool is_short = false;
  desk.disk = std::make_shared<files::StateDisk>(desk.node.directory / "not-durable", 100, [&] {
    return files::Space{.free = is_short ? 50U : 1000U, .total = 2000};
  });
  Journal journal = desk.open();
  // Rows that can not be made smaller: each digest is of the one before.
  std::string lines;
  record::Digest last = record::sha256("seed");
  for (int i = 0; i < 20'000; ++i) {
    last = record::sha256(record::to_string(last));
    lines += "U\t\\N\t" + record::to_string(last) + "\n";
  }
  ASSERT_TRUE(journal.append(origin(), record::compress_payload(lines, {20'000}, {0}), {}, {}));
  append_acknowledged(journal, 0);
  const auto size = [&] { return std::filesystem::file_size(desk.file()); };
  is_short = true;
  ASSERT_TRUE(journal.let_go_of_retained());
  sqlite::Database::open(desk.file()).value().empty_log().value();
  const auto before = size();
  ASSERT_GT(before, 600'000U);
  ASSERT_TRUE(journal.let_go_of_retained());
  EXPECT_LT(size(), before / 2);
}

TEST_F(RetentionTest, ALedgerThatStandsBeforeGetsAgainWhatItLacks) {
  Journal journal = desk.open();
  for (int i = 0; i < 3; ++i)
    ASSERT_TRUE(journal.append(origin(), payload("row", 1), {}, {}));
  const auto batches = waiting(journal);
  append_acknowledged(journal, 0);
  ASSERT_TRUE(journal.append(origin(), payload("new", 1), {}, {}));
  const LedgerPlace place = after(journal, batches, 1);
  EXPECT_EQ(compared(journal, place), std::nullopt) << "rows are taken as before";
  EXPECT_EQ(journal.send_again(place).value(), (SentAgain{{1}, {3}}));
  EXPECT_THAT(numbers(journal), ElementsAre(2, 3, 4));
  EXPECT_EQ(waiting(journal).front().manifest, batches[1].manifest) << "byte for byte";
  EXPECT_EQ(journal.status()->backlog.batches, 1U);
  for (const record::Batch& batch : waiting(journal))
    ASSERT_TRUE(journal.acknowledge(receipt_for(batch), {"{\"again\":1}", "s"}));
  EXPECT_THAT(numbers(journal), IsEmpty());
  EXPECT_EQ(journal.status()->acknowledged.value, 4U);
  EXPECT_EQ(journal.status()->backlog.batches, 0U);
  EXPECT_EQ(journal.status()->backlog.bytes, 0U);
}

TEST_F(RetentionTest, ALedgerThatLostEverythingGetsItFromTheFirstOn) {
  Journal journal = desk.open();
  append_acknowledged(journal, 2);
  EXPECT_EQ(compared(journal, LedgerPlace{}), std::nullopt);
  EXPECT_EQ(journal.send_again(LedgerPlace{}).value(), (SentAgain{{0}, {2}}));
  EXPECT_THAT(numbers(journal), ElementsAre(1, 2));
}

TEST_F(RetentionTest, ALedgerWithAnotherBatchUnderItsLastNumberGetsNothing) {
  Journal journal = desk.open();
  append_acknowledged(journal, 3);
  LedgerPlace place = at(journal, 1);
  place.head.manifest = record::sha256("another");
  EXPECT_NE(compared(journal, place), std::nullopt);
  EXPECT_EQ(journal.send_again(place).value(), std::nullopt);
  EXPECT_THAT(numbers(journal), IsEmpty());
}

TEST_F(RetentionTest, WhatIsSentAgainDoesNotGoBeforeItIsThere) {
  Journal journal = desk.open();
  append_acknowledged(journal, 2);
  ASSERT_TRUE(journal.send_again(LedgerPlace{}).value());
  desk.now += std::chrono::hours(24 * 8);
  ASSERT_TRUE(journal.let_go_of_retained());
  EXPECT_THAT(numbers(journal), ElementsAre(1, 2));
}

TEST_F(RetentionTest, ASecondReceiptIsKeptBesideTheFirst) {
  Journal journal = desk.open();
  ASSERT_TRUE(journal.append(origin(), payload("row", 1), {}, {}));
  const record::Batch batch = waiting(journal).front();
  ASSERT_TRUE(journal.acknowledge(receipt_for(batch), {"first", "s"}));
  ASSERT_TRUE(journal.acknowledge(receipt_for(batch), {"first", "s"}));
  EXPECT_THAT(journal.receipts_again({1}).value(), IsEmpty()) << "it is the same one";
  ASSERT_TRUE(journal.send_again(LedgerPlace{}).value());
  ASSERT_TRUE(journal.acknowledge(receipt_for(batch), {"second", "s"}));
  EXPECT_EQ(journal.receipt({1}).value()->json, "first");
  ASSERT_THAT(journal.receipts_again({1}).value(), SizeIs(1));
  EXPECT_EQ(journal.receipts_again({1}).value().front().json, "second");
}

TEST_F(RetentionTest, BeyondAGapWhatIsHereIsSealedAnewAndTheRestIsNamed) {
  Journal journal = desk.open();
  std::vector<record::Batch> batches;
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(journal.append(origin(), payload("row", 2), {},
                               std::vector<Cursor>{{"disk", std::to_string(i + 1), "read"}}));
    batches.push_back(waiting(journal).back());
  }
  append_acknowledged(journal, 0);
  desk.limits.retention_bytes = journal.status()->retained.bytes / 3;
  journal = desk.open();
  const record::Time closed = desk.now;
  desk.now += std::chrono::hours(1);
  ASSERT_TRUE(journal.let_go_of_retained());
  ASSERT_EQ(journal.status()->retained.batches, 1U);
  Journal other = desk.open();
  const record::Epoch before = journal.status()->stream.epoch;

  const LedgerPlace place = after(journal, batches, 1);
  EXPECT_EQ(compared(journal, place), std::nullopt);
  const auto again = journal.send_again(place).value();
  ASSERT_TRUE(again);
  ASSERT_TRUE(again->anew);
  EXPECT_GT(*again->anew, before);
  EXPECT_THAT(numbers(journal), ElementsAre(1)) << "what was the fourth";
  EXPECT_EQ(text_of(waiting(journal).front()), text_of(batches[3]));
  ASSERT_THAT(again->lost, SizeIs(1));
  const Gap& gap = again->lost.front();
  EXPECT_EQ(gap.dataset, "approval");
  EXPECT_EQ(gap.mode, "direct");
  EXPECT_EQ(gap.epoch, before);
  EXPECT_EQ(gap.from.value, 2U);
  EXPECT_EQ(gap.to.value, 3U);
  EXPECT_EQ(gap.batches, 2U);
  EXPECT_EQ(gap.rows, 4U);
  EXPECT_EQ(gap.first_at, closed);
  EXPECT_EQ(gap.noticed_at, desk.now);
  EXPECT_TRUE(journal.cursor("disk", "1").value());
  EXPECT_FALSE(journal.cursor("disk", "2").value()) << "it is read again";

  // Handles that were open go on in the new epoch.
  const auto placed = other.commit(std::vector{submission("call", 1)});
  ASSERT_TRUE(placed) << record::to_string(placed.error());
  EXPECT_EQ(placed->front().epoch, *again->anew);
  EXPECT_EQ(placed->front().sequence.value, 2U);
  EXPECT_EQ(other.status()->gaps, 1U);
  ASSERT_TRUE(other.settle_gaps());
  EXPECT_THAT(journal.gaps().value(), IsEmpty());
}

TEST_F(RetentionTest, OfALedgerThatHasNothingNobodyInfersThatItIsTheRightOne) {
  desk.limits.retention_bytes = 1;
  Journal journal = desk.open();
  append_acknowledged(journal, 2);
  EXPECT_NE(compared(journal, LedgerPlace{}), std::nullopt);
  EXPECT_EQ(journal.send_again(LedgerPlace{}).value(), std::nullopt);
}

}  // namespace
}  // namespace sluice::journal::test
