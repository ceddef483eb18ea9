// What a journal does when its disk does not take a write.
#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "failing_disk.h"
#include "journal/group_commit.h"
#include "support/journal_builder.h"

namespace sluice::journal::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Durability : public testing::Test {
 protected:
  Desk desk;
  FailingDisk disk;
};

TEST_F(Durability, AfterAFailedFsyncNothingMoreIsAcknowledged) {
  {
    Journal journal = desk.open();
    ASSERT_TRUE(journal.append(origin(), payload("a", 1), {}, {}));
    disk.fail_fsyncs(SQLITE_IOERR_FSYNC);
    const auto failed = journal.append(origin(), payload("b", 1), {}, {});
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, JournalProblem::not_durable);
    EXPECT_THAT(failed.error().sentence, HasSubstr("sound disk"));
    disk.heal();
    EXPECT_EQ(journal.append(origin(), payload("c", 1), {}, {}).error().code,
              JournalProblem::not_durable)
        << "an fsync that failed is never tried again";
    EXPECT_EQ(journal.commit(std::vector{submission("d", 1)}).error().code,
              JournalProblem::not_durable);
    EXPECT_EQ(journal.check_backlog().error().code, JournalProblem::not_durable);
  }
  Journal restarted = desk.open();
  EXPECT_EQ(text_of(waiting(restarted).front()), lines("a", 1));
  EXPECT_TRUE(restarted.append(origin(), payload("e", 1), {}, {}));
}

TEST_F(Durability, AfterAFailedWriteNothingMoreIsAcknowledged) {
  Journal journal = desk.open();
  disk.fail_writes(SQLITE_IOERR_WRITE);
  EXPECT_EQ(journal.commit(std::vector{submission("a", 1)}).error().code,
            JournalProblem::not_durable);
  disk.heal();
  EXPECT_EQ(journal.commit(std::vector{submission("a", 1)}).error().code,
            JournalProblem::not_durable);
}

TEST_F(Durability, AFullDiskTakesNothingAndGoesOnOnceThereIsRoom) {
  Journal journal = desk.open();
  const std::vector<Cursor> cursors = {{"disk", "digest", "rows=2"}};
  const std::vector<QuarantinedRow> rows = {{.dataset = record::DatasetId("approval")}};
  disk.fail_writes(SQLITE_FULL);
  const auto failed = journal.append(origin(), payload("a", 2), rows, cursors);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, JournalProblem::not_durable);
  EXPECT_THAT(failed.error().sentence, HasSubstr("disk is full"));
  disk.heal();
  EXPECT_THAT(waiting(journal), IsEmpty());
  EXPECT_FALSE(journal.cursor("disk", "digest").value());
  EXPECT_EQ(journal.status()->quarantine_waiting, 0U);
  EXPECT_EQ(journal.append(origin(), payload("a", 2), rows, cursors).value().value, 1U);
}

TEST_F(Durability, AFailedFsyncOfACheckpointIsNotSwallowed) {
  Journal journal = desk.open();
  disk.fail_fsyncs_of_the_file(SQLITE_IOERR_FSYNC);
  record::Payload large = payload("a", 1);
  large.compressed.resize(std::size_t{33} << 20);  // more than the log holds between checkpoints
  EXPECT_EQ(journal.append(origin(), std::move(large), {}, {}).error().code,
            JournalProblem::not_durable);
  disk.heal();
  EXPECT_EQ(journal.append(origin(), payload("b", 1), {}, {}).error().code,
            JournalProblem::not_durable);
}

TEST_F(Durability, EveryCallerOfAGroupIsToldThatItsCommitFailed) {
  std::promise<JournalProblem> answers[2];
  GroupCommit commit(desk.open(), desk.limits, [](const JournalFailure&) {});
  disk.fail_fsyncs(SQLITE_IOERR_FSYNC);
  for (auto& answer : answers) {
    commit.submit(submission("a", 1),
                  [&answer](auto placement) { answer.set_value(placement.error().code); });
  }
  for (auto& answer : answers) {
    EXPECT_EQ(answer.get_future().get(), JournalProblem::not_durable);
  }
}

TEST_F(Durability, TheOwnerOfAGroupCommitIsToldWhenABatchCanNotBeClosed) {
  desk.limits.batch_age = std::chrono::milliseconds(0);
  {
    Journal journal = desk.open();
    ASSERT_TRUE(journal.commit(std::vector{submission("a", 1)}));
  }
  Journal journal = desk.open();
  disk.fail_fsyncs(SQLITE_IOERR_FSYNC);
  std::promise<JournalProblem> told;
  bool is_told = false;
  const GroupCommit commit(std::move(journal), desk.limits, [&](const JournalFailure& failure) {
    if (!std::exchange(is_told, true)) told.set_value(failure.code);
  });
  EXPECT_EQ(told.get_future().get(), JournalProblem::not_durable);
}

}  // namespace
}  // namespace sluice::journal::test
