#include "intake/journal_sink.h"

#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "intake/source_cursor.h"
#include "sqlite/database.h"
#include "support/failing_disk.h"
#include "support/journal_builder.h"

namespace sluice::intake::test {
namespace {

using journal::test::Desk;
using journal::test::lines;
using testing::ElementsAre;
using testing::SizeIs;

ConvertedBatch batch(const std::string& name, int rows, std::uint64_t reached = 0) {
  return {.lines = lines(name, rows),
          .upserts = {static_cast<std::uint64_t>(rows)},
          .cursor = to_string(SourceCursor{.rows = reached, .accepted = reached})};
}

class JournalSinkTest : public testing::Test {
 protected:
  JournalSink::Source source{journal::test::origin(), "disk", "digest"};
  JournalSink::OnWaiting never = [](const journal::JournalFailure& failure) {
    ADD_FAILURE() << record::to_string(failure);
  };
  Desk desk;
};

TEST_F(JournalSinkTest, JournalsBatchesInTheOrderInWhichTheyWerePut) {
  journal::Journal journal = desk.open();
  JournalSink sink(journal, source, never);
  for (const char* name : {"a", "b", "c", "d"})
    ASSERT_TRUE(sink.put(batch(name, 2)));
  EXPECT_EQ(sink.finish().value().value, 4U);
  EXPECT_THAT(sink.sequences(), SizeIs(4));
  std::string text;
  for (const record::Batch& waiting : journal::test::waiting(journal)) {
    text += journal::test::text_of(waiting);
  }
  EXPECT_EQ(text, lines("a", 2) + lines("b", 2) + lines("c", 2) + lines("d", 2));
}

TEST_F(JournalSinkTest, KeepsTheCursorOfTheLastBatchAndOfADeliveryWithoutRows) {
  journal::Journal journal = desk.open();
  JournalSink sink(journal, source, never);
  ASSERT_TRUE(sink.put(batch("a", 2, 2)));
  ConvertedBatch end = batch("", 0, 2);
  end.cursor = to_string(SourceCursor{.rows = 2, .accepted = 2, .complete = true});
  ASSERT_TRUE(sink.put(std::move(end)));
  EXPECT_EQ(sink.finish().value().value, 1U) << "no rows, no batch";
  EXPECT_EQ(journal.cursor("disk", "digest").value()->value,
            "rows=2 accepted=2 quarantined=0 copies=0 complete");
}

TEST_F(JournalSinkTest, TalliesTheSourceRowsOfABatchWithIt) {
  journal::Journal journal = desk.open();
  JournalSink sink(journal, source, never);
  ConvertedBatch tallied = batch("a", 2);
  tallied.tally = journal::RowTally{.rows = 5, .failed = 3};
  ASSERT_TRUE(sink.put(std::move(tallied)));
  ASSERT_TRUE(sink.put(batch("b", 2)));
  ASSERT_TRUE(sink.finish());
  const auto tallies = journal.tallies(source.origin.dataset, desk.now).value();
  ASSERT_THAT(tallies, SizeIs(1));
  EXPECT_EQ(tallies[0].tally, (journal::RowTally{.rows = 5, .failed = 3}));
}

TEST_F(JournalSinkTest, WaitsWhileTheBacklogIsFullAndGoesOnOnceThereIsRoom) {
  desk.limits.backlog_bytes = 1;
  journal::Journal journal = desk.open();
  journal::Journal sender = desk.open();
  std::promise<void> waits;
  bool is_told = false;
  JournalSink sink(journal, source, [&](const journal::JournalFailure& failure) {
    EXPECT_EQ(failure.code, journal::JournalProblem::backlog_full);
    if (!std::exchange(is_told, true)) waits.set_value();
  });
  ASSERT_TRUE(sink.put(batch("a", 1)));
  ASSERT_TRUE(sink.put(batch("b", 1)));
  waits.get_future().get();
  const auto waiting = journal::test::waiting(sender);
  ASSERT_THAT(waiting, SizeIs(1)) << "the second is held back, not lost";
  ASSERT_TRUE(sender.acknowledge(journal::test::receipt_for(waiting[0]), {"{}", "s"}));
  EXPECT_EQ(sink.finish().value().value, 2U);
  EXPECT_EQ(journal::test::text_of(journal::test::waiting(sender).at(0)), lines("b", 1));
}

TEST_F(JournalSinkTest, WaitsWhileTheDiskIsFullAndGoesOnOnceThereIsRoom) {
  sluice::test::FailingDisk disk;
  journal::Journal journal = desk.open();
  int times = 0;
  std::promise<void> room;
  JournalSink sink(
      journal, source,
      [&](const journal::JournalFailure& failure) {
        EXPECT_EQ(failure.code, journal::JournalProblem::no_room);
        if (++times == 2) disk.heal();
      },
      [&] { room.set_value(); });
  disk.fail_writes(SQLITE_FULL);
  ASSERT_TRUE(sink.put(batch("a", 3, 3)));
  EXPECT_EQ(sink.finish().value().value, 1U);
  room.get_future().get();
  EXPECT_EQ(times, 2);
  EXPECT_EQ(journal::test::text_of(journal::test::waiting(journal).at(0)), lines("a", 3));
  EXPECT_TRUE(journal.cursor("disk", "digest").value());
}

TEST_F(JournalSinkTest, DoesNotWaitForRoomAfterItsOwnerHasGone) {
  desk.limits.backlog_bytes = 1;
  journal::Journal journal = desk.open();
  ASSERT_TRUE(journal.append(journal::test::origin(), journal::test::payload("a", 1), {}, {}));
  {
    std::promise<void> waits;
    bool is_told = false;
    JournalSink sink(journal, source, [&](const journal::JournalFailure&) {
      if (!std::exchange(is_told, true)) waits.set_value();
    });
    ASSERT_TRUE(sink.put(batch("b", 1)));
    waits.get_future().get();
  }
  EXPECT_FALSE(journal.cursor("disk", "digest").value());
}

TEST_F(JournalSinkTest, AFailureOfTheJournalComesBackFromEveryLaterCall) {
  journal::Journal journal = desk.open();
  {
    auto vandal = sqlite::Database::open(desk.file()).value();
    ASSERT_TRUE(vandal.execute("DROP TABLE cursor"));
  }
  JournalSink sink(journal, source, never);
  ASSERT_TRUE(sink.put(batch("a", 1)));
  const auto finished = sink.finish();
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().code, IntakeProblem::journal_failed);
  EXPECT_FALSE(sink.put(batch("b", 1)));
  EXPECT_FALSE(sink.finish());
  EXPECT_THAT(sink.sequences(), ElementsAre());
  EXPECT_EQ(journal.status()->head.sequence.value, 0U)
      << "the batch did not stay without its cursor";
}

}  // namespace
}  // namespace sluice::intake::test
