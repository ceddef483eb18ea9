#include "entry/keyed_record_sink.h"

#include <future>
#include <latch>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "licence_desk.h"
#include "support/failing_disk.h"
#include "support/journal_builder.h"

namespace sluice::entry::test {
namespace {

using Answer = std::expected<SavedRecord, SaveFailure>;

class KeyedRecordSinkTest : public testing::Test {
 protected:
  KeyedRecordSinkTest() {
    desk.limits.batch_age = std::chrono::hours(1);
    start();
  }
  // As after a restart, with the same journal.
  void start() {
    sink.reset();
    commit.reset();
    commit = std::make_unique<journal::GroupCommit>(
        desk.open(), desk.limits,
        [](const auto& failure) { ADD_FAILURE() << record::to_string(failure); });
    sink.emplace(*commit, running);
  }
  CheckedRecord record(const std::string& capital = "1,000 万元") const {
    return checker.check(with(good_form(), "capital", capital)).value();
  }
  Answer save(const std::string& draft, CheckedRecord checked) {
    std::promise<Answer> answered;
    sink->save(DraftId(draft), std::move(checked),
               [&](Answer answer) { answered.set_value(std::move(answer)); });
    return answered.get_future().get();
  }
  // All lines in the journal, once it is closed.
  std::string lines() {
    sink.reset();
    commit.reset();
    journal::Journal journal = desk.open();
    EXPECT_TRUE(journal.close_open_batches(journal::Journal::Close::all));
    std::string text;
    for (const auto& batch : journal::test::waiting(journal))
      text += journal::test::text_of(batch);
    return text;
  }

  journal::test::Desk desk;
  LicenceDesk licences;
  FormChecker checker = licences.form_checker();
  RunningDrafts running;
  std::unique_ptr<journal::GroupCommit> commit;
  std::optional<KeyedRecordSink> sink;
};

TEST_F(KeyedRecordSinkTest, MakesARecordDurableAndSaysWhereItIs) {
  const Answer saved = save("draft-1", record());
  ASSERT_TRUE(saved);
  EXPECT_TRUE(saved->is_new);
  EXPECT_EQ(saved->placement.sequence.value, 1U);
  EXPECT_EQ(saved->placement.first_row, 1U);
  EXPECT_EQ(lines(), record().submission().lines);
}

TEST_F(KeyedRecordSinkTest, DraftSavedTwiceIsOneRecordAndTheSameAnswer) {
  ASSERT_TRUE(save("draft-0", record("2,000")));
  const Answer first = save("draft-1", record());
  const Answer second = save("draft-1", record("10000000"));
  ASSERT_TRUE(second);
  EXPECT_FALSE(second->is_new);
  EXPECT_EQ(second->placement.first_row, first->placement.first_row);
  EXPECT_EQ(second->placement.sequence, first->placement.sequence);
  EXPECT_EQ(lines(), record("2,000").submission().lines + record().submission().lines);
}

TEST_F(KeyedRecordSinkTest, DraftIsKnownAgainAfterARestartAndLongAfterAnswersAreForgotten) {
  ASSERT_TRUE(save("draft-1", record()));
  sink.reset();
  commit.reset();
  desk.now += desk.limits.answer_age * 10;
  {
    journal::Journal journal = desk.open();
    ASSERT_TRUE(journal.close_open_batches(journal::Journal::Close::all));
    const record::Receipt receipt =
        journal::test::receipt_for(journal::test::waiting(journal).front());
    // Which is when answers that are old enough are forgotten.
    ASSERT_TRUE(journal.acknowledge(receipt, {"json", "signature"}));
  }
  start();
  const Answer again = save("draft-1", record());
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->is_new);
}

TEST_F(KeyedRecordSinkTest, DraftSavedWithOtherContentIsConflicting) {
  ASSERT_TRUE(save("draft-1", record()));
  const Answer other = save("draft-1", record("2,000 万元"));
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, SaveProblem::conflicting);
  EXPECT_EQ(other.error().place, "draft-1");
  EXPECT_EQ(lines(), record().submission().lines) << "what was taken first stays";
}

TEST_F(KeyedRecordSinkTest, TwoDraftsThatSayTheSameAreTwoRecords) {
  ASSERT_TRUE(save("draft-1", record()));
  EXPECT_TRUE(save("draft-2", record())->is_new);
}

