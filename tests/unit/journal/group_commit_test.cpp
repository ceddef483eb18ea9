#include "journal/group_commit.h"

#include <atomic>
#include <future>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/journal_builder.h"

namespace sluice::journal::test {
namespace {

void no_failure(const JournalFailure& failure) {
  ADD_FAILURE() << record::to_string(failure);
}

TEST(GroupCommit, AnswersEverySubmissionOnceAndWithAPlaceOfItsOwn) {
  Desk desk;
  desk.limits.batch_rows = 1'000'000;
  desk.limits.batch_age = std::chrono::hours(1);
  constexpr int callers = 4;
  constexpr int calls = 50;
  std::mutex mutex;
  std::set<std::uint64_t> rows;
  std::atomic<int> answers = 0;
  {
    GroupCommit commit(desk.open(), desk.limits, no_failure);
    std::vector<std::jthread> threads;
    for (int caller = 0; caller < callers; ++caller) {
      threads.emplace_back([&, caller] {
        for (int call = 0; call < calls; ++call) {
          commit.submit(submission(std::to_string(caller * calls + call), 1), [&](auto placement) {
            ASSERT_TRUE(placement);
            const std::lock_guard lock(mutex);
            rows.insert(placement->first_row);
            ++answers;
          });
        }
      });
    }
  }
  EXPECT_EQ(answers, callers * calls) << "what waited was committed before the end";
  EXPECT_EQ(rows.size(), static_cast<std::size_t>(callers * calls));
}

TEST(GroupCommit, TellsTheTalliesOfWhatWasSubmittedBefore) {
  Desk desk;
  GroupCommit commit(desk.open(), desk.limits, no_failure);
  Submission call = submission("a", 1);
  call.tally = RowTally{.rows = 2, .failed = 1};
  commit.submit(std::move(call), [](auto placement) { EXPECT_TRUE(placement); });
  std::promise<std::vector<MinuteTally>> told;
  commit.tallies(origin().dataset, desk.now,
                 [&](auto tallies) { told.set_value(tallies.value()); });
  const auto tallies = told.get_future().get();
  ASSERT_EQ(tallies.size(), 1U);
  EXPECT_EQ(tallies[0].tally, (RowTally{.rows = 2, .failed = 1}));
}

TEST(GroupCommit, FindsTheCursorOfWhatWasSubmittedBefore) {
  Desk desk;
  GroupCommit commit(desk.open(), desk.limits, no_failure);
  Submission call = submission("a", 1);
  call.cursors.push_back({"direct", "key", "answer", Cursor::Keep::as_an_answer});
  commit.submit(std::move(call), [](auto placement) { EXPECT_TRUE(placement); });
  std::promise<std::optional<KeptCursor>> found;
  commit.find("direct", "key", [&](auto cursor) { found.set_value(cursor.value()); });
  const auto cursor = found.get_future().get();
  ASSERT_TRUE(cursor);
  EXPECT_EQ(cursor->value, "answer");
  EXPECT_EQ(cursor->placement.first_row, 1U);
}

TEST(GroupCommit, ClosesABatchThatIsOldEnough) {
  Desk desk;
  desk.limits.batch_age = std::chrono::milliseconds(0);
  GroupCommit commit(desk.open(), desk.limits, no_failure);
  commit.submit(submission("a", 1), [](auto placement) { EXPECT_TRUE(placement); });
  // The second answer comes a round later than the first, with the closing of batches in between.
  for (int round = 0; round < 2; ++round) {
    std::promise<void> answered;
    commit.find("direct", "none", [&](auto) { answered.set_value(); });
    answered.get_future().get();
  }
  Journal journal = desk.open();
  EXPECT_EQ(waiting(journal).size(), 1U);
}

TEST(GroupCommit, PassesAFullBacklogOn) {
  Desk desk;
  desk.limits.backlog_bytes = 1;
  Journal journal = desk.open();
  ASSERT_TRUE(journal.append(origin(), payload("a", 1), {}, {}));
  GroupCommit commit(desk.open(), desk.limits, no_failure);
  std::promise<JournalProblem> problem;
  commit.submit(submission("b", 1),
                [&](auto placement) { problem.set_value(placement.error().code); });
  EXPECT_EQ(problem.get_future().get(), JournalProblem::backlog_full);
}

}  // namespace
}  // namespace sluice::journal::test
