// What the first batch of a stream's epoch says of the one before it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "journal/stream_marks.h"
#include "sqlite/database.h"
#include "support/journal_builder.h"

namespace sluice::journal::test {
namespace {

using record::EpochReason;
using record::Predecessor;
using testing::ElementsAre;
using testing::Optional;
using testing::SizeIs;

class PredecessorTest : public testing::Test {
 protected:
  static void append(Journal& journal, int batches) {
    for (int i = 0; i < batches; ++i)
      ASSERT_TRUE(journal.append(origin(), payload("row", 1), {}, {}));
  }
  static void acknowledge_all(Journal& journal) {
    for (const record::Batch& batch : waiting(journal))
      ASSERT_TRUE(journal.acknowledge(receipt_for(batch), {"{}", "s"}));
  }
  // What each waiting batch says.
  static std::vector<std::optional<Predecessor>> said(Journal& journal) {
    std::vector<std::optional<Predecessor>> found;
    for (const record::Batch& batch : waiting(journal))
      found.push_back(record::parse_manifest(batch.manifest).value().follows);
    return found;
  }
  static record::Epoch epoch(Journal& journal) { return journal.status()->stream.epoch; }
  // Of a ledger with these batches of the epoch, of which the last of them is here.
  static LedgerPlace ledger(record::Epoch latest, std::uint64_t sequence) {
    return {.head = {}, .latest = latest, .latest_sequence = {sequence}};
  }

  Desk desk;
  std::unique_ptr<StreamMarks> marks =
      StreamMarks::open(desk.node.directory / "remembered.sqlite").value();
};

TEST_F(PredecessorTest, ABureausFirstEpochFollowsNone) {
  Journal journal = desk.open();
  append(journal, 2);
  EXPECT_THAT(said(journal), ElementsAre(std::nullopt, std::nullopt));
}

TEST_F(PredecessorTest, IsToldByTheFirstBatchOnlyHoweverLateItIsSealed) {
  {
    Journal journal = desk.open();
    ASSERT_TRUE(journal.begin_epoch({.follows = Predecessor{.epoch = {5},
                                                            .sequence = {500},
                                                            .numbered = {520},
                                                            .reason = EpochReason::lost_journal}},
                                    *marks));
  }
  Journal journal = desk.open();
  append(journal, 1);
  ASSERT_TRUE(journal.commit(std::vector{submission("call", 1)}));
  ASSERT_TRUE(journal.close_open_batches(Journal::Close::all));
  const Predecessor whole{.epoch = {5},
                          .sequence = {500},
                          .numbered = {520},
                          .lost = 20,
                          .reason = EpochReason::lost_journal};
  EXPECT_THAT(said(journal), ElementsAre(Optional(whole), std::nullopt));
}

TEST_F(PredecessorTest, CountsWhatIsSealedAnewAsNotLost) {
  Journal journal = desk.open();
  append(journal, 1);
  acknowledge_all(journal);
  append(journal, 2);
  const record::Epoch before = epoch(journal);
  ASSERT_TRUE(journal.begin_epoch(
      {.after = before, .confirmed = {1}, .follows = Predecessor{.epoch = before, .sequence = {1}}},
      *marks));
  const Predecessor whole{.epoch = before, .sequence = {1}, .numbered = {3}};
  EXPECT_THAT(said(journal), ElementsAre(Optional(whole), std::nullopt));
}

TEST_F(PredecessorTest, BeyondAGapTellsHowManyBatchesAreLost) {
  desk.limits.retention_bytes = 1;
  Journal journal = desk.open();
  append(journal, 4);
  acknowledge_all(journal);
  append(journal, 1);
  const record::Epoch before = epoch(journal);
  LedgerPlace place = ledger(before, 1);
  place.head.sequence = {1};
  ASSERT_THAT(journal.send_again(place).value(), Optional(testing::_));
  const Predecessor whole{.epoch = before,
                          .sequence = {1},
                          .numbered = {5},
                          .lost = 3,
                          .reason = EpochReason::center_restored};
  EXPECT_THAT(said(journal), ElementsAre(Optional(whole)));
}

// Of the second epoch the center has nothing, so the third follows on the first.
TEST_F(PredecessorTest, WhatWasLostBeforeIsStillLostWhenAnEpochIsBegunOnceMore) {
  Journal journal = desk.open();
  const Predecessor first{
      .epoch = {5}, .sequence = {500}, .numbered = {520}, .reason = EpochReason::lost_journal};
  ASSERT_TRUE(journal.begin_epoch({.follows = first}, *marks));
  append(journal, 3);
  ASSERT_TRUE(journal.begin_epoch(
      {.follows = Predecessor{.epoch = {5}, .sequence = {500}, .numbered = {500}}}, *marks));
  const Predecessor whole{.epoch = {5}, .sequence = {500}, .numbered = {520}, .lost = 20};
  EXPECT_THAT(said(journal), ElementsAre(Optional(whole), std::nullopt, std::nullopt));
}

TEST_F(PredecessorTest, ALedgerThatHasLessOfTheEpochBeforeIsFollowedAsItIsNow) {
  Journal journal = desk.open();
  ASSERT_TRUE(journal.begin_epoch(
      {.follows = Predecessor{.epoch = {5}, .sequence = {500}, .reason = EpochReason::by_operator}},
      *marks));
  append(journal, 2);
  EXPECT_EQ(journal.send_again(ledger({5}, 500)).value(), std::nullopt);
  const record::Epoch second = epoch(journal);
  const auto again = journal.send_again(ledger({5}, 480)).value();
  ASSERT_TRUE(again);
  EXPECT_GT(epoch(journal), second);
  ASSERT_THAT(again->lost, SizeIs(1));
  EXPECT_EQ(again->lost[0].epoch.value, 5U);
  EXPECT_EQ(again->lost[0].from.value, 481U);
  EXPECT_EQ(again->lost[0].to.value, 500U);
  const Predecessor whole{.epoch = {5},
                          .sequence = {480},
                          .numbered = {500},
                          .lost = 20,
                          .reason = EpochReason::center_restored};
  EXPECT_THAT(said(journal), ElementsAre(Optional(whole), std::nullopt));
  EXPECT_EQ(journal.send_again(ledger({5}, 480)).value(), std::nullopt) << "once is enough";
}

TEST_F(PredecessorTest, IsToldInAFileOfVersionFive) {
  { const Journal journal = desk.open(); }
  {
    auto database = sqlite::Database::open(desk.file()).value();
    ASSERT_TRUE(database.execute("DROP TABLE predecessor; PRAGMA user_version=5"));
  }
  Journal journal = desk.open();
  ASSERT_TRUE(journal.begin_epoch({.follows = Predecessor{.epoch = {5}, .sequence = {7}}}, *marks));
  append(journal, 1);
  const Predecessor whole{.epoch = {5}, .sequence = {7}, .numbered = {7}};
  EXPECT_THAT(said(journal), ElementsAre(Optional(whole)));
}

}  // namespace
}  // namespace sluice::journal::test
