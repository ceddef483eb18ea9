// What is done to the tasks of deliveries, and what is not.
#include <gmock/gmock.h>

#include "tasks/transition.h"

namespace sluice::tasks {
namespace {

using std::chrono::minutes;
using ::testing::HasSubstr;
using As = DeclineDelivery::As;

const record::Time moment = record::parse_time("2026-11-23T04:44:00.000Z").value();
const AccountName keyer("keyer");
const AccountName stranger("stranger");
const AccountName chief("chief");
const std::vector<TaskState> outgoing_states = {TaskState::open, TaskState::done,
                                                TaskState::declined, TaskState::returned,
                                                TaskState::cancelled};

Task outgoing_in(TaskState state) {
  Task task{.id = {7}, .entry = EntryId("task-x"), .state = state, .version = {5}};
  task.asked.outgoing = Outgoing{.delivery = "d", .row = 1, .record_key = "k"};
  if (state == TaskState::open) task.claim = Claim{keyer, moment + minutes(5)};
  if (state == TaskState::done || state == TaskState::declined) {
    task.answered = Keying{keyer, moment};
  }
  if (state == TaskState::done) task.receipt_number = "17";
  if (state == TaskState::declined) task.reason = "known already";
  return task;
}

// "-": it is refused as `wrong_state`; "!": otherwise.
std::string result_of(const Task& task, const Action& action) {
  const auto step = transition(task, action, moment);
  if (step) return std::string(to_string(step->task.state));
  return step.error().code == TaskProblem::wrong_state ? "-" : "!";
}

TEST(Outgoing, OfEveryStateByEveryAction) {
  const struct {
    std::string name;
    Action action;
    std::vector<std::string> results;  // in the order of outgoing_states
  } lines[] = {
      {"claim", ClaimIt{keyer, {TaskState::open}, minutes(5)}, {"open", "-", "-", "-", "-"}},
      {"draft", SaveDraft{keyer, "{}", minutes(5)}, {"open", "-", "-", "-", "-"}},
      {"hand back", HandBack{keyer, ""}, {"open", "-", "-", "-", "-"}},
      {"return", ReturnIt{keyer, ""}, {"returned", "-", "-", "-", "-"}},
      {"reassign", Reassign{chief, stranger}, {"open", "-", "-", "-", "-"}},
      {"change", ChangeIt{chief, 3, moment}, {"open", "-", "-", "returned", "-"}},
      {"reopen what is not withdrawn", Reopen{chief, ""}, {"-", "-", "-", "open", "-"}},
      {"confirm", ConfirmDelivery{keyer, "18"}, {"done", "-", "-", "-", "-"}},
      {"confirm again", ConfirmDelivery{keyer, "17"}, {"done", "done", "-", "-", "-"}},
      {"decline", DeclineDelivery{keyer, "why"}, {"declined", "-", "-", "-", "-"}},
      {"decline again",
       DeclineDelivery{keyer, "known already"},
       {"declined", "-", "declined", "-", "-"}},
      {"decline as supervisor",
       DeclineDelivery{chief, "why", As::supervisor},
       {"declined", "-", "-", "declined", "-"}},
      {"withdraw", WithdrawIt{}, {"!", "-", "-", "cancelled", "cancelled"}},
      {"keying", FinishKeying{keyer, "{}", true}, {"-", "-", "-", "-", "-"}},
      {"check", FinishCheck{keyer, "{}", 3, 0}, {"-", "-", "-", "-", "-"}},
      {"settle", Settle{keyer, "{}", ""}, {"-", "-", "-", "-", "-"}},
      {"send back", SendBack{keyer, SendBack::To::first, ""}, {"-", "-", "-", "-", "-"}},
      {"done", MarkDone{{{8}, 9}}, {"-", "-", "-", "-", "-"}},
      {"refuse", RefuseIt{""}, {"-", "-", "-", "-", "-"}},
      {"cancel", CancelIt{chief, ""}, {"-", "-", "-", "-", "-"}},
  };
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < outgoing_states.size(); ++i) {
      EXPECT_EQ(result_of(outgoing_in(outgoing_states[i]), line.action), line.results[i])
          << line.name << " of a task that is " << to_string(outgoing_states[i]);
    }
  }
}