TEST_F(KeyedRecordSinkTest, SavesOfOneDraftAtTheSameTimeAreOneRecord) {
  constexpr int clerks = 8;
  constexpr int drafts = 20;
  std::mutex mutex;
  std::map<int, int> new_ones;
  std::map<int, std::set<std::uint64_t>> rows;
  std::latch answered(clerks * drafts);
  std::latch begin(clerks);
  std::vector<std::jthread> threads;
  for (int clerk = 0; clerk < clerks; ++clerk) {
    threads.emplace_back([&] {
      begin.arrive_and_wait();
      for (int draft = 0; draft < drafts; ++draft) {
        sink->save(DraftId("draft-" + std::to_string(draft)), record(std::to_string(1000 + draft)),
                   [&, draft](Answer answer) {
                     {
                       const std::lock_guard lock(mutex);
                       EXPECT_TRUE(answer);
                       if (answer->is_new) ++new_ones[draft];
                       rows[draft].insert(answer->placement.first_row);
                     }
                     answered.count_down();
                   });
      }
    });
  }
  answered.wait();
  threads.clear();
  for (int draft = 0; draft < drafts; ++draft) {
    EXPECT_EQ(new_ones[draft], 1) << draft;
    EXPECT_EQ(rows[draft].size(), 1U) << draft;
  }
  EXPECT_EQ(std::ranges::count(lines(), '\n'), drafts);
}

// As while one configuration takes the place of another.
TEST_F(KeyedRecordSinkTest, SavesOfOneDraftByTwoWaysIntoItsJournalAreOneRecord) {
  journal::GroupCommit beside(desk.open(), desk.limits, [](const auto& failure) {
    ADD_FAILURE() << record::to_string(failure);
  });
  KeyedRecordSink successor(beside, running);
  for (int draft = 0; draft < 20; ++draft) {
    const DraftId id("draft-" + std::to_string(draft));
    std::promise<Answer> first;
    std::promise<Answer> second;
    sink->save(id, record(), [&](Answer answer) { first.set_value(std::move(answer)); });
    successor.save(id, record(), [&](Answer answer) { second.set_value(std::move(answer)); });
    const Answer taken = first.get_future().get();
    const Answer known = second.get_future().get();
    ASSERT_TRUE(taken) << record::to_string(taken.error());
    ASSERT_TRUE(known) << record::to_string(known.error());
    EXPECT_TRUE(taken->is_new);
    EXPECT_FALSE(known->is_new);
    EXPECT_EQ(known->placement.first_row, taken->placement.first_row);
  }
}

TEST_F(KeyedRecordSinkTest, OfTwoContentsAtTheSameTimeOneIsTakenAndTheOtherConflicts) {
  for (int draft = 0; draft < 20; ++draft) {
    const DraftId id("draft-" + std::to_string(draft));
    std::promise<Answer> first;
    std::promise<Answer> second;
    sink->save(id, record("1,000"), [&](Answer answer) { first.set_value(std::move(answer)); });
    sink->save(id, record("2,000"), [&](Answer answer) { second.set_value(std::move(answer)); });
    EXPECT_TRUE(first.get_future().get());
    const Answer other = second.get_future().get();
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, SaveProblem::conflicting);
  }
}

TEST_F(KeyedRecordSinkTest, AFullJournalIsToldAndTheDraftCanBeSavedLater) {
  desk.limits.backlog_bytes = 1;
  desk.limits.batch_rows = 1;
  start();
  ASSERT_TRUE(save("draft-1", record()));
  const Answer full = save("draft-2", record("2,000"));
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, SaveProblem::backlog_full);
  desk.limits.backlog_bytes = 1 << 20;
  start();
  EXPECT_TRUE(save("draft-2", record("2,000"))->is_new);
}

TEST_F(KeyedRecordSinkTest, AFullDiskIsToldLikeAFullJournalAndPasses) {
  sink.reset();
  commit.reset();
  sluice::test::FailingDisk disk;
  start();
  disk.fail_writes(SQLITE_FULL);
  const Answer full = save("draft-1", record());
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, SaveProblem::backlog_full);
  disk.heal();
  EXPECT_TRUE(save("draft-1", record())->is_new);
  sink.reset();
  commit.reset();
}

TEST_F(KeyedRecordSinkTest, AnswersWhatWasSavedBeforeItWent) {
  std::promise<Answer> answered;
  sink->save(DraftId("draft-1"), record(),
             [&](Answer answer) { answered.set_value(std::move(answer)); });
  sink.reset();
  EXPECT_TRUE(answered.get_future().get());
}

}  // namespace
}  // namespace sluice::entry::test
