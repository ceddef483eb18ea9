// Who gets which task, and for how long: what every way of keeping tasks must do.
#include <future>

#include <gmock/gmock.h>

#include "conformance/tasks_home.h"

namespace sluice::test {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using tasks::TaskId;
using tasks::TaskProblem;
using tasks::TaskState;

class TasksClaimTest : public TasksTest {};
INSTANTIATE_TEST_SUITE_P(Tasks, TasksClaimTest, ::testing::ValuesIn(tasks_kinds()),
                         [](const auto& tested) { return tested.param.name; });

TEST_P(TasksClaimTest, BestIsByPriorityThenDueThenAge) {
  const auto due_late = add({.due = now_ + hours(9)}).id.value;
  const auto never_due = add().id.value;
  const auto due_soon = add({.due = now_ - hours(1)}).id.value;
  const auto due_soon_too = add({.due = now_ - hours(1)}).id.value;
  const auto urgent = add({.priority = 1}).id.value;
  const auto unimportant = add({.priority = -1, .due = now_ - hours(9)}).id.value;
  for (const auto expected : {urgent, due_soon, due_soon_too, due_late, never_due, unimportant}) {
    const auto given = next(wang);
    EXPECT_EQ(given, expected);
    apply({given}, tasks::FinishKeying{wang, "{}", false});
  }
  EXPECT_EQ(next(wang), 0U);
}

TEST_P(TasksClaimTest, ClosedBrowserFindsItsTaskAgainBeforeBetterOnes) {
  const TaskId mine = add().id;
  EXPECT_EQ(next(wang), mine.value);
  add({.priority = 9});
  EXPECT_EQ(next(wang), mine.value);
  now_ += lease * 2;
  EXPECT_EQ(next(wang), mine.value) << "also when the time is over, as long as nobody has it";
  EXPECT_EQ(find(mine).task.claim->until, now_ + lease);
}

TEST_P(TasksClaimTest, SeveralAreGivenAtOnceThoseInHandFirst) {
  const TaskId plain = add().id;
  const TaskId elsewhere = add({.dataset = record::DatasetId("shop")}).id;
  const TaskId mine = add().id;
  const TaskId urgent = add({.priority = 9}).id;
  const TaskId others = add({.priority = 9}).id;
  const TaskId to_check = keyed("{}").id;
  claim(mine, wang);
  claim(elsewhere, wang);
  claim(others, li);
  tasks::Wish wanted = wish(wang);
  wanted.datasets = {record::DatasetId("enterprise")};
  wanted.states = {TaskState::open};
  wanted.lease = hours(30);
  const auto numbers = [](const std::vector<tasks::Task>& tasks) {
    std::vector<std::uint64_t> ids;
    for (const tasks::Task& task : tasks)
      ids.push_back(task.id.value);
    return ids;
  };
  EXPECT_EQ(numbers(tasks_->claim_several(wanted, 2, now_).value()),
            (std::vector{mine.value, urgent.value}));
  const auto all = tasks_->claim_several(wanted, 9, now_).value();
  EXPECT_EQ(numbers(all), (std::vector{mine.value, urgent.value, plain.value}));
  for (const tasks::Task& task : all) {
    EXPECT_EQ(task.claim->holder, wang);
    EXPECT_EQ(task.claim->until, now_ + hours(30));
    EXPECT_EQ(find(task.id).task, task);
  }
  EXPECT_EQ(find(to_check).task.state, TaskState::keyed);
  EXPECT_EQ(next(li), others.value) << "the others stay out of reach";
  EXPECT_TRUE(tasks_->claim_several(wanted, 0, now_).value().empty());
}

// One transaction for both: who saves again and again waits for one the less.
TEST_P(TasksClaimTest, WhatWasJournaledIsNotedWithTheClaimOfTheNext) {
  const TaskId first = add().id;
  claim(first, wang);
  apply(first, tasks::FinishKeying{wang, "{}", false});
  const tasks::JournaledTask journaled{first, {{7}, 3}};
  EXPECT_FALSE(tasks_->claim_next(wish(wang), now_, journaled).value()) << "there is no other";
  EXPECT_EQ(find(first).task.state, TaskState::done);
  EXPECT_EQ(find(first).task.journaled, journaled.journaled);
  const TaskId second = add().id;
  EXPECT_EQ(tasks_->claim_next(wish(wang), now_, journaled).value()->id, second) << "again";
  EXPECT_EQ(happenings(first), (std::vector<std::string>{"boss added", "wang claimed",
                                                         "wang entered", "- journaled"}));
}

TEST_P(TasksClaimTest, NothingIsClaimedWhereWhatWasJournaledCanNotBeNoted) {
  const TaskId open = add().id;
  const auto claimed = tasks_->claim_next(wish(wang), now_, tasks::JournaledTask{open, {{7}, 3}});
  ASSERT_FALSE(claimed);
  EXPECT_EQ(claimed.error().code, TaskProblem::wrong_state);
  EXPECT_FALSE(find(open).task.claim);
}

TEST_P(TasksClaimTest, ALongLeaseIsNotMadeShorterByALookOrADraft) {
  const TaskId id = add().id;
  apply(id, tasks::ClaimIt{wang, {TaskState::open}, hours(30)});
  EXPECT_EQ(claim(id, wang).claim->until, now_ + hours(30));
  EXPECT_EQ(apply(id, tasks::SaveDraft{wang, "{}", lease}).claim->until, now_ + hours(30));
  EXPECT_EQ(next(wang), id.value);
  EXPECT_EQ(find(id).task.claim->until, now_ + hours(30));
}

TEST_P(TasksClaimTest, NobodyIsGivenWhatAnotherHoldsUntilItsTimeIsOver) {
  const TaskId id = add().id;
  EXPECT_EQ(next(wang), id.value);
  EXPECT_EQ(next(li), 0U);
  EXPECT_EQ(problem(id, tasks::ClaimIt{li, wish(li).states, lease}), TaskProblem::held_by_another);
  now_ += lease - milliseconds(1);
  EXPECT_EQ(next(li), 0U);
  now_ += milliseconds(1);
  EXPECT_EQ(next(li), id.value);
}

TEST_P(TasksClaimTest, TypingKeepsItForLonger) {
  const TaskId id = add().id;
  EXPECT_EQ(next(wang), id.value);
  for (int i = 0; i < 3; ++i) {
    now_ += lease - milliseconds(1);
    apply(id, tasks::SaveDraft{wang, "{}", lease});
  }
  EXPECT_EQ(next(li), 0U);
}

TEST_P(TasksClaimTest, DraftOfWhoseTimeIsOverStaysHis) {
  const TaskId id = add().id;
  EXPECT_EQ(next(wang), id.value);
  apply(id, tasks::SaveDraft{wang, "of wang", lease});
  now_ += lease;
  EXPECT_EQ(next(li), id.value);
  EXPECT_FALSE(find(id, li).draft) << "of another's draft nothing is shown";
  apply(id, tasks::SaveDraft{li, "of li", lease});
  EXPECT_EQ(problem(id, tasks::SaveDraft{wang, "too late", lease}), TaskProblem::not_held);
  EXPECT_EQ(problem(id, tasks::FinishKeying{wang, "too late", true}), TaskProblem::not_held);
  now_ += lease;
  EXPECT_EQ(next(wang), id.value);
  EXPECT_EQ(find(id, wang).draft, "of wang");
  EXPECT_EQ(find(id, wang).draft_saved, now_ - lease * 2);
  now_ += lease;
  EXPECT_EQ(next(li), id.value);
  apply(id, tasks::FinishKeying{li, "done", true});
  EXPECT_EQ(home_->ask("SELECT CAST(count(*) AS text) FROM {text} WHERE part = 'draft'"), "0");
}

TEST_P(TasksClaimTest, NobodyIsGivenTheirOwnWork) {
  const TaskId to_check = keyed("1").id;
  const TaskId to_settle = different("1", "2").id;
  EXPECT_EQ(next(wang), 0U);
  EXPECT_EQ(problem(to_check, tasks::ClaimIt{wang, wish(wang).states, lease}),
            TaskProblem::same_person);
  auto reviews = wish(li);
  reviews.states = {TaskState::differs};
  EXPECT_EQ(next(reviews), 0U);
  EXPECT_EQ(next(li), to_check.value);
  EXPECT_EQ(next(zhao), to_settle.value);
}

TEST_P(TasksClaimTest, WishIsOfItsStatesItsBureauAndItsDatasets) {
  const TaskId to_check = keyed("1").id;
  const TaskId levy =
      add({.bureau = record::BureauId("levy"), .dataset = record::DatasetId("levy")}).id;
  const TaskId open = add({.dataset = record::DatasetId("permit")}).id;
  auto nothing = wish(li);
  nothing.states = {};
  EXPECT_EQ(next(nothing), 0U);
  auto reviews = wish(li);
  reviews.states = {TaskState::differs};
  EXPECT_EQ(next(reviews), 0U);
  auto keys = wish(li);
  keys.states = {TaskState::open};
  keys.datasets = {record::DatasetId("enterprise"), record::DatasetId("none")};
  EXPECT_EQ(next(keys), 0U);
  keys.datasets = {record::DatasetId("enterprise"), record::DatasetId("permit")};
  EXPECT_EQ(next(keys), open.value);
  auto of_levy = wish(li);
  of_levy.bureau = record::BureauId("levy");
  EXPECT_EQ(next(of_levy), levy.value);
  auto checks = wish(zhao);
  checks.states = {TaskState::keyed};
  EXPECT_EQ(next(checks), to_check.value);
}

TEST_P(TasksClaimTest, WhatIsHandedBackIsGivenToOthersFirst) {
  const TaskId hard = add({.priority = 1}).id;
  const TaskId easy = add().id;
  EXPECT_EQ(next(wang), hard.value);
  apply(hard, tasks::SaveDraft{wang, "half", lease});
  apply(hard, tasks::HandBack{wang, "can not read it"});
  EXPECT_EQ(next(wang), easy.value);
  apply(easy, tasks::FinishKeying{wang, "{}", false});
  EXPECT_EQ(next(wang), hard.value) << "nothing else is there";
  EXPECT_EQ(find(hard, wang).draft, "half");
  apply(hard, tasks::HandBack{wang, ""});
  EXPECT_EQ(next(li), hard.value);
}

TEST_P(TasksClaimTest, WhatIsReassignedIsTakenAwayAndKept) {
  const TaskId better = add({.priority = 9}).id;
  const TaskId id = add().id;
  claim(id, wang);
  apply(id, tasks::Reassign{boss, li});
  EXPECT_EQ(problem(id, tasks::SaveDraft{wang, "{}", lease}), TaskProblem::not_held);
  EXPECT_EQ(next(wang), better.value);
  EXPECT_EQ(next(li), id.value) << "before those for anyone";
  apply(id, tasks::Reassign{boss, std::nullopt});
  EXPECT_EQ(next(zhao), id.value);
  EXPECT_EQ(problem(keyed("1").id, tasks::Reassign{boss, wang}), TaskProblem::same_person);
}

TEST_P(TasksClaimTest, ReturnedTaskWaitsForTheSupervisor) {
  const TaskId id = add().id;
  EXPECT_EQ(next(wang), id.value);
  apply(id, tasks::SaveDraft{wang, "half", lease});
  apply(id, tasks::ReturnIt{wang, "page 2 is missing"});
  EXPECT_EQ(next(wang), 0U);
  EXPECT_EQ(find(id).task.reason, "page 2 is missing");
  apply(id, tasks::Reopen{boss, "here it is"});
  EXPECT_EQ(next(wang), id.value);
  EXPECT_EQ(find(id, wang).draft, "half");
}

TEST_P(TasksClaimTest, OneTaskAskedForByTwoAtOnceIsGivenOnce) {
  for (int round = 0; round < 20; ++round) {
    const TaskId id = add().id;
    const auto theirs = home_->open();
    ASSERT_TRUE(theirs->find(id, li).value());  // connected, so that both begin at once
    auto other =
        std::async(std::launch::async, [&] { return theirs->claim_next(wish(li), now_).value(); });
    const auto mine = tasks_->claim_next(wish(wang), now_).value();
    EXPECT_NE(mine.has_value(), other.get().has_value()) << round;
    apply(id, tasks::CancelIt{boss, ""});
  }
}

}  // namespace
}  // namespace sluice::test