TEST(Outgoing, AnswerIsTheHoldersOrTheSupervisors) {
  const Task task = outgoing_in(TaskState::open);
  for (const Action& action :
       {Action(ConfirmDelivery{stranger, "18"}), Action(DeclineDelivery{stranger, "why"}),
        Action(DeclineDelivery{chief, "why", As::holder})}) {
    const auto step = transition(task, action, moment);
    ASSERT_FALSE(step);
    EXPECT_EQ(step.error().code, TaskProblem::not_held);
  }
}

TEST(Outgoing, AnotherAnswerThanTheOneThatWasGivenIsRefused) {
  const Task done = outgoing_in(TaskState::done);
  EXPECT_FALSE(transition(done, ConfirmDelivery{stranger, "17"}, moment)) << "not his word";
  const auto again = transition(done, ConfirmDelivery{keyer, "17"}, moment);
  EXPECT_EQ(again->task, done);
  EXPECT_FALSE(again->entry);
}

TEST(Outgoing, ConfirmationKeepsWhoWhenAndTheNumber) {
  const Step step =
      transition(outgoing_in(TaskState::open), ConfirmDelivery{keyer, "A-18"}, moment).value();
  EXPECT_EQ(step.task.answered, (Keying{keyer, moment}));
  EXPECT_EQ(step.task.receipt_number, "A-18");
  EXPECT_FALSE(step.task.claim);
  EXPECT_TRUE(step.ends_drafts);
  EXPECT_EQ(step.entry->what, Happening::confirmed);
  EXPECT_EQ(step.entry->note, "A-18");
}

TEST(Outgoing, RefusalKeepsWhoWhenAndWhy) {
  const Task open = outgoing_in(TaskState::open);
  const Step step = transition(open, DeclineDelivery{keyer, "no such firm"}, moment).value();
  EXPECT_EQ(step.task.answered, (Keying{keyer, moment}));
  EXPECT_EQ(step.task.reason, "no such firm");
  EXPECT_EQ(step.task.receipt_number, "");
  EXPECT_EQ(step.entry->what, Happening::declined);
  const auto without_reason = transition(open, DeclineDelivery{keyer, ""}, moment);
  ASSERT_FALSE(without_reason);
  EXPECT_EQ(without_reason.error().code, TaskProblem::not_taken);
}

TEST(Outgoing, WhatIsHeldIsNotWithdrawnUntilItsTimeIsOver) {
  Task task = outgoing_in(TaskState::open);
  EXPECT_EQ(transition(task, WithdrawIt{}, moment).error().code, TaskProblem::held_by_another);
  task.claim->until = moment;
  const Step step = transition(task, WithdrawIt{}, moment).value();
  EXPECT_EQ(step.task.state, TaskState::cancelled);
  EXPECT_EQ(step.entry->what, Happening::withdrawn);
  EXPECT_FALSE(step.entry->who);
}

TEST(Outgoing, SentencesSayWhatIsDoneInstead) {
  const Task outgoing = outgoing_in(TaskState::open);
  EXPECT_THAT(transition(outgoing, CancelIt{chief, ""}, moment).error().sentence,
              HasSubstr("decline it with a reason"));
  const Task incoming{.claim = Claim{keyer, moment + minutes(5)}};
  for (const Action& action : {Action(ConfirmDelivery{keyer, "1"}),
                               Action(DeclineDelivery{keyer, "why"}), Action(WithdrawIt{})}) {
    const auto step = transition(incoming, action, moment);
    ASSERT_FALSE(step);
    EXPECT_EQ(step.error().code, TaskProblem::wrong_state);
    EXPECT_THAT(step.error().sentence, HasSubstr("no delivery"));
  }
}

}  // namespace
}  // namespace sluice::tasks
