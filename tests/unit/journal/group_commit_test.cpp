#include "journal/group_commit.h"

#include <algorithm>
#include <atomic>
#include <functional>
#include <future>
#include <set>
#include <stdexcept>
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

TEST(WaitingMemory, IsTheNodesAndOneStreamMayHaveHalf) {
  WaitingMemory memory(100);
  EXPECT_TRUE(memory.take(40, 0));
  EXPECT_FALSE(memory.take(11, 40)) << "more than half";
  EXPECT_TRUE(memory.take(10, 40));
  EXPECT_TRUE(memory.take(50, 0)) << "another stream's";
  EXPECT_FALSE(memory.take(1, 0)) << "all is taken";
  memory.give_back(50);
  EXPECT_TRUE(memory.take(1, 0));
}

TEST(WaitingMemory, TakesWhatIsAloneHoweverLargeItIs) {
  WaitingMemory memory(100);
  EXPECT_TRUE(memory.take(1000, 0));
  EXPECT_FALSE(memory.take(1, 0));
  memory.give_back(1000);
  EXPECT_TRUE(memory.take(1, 0));
}

TEST(GroupCommit, AnExceptionOnItsThreadEndsTheStreamWithAReasonAndAnswersWhoWaits) {
  Desk desk;
  std::atomic<bool> is_broken = false;
  Journal journal =
      Journal::open(desk.file(), record::BureauId("park"), desk.limits, desk.keyring, [&] {
        if (is_broken) throw std::runtime_error("no such clock");
        return desk.now;
      }).value();
  std::promise<JournalFailure> stopped;
  GroupCommit commit(std::move(journal), desk.limits, no_failure, GroupCommit::at_once,
                     [&](const JournalFailure& failure) { stopped.set_value(failure); });
  const auto submitted = [&] {
    std::promise<Result<Placement>> answer;
    commit.submit(submission("a", 1), [&](auto placement) { answer.set_value(placement); });
    return answer.get_future().get();
  };
  EXPECT_TRUE(submitted());
  EXPECT_FALSE(commit.is_stopped());
  is_broken = true;
  const auto failed = submitted();
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().sentence, testing::HasSubstr("no such clock"));
  EXPECT_THAT(stopped.get_future().get().sentence, testing::HasSubstr("restart sluiced"));
  is_broken = false;
  EXPECT_TRUE(commit.is_stopped());
  EXPECT_FALSE(submitted()) << "it takes nothing more";
  std::promise<bool> found;
  commit.find("direct", "key", [&](auto cursor) { found.set_value(cursor.has_value()); });
  EXPECT_FALSE(found.get_future().get());
}

// As a page does it: in the daemon, with a handle of its own on the file that calls are written to.
TEST(GroupCommit, WhatIsSettledBesideItIsNumberedTogetherWithWhatIsSubmitted) {
  Desk desk;
  desk.limits.batch_rows = 3;
  desk.limits.batch_age = std::chrono::milliseconds(20);
  constexpr int rounds = 60;
  {
    Journal journal = desk.open();
    const std::vector<QuarantinedRow> rows(2 * rounds, {.dataset = origin().dataset, .rule = "r"});
    ASSERT_TRUE(journal.append(origin(), payload("none", 0), rows, {}));
  }
  {
    GroupCommit commit(desk.open(), desk.limits, no_failure);
    const auto settle = [&](int first) {
      for (int id = first; id < first + rounds; ++id) {
        Journal journal = desk.open();
        EXPECT_TRUE(id % 2 == 0
                        ? journal.discard(id, {"li.wei", "no"}).has_value()
                        : journal.replay(id, submission("replayed", 1), {"li.wei", ""}).has_value())
            << id;
      }
    };
    const std::jthread one([&] { settle(1); });
    const std::jthread another([&] { settle(1 + rounds); });
    const std::jthread caller([&] {
      for (int call = 0; call < rounds; ++call) {
        std::promise<void> answered;
        commit.submit(submission("call", 1), [&](auto placement) {
          EXPECT_TRUE(placement) << record::to_string(placement.error());
          answered.set_value();
        });
        answered.get_future().wait();
      }
    });
  }
  Journal journal = desk.open();
  ASSERT_TRUE(journal.close_open_batches(Journal::Close::all));
  std::uint64_t rows = 0;
  record::ChainHead head;
  for (const record::Batch& batch : waiting(journal)) {
    const auto manifest = record::parse_manifest(batch.manifest).value();
    ASSERT_EQ(manifest.sequence.value, head.sequence.value + 1);
    ASSERT_EQ(manifest.previous, head.manifest);
    const std::string text = text_of(batch);
    ASSERT_EQ(std::ranges::count(text, '\n'), static_cast<std::ptrdiff_t>(manifest.upserts.value));
    head = {manifest.sequence, record::sha256(batch.manifest)};
    rows += manifest.upserts.value;
  }
  EXPECT_EQ(rows, 2U * rounds) << "every call, and what was replayed";
  EXPECT_EQ(journal.status()->quarantine_waiting, 0U);
}

// Where a thread is held, the first time that it comes by once this is asked for.
class Halt {
 public:
  void ask_for() { asked_ = true; }
  void come_by() {
    if (!asked_.exchange(false)) return;
    is_there_.set_value();
    go_on_.get_future().wait();
  }
  void wait_for_it() { is_there_.get_future().wait(); }
  void let_go() { go_on_.set_value(); }

 private:
  std::atomic<bool> asked_ = false;
  std::promise<void> is_there_;
  std::promise<void> go_on_;
};

// A call with a key asks for it before it is submitted: it would wait for all large ones else.
TEST(GroupCommit, SmallOnesAndQuestionsPassLargeOnesThatWaitAndBothKeepTheirOrder) {
  Desk desk;
  desk.limits.batch_age = std::chrono::hours(1);
  Halt halt;
  Journal journal =
      Journal::open(desk.file(), record::BureauId("park"), desk.limits, desk.keyring, [&] {
        halt.come_by();
        return desk.now;
      }).value();
  Limits often;
  often.batch_age = std::chrono::milliseconds(0);
  halt.ask_for();
  std::string answered;  // the commit thread's until it has ended
  {
    GroupCommit commit(std::move(journal), often, no_failure);
    const auto submit = [&](
                            const std::string& name, Submission call,
                            const std::function<void()>& then = [] {}) {
      commit.submit(std::move(call), [&answered, name, then](auto placement) {
        EXPECT_TRUE(placement) << record::to_string(placement.error());
        answered += name + " ";
        then();
      });
    };
    const auto large = [](const std::string& name) {
      return Submission{.origin = origin(), .upserts = {2}, .payload = payload(name, 2)};
    };
    halt.wait_for_it();
    submit("a", submission("a", 1));
    submit("L1", large("L1"), [&] { submit("c", submission("c", 1)); });
    submit("L2", large("L2"));
    Submission keyed = submission("b", 1);
    keyed.cursors.push_back({"direct", "key", "answer", Cursor::Keep::as_an_answer});
    submit("b", std::move(keyed));
    commit.find("direct", "key",
                [&answered](auto cursor) { answered += cursor.value() ? "found " : "not found "; });
    halt.let_go();
  }
  EXPECT_EQ(answered, "a b found L1 c L2 ");
  Journal after = desk.open();
  std::vector<std::string> texts;
  for (const record::Batch& batch : waiting(after))
    texts.push_back(text_of(batch));
  EXPECT_THAT(texts, testing::ElementsAre(lines("a", 1) + lines("b", 1), lines("L1", 2),
                                          lines("c", 1), lines("L2", 2)));
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
