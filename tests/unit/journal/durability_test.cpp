// What a journal does when its disk does not take a write.
#include <atomic>
#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "journal/group_commit.h"
#include "support/failing_disk.h"
#include "support/journal_builder.h"

namespace sluice::journal::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Durability : public testing::Test {
 protected:
  // What the journals of one process of a node share. Others have the same mark.
  std::shared_ptr<files::StateDisk> shared() {
    return std::make_shared<files::StateDisk>(desk.node.directory / "not-durable", reserve,
                                              [this] { return space; });
  }

  Desk desk;
  sluice::test::FailingDisk disk;
  files::Space space{.free = 1000, .total = 10'000};
  std::uint64_t reserve = 100;
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
  EXPECT_EQ(failed.error().code, JournalProblem::no_room);
  EXPECT_THAT(failed.error().sentence, HasSubstr("disk is full"));
  disk.heal();
  EXPECT_THAT(waiting(journal), IsEmpty());
  EXPECT_FALSE(journal.cursor("disk", "digest").value());
  EXPECT_EQ(journal.status()->quarantine_waiting, 0U);
  EXPECT_EQ(journal.append(origin(), payload("a", 2), rows, cursors).value().value, 1U);
}

TEST_F(Durability, WhatWasCommittedIsAcknowledgedThoughItsFileCanNotGrow) {
  Journal journal = desk.open();
  disk.fail_writes_to_the_file(SQLITE_FULL);
  record::Payload large = payload("a", 1);
  large.compressed.resize(std::size_t{33} << 20);  // more than the log holds between checkpoints
  EXPECT_EQ(journal.append(origin(), std::move(large), {}, {}).value().value, 1U);
  EXPECT_EQ(journal.append(origin(), payload("b", 1), {}, {}).value().value, 2U);
  disk.heal();
  EXPECT_EQ(journal.append(origin(), payload("c", 1), {}, {}).value().value, 3U);
}

TEST_F(Durability, AFailedFsyncKeepsEveryJournalOfTheNodeFromAcknowledging) {
  desk.disk = shared();
  Journal journal = desk.open();
  Journal beside = desk.open();
  Desk other;  // of another process
  other.disk = shared();
  Journal elsewhere = other.open();
  ASSERT_TRUE(elsewhere.append(origin(), payload("a", 1), {}, {}));
  disk.fail_fsyncs(SQLITE_IOERR_FSYNC);
  ASSERT_FALSE(journal.append(origin(), payload("a", 1), {}, {}));
  disk.heal();
  for (Journal* one : {&beside, &elsewhere}) {
    const auto refused = one->append(origin(), payload("b", 1), {}, {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, JournalProblem::not_durable);
    EXPECT_THAT(refused.error().sentence, HasSubstr("park.journal"));
    EXPECT_EQ(one->check_backlog().error().code, JournalProblem::not_durable);
    EXPECT_EQ(one->cursor("direct", "key").error().code, JournalProblem::not_durable)
        << "an earlier answer";
  }
  other.disk = shared();
  EXPECT_EQ(other.open().check_backlog().error().code, JournalProblem::not_durable)
      << "a process that began later";
}

TEST_F(Durability, AFailedWriteIsNoReasonToDistrustTheOtherJournals) {
  desk.disk = shared();
  Journal journal = desk.open();
  Journal beside = desk.open();
  disk.fail_writes(SQLITE_IOERR_WRITE);
  ASSERT_FALSE(journal.append(origin(), payload("a", 1), {}, {}));
  disk.heal();
  EXPECT_TRUE(beside.append(origin(), payload("a", 1), {}, {}));
}

TEST_F(Durability, BelowItsReserveAJournalTakesNothingInAndStillLetsGo) {
  desk.disk = shared();
  Journal journal = desk.open();
  ASSERT_TRUE(journal.append(origin(), payload("a", 1), {}, {}));
  space.free = 99;
  EXPECT_EQ(journal.append(origin(), payload("b", 1), {}, {}).error().code,
            JournalProblem::no_room);
  EXPECT_EQ(journal.commit(std::vector{submission("b", 1)}).error().code, JournalProblem::no_room);
  const auto refused = journal.check_backlog();
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().sentence, HasSubstr("99 bytes free"));
  EXPECT_THAT(refused.error().sentence, HasSubstr("until 125 are free"));
  const record::Batch batch = waiting(journal).at(0);
  EXPECT_TRUE(journal.acknowledge(receipt_for(batch), {"{}", "s"}));
  space.free = 110;
  EXPECT_EQ(journal.check_backlog().error().code, JournalProblem::no_room) << "not enough yet";
  space.free = 125;
  EXPECT_TRUE(journal.append(origin(), payload("b", 1), {}, {}));
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
  std::atomic<int> times = 0;
  GroupCommit commit(std::move(journal), desk.limits, [&](const JournalFailure& failure) {
    if (++times == 1) told.set_value(failure.code);
  });
  EXPECT_EQ(told.get_future().get(), JournalProblem::not_durable);
  for (int round = 0; round < 3; ++round) {  // each is answered behind another attempt
    std::promise<void> found;
    commit.find("disk", "digest", [&](auto) { found.set_value(); });
    found.get_future().get();
  }
  EXPECT_EQ(times, 1) << "once until it ends";
}

}  // namespace
}  // namespace sluice::journal::test
