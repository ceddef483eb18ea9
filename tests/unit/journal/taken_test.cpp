// How many rows ever came, which the journal counts where it makes them durable.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "journal/stream_marks.h"
#include "sqlite/database.h"
#include "support/journal_builder.h"

namespace sluice::journal::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Taken : public testing::Test {
 protected:
  static TakenRows taken(const std::string& dataset, record::Mode mode, std::uint64_t rows,
                         std::uint64_t quarantined) {
    return {record::DatasetId(dataset), mode, rows, quarantined};
  }
  static std::vector<QuarantinedRow> bad_rows(std::size_t rows,
                                              record::Mode mode = record::Mode::direct) {
    return std::vector<QuarantinedRow>(
        rows, {.dataset = record::DatasetId("approval"), .mode = mode, .rule = "uscc"});
  }
  std::vector<TakenRows> all() { return journal.taken().value(); }

  Desk desk;
  Journal journal = desk.open();
};

TEST_F(Taken, RowsAreCountedByDatasetAndModeThoseInQuarantineIncluded) {
  EXPECT_THAT(all(), IsEmpty());
  DatasetOrigin from_disk = origin();
  from_disk.mode = record::Mode::disk;
  ASSERT_TRUE(journal.append(from_disk, payload("file", 5), bad_rows(2, record::Mode::disk), {}));
  Submission call = submission("call", 3);
  call.deletes = {1};
  call.quarantined = bad_rows(1);
  const std::vector<Submission> calls{call, submission("call", 2), submission("other", 4, "levy")};
  ASSERT_TRUE(journal.commit(calls));
  EXPECT_THAT(all(), ElementsAre(taken("approval", record::Mode::direct, 7, 1),
                                 taken("approval", record::Mode::disk, 7, 2),
                                 taken("levy", record::Mode::direct, 4, 0)));
}

TEST_F(Taken, ALargeCallIsCountedOnce) {
  Submission call = submission("large", 6);
  call.payload = payload("large", 6);
  call.lines.clear();
  ASSERT_TRUE(journal.commit(std::span(&call, 1)));
  EXPECT_THAT(all(), ElementsAre(taken("approval", record::Mode::direct, 6, 0)));
}

TEST_F(Taken, WhatWasNotTakenIsNotCounted) {
  desk.limits.backlog_bytes = 1;
  journal = desk.open();
  ASSERT_TRUE(journal.append(origin(), payload("first", 2), {}, {}));
  ASSERT_FALSE(journal.append(origin(), payload("second", 3), {}, {}));
  EXPECT_THAT(all(), ElementsAre(taken("approval", record::Mode::direct, 2, 0)));
}

TEST_F(Taken, AnotherProcessCountsIntoTheSameAndARestartLosesNothing) {
  Journal import = desk.open();
  ASSERT_TRUE(import.append(origin(), payload("theirs", 2), {}, {}));
  ASSERT_TRUE(journal.append(origin(), payload("ours", 3), {}, {}));
  EXPECT_THAT(all(), ElementsAre(taken("approval", record::Mode::direct, 5, 0)));
  journal = desk.open();
  EXPECT_THAT(all(), ElementsAre(taken("approval", record::Mode::direct, 5, 0)));
}

TEST_F(Taken, ARowThatIsCorrectedAndReplayedCameOnce) {
  ASSERT_TRUE(journal.append(origin(), payload("none", 0), bad_rows(1), {}));
  ASSERT_TRUE(journal.replay(1, submission("corrected", 1), {.by = "li.wei", .note = ""}));
  EXPECT_THAT(all(), ElementsAre(taken("approval", record::Mode::direct, 1, 1)));
}

TEST_F(Taken, RowsThatTheCenterRefusesGoToTheQuarantineAndCameOnce) {
  ASSERT_TRUE(journal.append(origin(), payload("name", 5), {}, {}));
  record::Receipt receipt = receipt_for(waiting(journal).front());
  receipt.refused = {{"code", "unique", "another has it", {{2, 3}}}};
  receipt.rows = {.inserted = {3}, .rejected = {2}};
  ASSERT_TRUE(journal.acknowledge(receipt, {record::to_json(receipt), "signature"}));
  EXPECT_THAT(all(), ElementsAre(taken("approval", record::Mode::direct, 5, 2)));
}

TEST_F(Taken, ANewEpochSealsAnewAndCountsNothingAgain) {
  ASSERT_TRUE(journal.append(origin(), payload("name", 5), {}, {}));
  const auto marks = StreamMarks::open(desk.node.directory / "marks.sqlite").value();
  ASSERT_TRUE(journal.begin_epoch({.after = journal.status()->stream.epoch}, *marks));
  EXPECT_EQ(waiting(journal).size(), 1U);
  EXPECT_THAT(all(), ElementsAre(taken("approval", record::Mode::direct, 5, 0)));
}

TEST_F(Taken, AFileOfTheVersionBeforeBeginsToCountWhenItIsOpened) {
  ASSERT_TRUE(journal.append(origin(), payload("before", 5), bad_rows(1), {}));
  ASSERT_TRUE(sqlite::Database::open(desk.file())
                  ->execute("DROP TRIGGER quarantine_counts; DROP TABLE taken; "
                            "PRAGMA user_version=7"));
  journal = desk.open();
  EXPECT_THAT(all(), IsEmpty());
  ASSERT_TRUE(journal.append(origin(), payload("since", 2), bad_rows(1), {}));
  EXPECT_THAT(all(), ElementsAre(taken("approval", record::Mode::direct, 3, 1)));
}

}  // namespace
}  // namespace sluice::journal::test
