// Deliveries that clerks key into their bureau's own system: what every way of keeping tasks must
// do.
#include <gmock/gmock.h>

#include "conformance/tasks_home.h"

namespace sluice::test {
namespace {

using tasks::DeclineDelivery;
using tasks::Task;
using tasks::TaskProblem;
using tasks::TaskState;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class TasksDeliveryTest : public TasksTest {
 protected:
  Task confirmed(tasks::TaskId id, const tasks::AccountName& account = wang) {
    claim(id, account);
    return apply(id, tasks::ConfirmDelivery{account, "1"});
  }
  std::string count() { return home_->ask("SELECT CAST(count(*) AS text) FROM {task}"); }
};
INSTANTIATE_TEST_SUITE_P(Tasks, TasksDeliveryTest, ::testing::ValuesIn(tasks_kinds()),
                         [](const auto& tested) { return tested.param.name; });

TEST_P(TasksDeliveryTest, EachRecordIsATaskInItsOrder) {
  auto asked = delivery("licences.1790000000000.7", {"k1", "k2"});
  asked.records[0].operation = record::Operation::remove;
  asked.records[1].values = R"({"name":"王小明 'x'"})";
  const auto added = hand_over(asked);
  ASSERT_EQ(added.size(), 2U);
  EXPECT_LT(added[0].id, added[1].id);
  const auto found = home_->open()->find(added[1].id, li).value().value();
  EXPECT_EQ(found.task, added[1]);
  EXPECT_EQ(found.delivered, asked.records[1].values) << "whoever reads it";
  EXPECT_EQ(found.agreement, asked.agreement);
  EXPECT_EQ(found.task.asked.title, "企业 k2");
  EXPECT_EQ(found.task.asked.origin, tasks::Origin::delivery);
  EXPECT_EQ(found.task.asked.outgoing,
            (tasks::Outgoing{asked.name, 2, "k2", record::Operation::upsert}));
  EXPECT_EQ(find(added[0].id).task.asked.outgoing->operation, record::Operation::remove);
  EXPECT_EQ(tasks_->delivered(asked.name).value(), added);
  EXPECT_FALSE(tasks_->delivered("another").value());
}

TEST_P(TasksDeliveryTest, HandedOverAgainAddsNothing) {
  const auto asked = delivery("d1", {"a", "b"});
  const auto added = hand_over(asked);
  const Task done = confirmed(added[0].id);
  const auto again = home_->open()->hand_over(asked, now_).value();
  EXPECT_THAT(again, ElementsAre(done, added[1]));
  EXPECT_EQ(count(), "2");
  auto other = asked;
  other.content = "other";
  const auto refused = tasks_->hand_over(other, now_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, TaskProblem::conflicting);
  EXPECT_EQ(count(), "2");
}

TEST_P(TasksDeliveryTest, DeliveryOfNothingIsKnown) {
  EXPECT_TRUE(hand_over(delivery("d1", {})).empty());
  EXPECT_TRUE(tasks_->delivered("d1").value()->empty());
}

TEST_P(TasksDeliveryTest, IsHandedOverWholeOrNotAtAll) {
  hand_over(delivery("d0", {}));
  auto asked = delivery("d1", {"a", "b"});
  asked.records[1].title = "a\nb";
  EXPECT_EQ(tasks_->hand_over(asked, now_).error().code, TaskProblem::not_taken);
  asked.records[1].title = "";
  asked.records[1].values = "\xff";
  EXPECT_EQ(tasks_->hand_over(asked, now_).error().code, TaskProblem::not_taken);
  EXPECT_FALSE(tasks_->delivered("d1").value());
  EXPECT_EQ(count(), "0");
}

TEST_P(TasksDeliveryTest, IsNotAddedOneByOne) {
  const tasks::NewTask asked{.bureau = park,
                             .dataset = record::DatasetId("enterprise"),
                             .outgoing = tasks::Outgoing{"d1", 1, "a"}};
  EXPECT_EQ(tasks_->add(std::vector{asked}, boss, now_).error().code, TaskProblem::not_taken);
}

TEST_P(TasksDeliveryTest, ConfirmedWithTheNumberOfTheOtherSystem) {
  const auto id = hand_over(delivery("d1", {"a"}))[0].id;
  EXPECT_EQ(next(wang), id.value);
  apply(id, tasks::SaveDraft{wang, "ticks", lease});
  const tasks::ConfirmDelivery confirmation{wang, "京工商〔2026〕'9'"};
  const Task done = apply(id, confirmation);
  EXPECT_EQ(done.state, TaskState::done);
  const auto found = find(id, wang);
  EXPECT_EQ(found.task, done);
  EXPECT_EQ(found.task.receipt_number, "京工商〔2026〕'9'");
  EXPECT_EQ(found.task.answered, (tasks::Keying{wang, now_}));
  EXPECT_EQ(found.delivered, "a");
  EXPECT_FALSE(found.draft);
  EXPECT_EQ(apply(id, confirmation), done);
  EXPECT_THAT(happenings(id), ElementsAre("- added", "wang claimed", "wang confirmed"));
}

TEST_P(TasksDeliveryTest, DeclinedByTheHolderOrTheSupervisor) {
  const auto added = hand_over(delivery("d1", {"a", "b", "c"}));
  claim(added[0].id, wang);
  EXPECT_EQ(apply(added[0].id, DeclineDelivery{wang, "no such firm"}).state, TaskState::declined);
  claim(added[1].id, wang);
  apply(added[1].id, tasks::ReturnIt{wang, "the screen has no such field"});
  apply(added[1].id, DeclineDelivery{boss, "it has none", DeclineDelivery::As::supervisor});
  apply(added[2].id, DeclineDelivery{boss, "twice", DeclineDelivery::As::supervisor});
  EXPECT_EQ(find(added[0].id).task.reason, "no such firm");
  EXPECT_EQ(find(added[1].id).task.answered, (tasks::Keying{boss, now_}));
  std::vector<std::uint64_t> ids;
  const auto declined = tasks_->list({.bureau = park, .state = TaskState::declined}, {}, 9, now_);
  for (const Task& task : declined.value())
    ids.push_back(task.id.value);
  EXPECT_THAT(ids, ElementsAre(3, 2, 1)) << "what is over, the newest first";
}

TEST_P(TasksDeliveryTest, OnlyTheSameRecordWaitsForItsPredecessor) {
  hand_over(delivery("d1", {"a", "b"}));
  hand_over(delivery("d2", {"a", "c"}));
  auto elsewhere = delivery("d3", {"a"});
  elsewhere.bureau = record::BureauId("levy");
  hand_over(elsewhere);
  const tasks::TaskId waiting{3};
  EXPECT_EQ(next(wang), 1U);
  EXPECT_EQ(next(li), 2U);
  EXPECT_EQ(next(zhao), 4U) << "3 waits for 1";
  EXPECT_EQ(next(boss), 0U);
  const auto refused = tasks_->apply(waiting, tasks::ClaimIt{boss, wish(boss).states, lease}, now_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, TaskProblem::waits_for_another);
  EXPECT_THAT(refused.error().sentence, HasSubstr("task 1,"));
  apply({1}, tasks::ReturnIt{wang, "?"});
  EXPECT_EQ(next(boss), 0U) << "what is with the supervisor is not answered";
  apply({1}, DeclineDelivery{boss, "no such firm", DeclineDelivery::As::supervisor});
  EXPECT_EQ(next(boss), waiting.value);
  auto of_levy = wish(wang);
  of_levy.bureau = record::BureauId("levy");
  EXPECT_EQ(next(of_levy), 5U);
}

TEST_P(TasksDeliveryTest, WhatIsKeptForOneWaitsToo) {
  hand_over(delivery("d1", {"a"}));
  hand_over(delivery("d2", {"a"}));
  apply({2}, tasks::Reassign{boss, li});
  EXPECT_EQ(next(li), 1U);
  EXPECT_EQ(problem({2}, tasks::ClaimIt{li, wish(li).states, lease}),
            TaskProblem::waits_for_another);
  confirmed({1}, li);
  EXPECT_EQ(next(li), 2U);
}

TEST_P(TasksDeliveryTest, WithdrawnOnlyWhileNobodyHasAnsweredOrIsAtIt) {
  const auto asked = delivery("d1", {"a", "b"});
  const auto added = hand_over(asked);
  hand_over(delivery("d2", {"a"}));
  claim(added[1].id, wang);
  EXPECT_EQ(tasks_->withdraw("d1", now_).error().code, TaskProblem::held_by_another);
  EXPECT_EQ(find(added[0].id).task.state, TaskState::open) << "all or nothing";
  apply(added[1].id, tasks::HandBack{wang, ""});
  const auto withdrawn = tasks_->withdraw("d1", now_).value();
  ASSERT_EQ(withdrawn.size(), 2U);
  EXPECT_EQ(withdrawn[0].state, TaskState::cancelled);
  EXPECT_EQ(home_->open()->withdraw("d1", now_).value(), withdrawn) << "again is nothing";
  EXPECT_EQ(hand_over(asked), withdrawn);
  EXPECT_EQ(problem(added[0].id, tasks::Reopen{boss, ""}), TaskProblem::wrong_state);
  EXPECT_EQ(next(wang), 3U) << "nothing waits for what was withdrawn";
  EXPECT_THAT(happenings(added[0].id), ElementsAre("- added", "- withdrawn"));
}

TEST_P(TasksDeliveryTest, WhatIsAnsweredInPartIsNotWithdrawn) {
  const auto added = hand_over(delivery("d1", {"a", "b"}));
  confirmed(added[1].id);
  EXPECT_EQ(tasks_->withdraw("d1", now_).error().code, TaskProblem::wrong_state);
  EXPECT_EQ(find(added[0].id).task.state, TaskState::open);
}

TEST_P(TasksDeliveryTest, FiguresCountWhatWasConfirmedAndDeclined) {
  const auto day = now_;
  const auto added = hand_over(delivery("d1", {"a", "b", "c", "d"}));
  confirmed(added[0].id);
  confirmed(added[1].id);
  claim(added[2].id, wang);
  apply(added[2].id, DeclineDelivery{wang, "no"});
  const auto figures = tasks_->figures(park, day, now_).value();
  EXPECT_EQ(figures.clerks.at(wang), (tasks::ClerkFigures{.confirmed = 2, .declined = 1}));
  EXPECT_EQ(figures.depth.at(TaskState::open).tasks, 1U);
  EXPECT_EQ(figures.depth.size(), 1U) << "what is over is no depth";
  EXPECT_EQ(figures.done_by_hour[23], 2U);
}

}  // namespace
}  // namespace sluice::test
