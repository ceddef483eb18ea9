#include "tasks/transition.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace sluice::tasks {
namespace {

using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const record::Time now = record::parse_time("2026-11-23T04:44:00.000Z").value();
const AccountName holder("holder");
const AccountName another("another");
const AccountName boss("boss");
const std::set<TaskState> any_work = {TaskState::open, TaskState::keyed, TaskState::differs};

// As a task is in that state, with a holder where a person works on it.
Task task_in(TaskState state) {
  Task task{.id = {7}, .entry = EntryId("task-x"), .state = state, .version = {5}, .changed = now};
  if (is_workable(state)) task.claim = Claim{holder, now + minutes(5)};
  if (state != TaskState::open) task.first = Keying{AccountName("first"), now};
  if (state == TaskState::differs || state == TaskState::ready || state == TaskState::done) {
    task.second = Keying{AccountName("second"), now};
  }
  if (state == TaskState::done) task.journaled = Journaled{{8}, 9};
  return task;
}

std::string name_of(TaskProblem problem) {
  switch (problem) {
    case TaskProblem::wrong_state:
      return "-";
    case TaskProblem::not_held:
      return "not held";
    case TaskProblem::held_by_another:
      return "held";
    case TaskProblem::same_person:
      return "same person";
    default:
      return "another problem";
  }
}

// The state that it goes to, or why not.
std::string outcome(const Task& task, const Action& action) {
  const auto step = transition(task, action, now);
  return step ? std::string(to_string(step->task.state)) : name_of(step.error().code);
}

struct Line {
  std::string name;
  Action action;
  std::vector<std::string> outcomes;  // in the order of all_states
};

void expect_outcomes(const std::vector<Line>& lines, const std::function<Task(TaskState)>& make) {
  for (const Line& line : lines) {
    ASSERT_EQ(line.outcomes.size(), all_states.size());
    for (std::size_t i = 0; i < all_states.size(); ++i) {
      EXPECT_EQ(outcome(make(all_states[i]), line.action), line.outcomes[i])
          << line.name << " of a task that is " << to_string(all_states[i]);
    }
  }
}

// Every action in every state, by who holds it. "-": it is refused as `wrong_state`.
TEST(Transition, OfEveryStateByEveryAction) {
  using Back = SendBack::To;
  const std::vector<Line> lines = {
      // open, keyed, differs, ready, done, returned, cancelled, declined
      {"claim",
       ClaimIt{holder, any_work, minutes(5)},
       {"open", "keyed", "differs", "-", "-", "-", "-", "-"}},
      {"draft",
       SaveDraft{holder, "{}", minutes(5)},
       {"open", "keyed", "differs", "-", "-", "-", "-", "-"}},
      {"keying to check",
       FinishKeying{holder, "{}", true},
       {"keyed", "-", "-", "-", "-", "-", "-", "-"}},
      {"keying alone",
       FinishKeying{holder, "{}", false},
       {"ready", "-", "-", "-", "-", "-", "-", "-"}},
      {"check that agrees",
       FinishCheck{holder, "{}", 3, 0},
       {"-", "ready", "-", "-", "-", "-", "-", "-"}},
      {"check that differs",
       FinishCheck{holder, "{}", 3, 1},
       {"-", "differs", "-", "-", "-", "-", "-", "-"}},
      {"settle", Settle{holder, "{}", ""}, {"-", "-", "ready", "-", "-", "-", "-", "-"}},
      {"send back to first",
       SendBack{holder, Back::first, ""},
       {"-", "-", "open", "-", "-", "-", "-", "-"}},
      {"send back to second",
       SendBack{holder, Back::second, ""},
       {"-", "-", "keyed", "-", "-", "-", "-", "-"}},
      {"hand back", HandBack{holder, ""}, {"open", "keyed", "differs", "-", "-", "-", "-", "-"}},
      {"return",
       ReturnIt{holder, ""},
       {"returned", "returned", "returned", "-", "-", "-", "-", "-"}},
      {"reassign", Reassign{boss, another}, {"open", "keyed", "differs", "-", "-", "-", "-", "-"}},
      {"cancel",
       CancelIt{boss, ""},
       {"cancelled", "cancelled", "cancelled", "-", "-", "cancelled", "-", "-"}},
      {"reopen", Reopen{boss, ""}, {"-", "-", "-", "-", "-", "open", "open", "-"}},
      {"change",
       ChangeIt{boss, 3, now},
       {"open", "keyed", "differs", "-", "-", "returned", "-", "-"}},
      {"done", MarkDone{{{8}, 9}}, {"-", "-", "-", "done", "done", "-", "-", "-"}},
      {"done elsewhere", MarkDone{{{8}, 10}}, {"-", "-", "-", "done", "-", "-", "-", "-"}},
      {"refuse", RefuseIt{""}, {"-", "-", "-", "returned", "-", "-", "-", "-"}},
  };
  expect_outcomes(lines, task_in);
}

TEST(Transition, ChangesWhatIsNamedAlone) {
  Task task = task_in(TaskState::open);
  task.asked.priority = 7;
  task.asked.due = now;
  const auto after = [&](const ChangeIt& change) { return transition(task, change, now).value(); };
  const Step priority = after({.account = boss, .priority = 9, .due = {}});
  EXPECT_EQ(priority.task.asked.priority, 9);
  EXPECT_EQ(priority.task.asked.due, now);
  EXPECT_EQ(priority.entry->note, "priority 9");
  const Step never = after({.account = boss, .priority = {}, .due = std::optional<record::Time>()});
  EXPECT_EQ(never.task.asked.priority, 7);
  EXPECT_EQ(never.task.asked.due, std::nullopt);
  EXPECT_EQ(never.entry->note, "due never");
}

TEST(Transition, IsTheHoldersAlone) {
  const std::vector<Line> lines = {
      {"claim",
       ClaimIt{another, any_work, minutes(5)},
       {"held", "held", "held", "-", "-", "-", "-", "-"}},
      {"draft",
       SaveDraft{another, "{}", minutes(5)},
       {"not held", "not held", "not held", "-", "-", "-", "-", "-"}},
      {"keying",
       FinishKeying{another, "{}", true},
       {"not held", "-", "-", "-", "-", "-", "-", "-"}},
      {"check", FinishCheck{another, "{}", 3, 0}, {"-", "not held", "-", "-", "-", "-", "-", "-"}},
      {"settle", Settle{another, "{}", ""}, {"-", "-", "not held", "-", "-", "-", "-", "-"}},
      {"send back",
       SendBack{another, SendBack::To::first, ""},
       {"-", "-", "not held", "-", "-", "-", "-", "-"}},
      {"hand back",
       HandBack{another, ""},
       {"not held", "not held", "not held", "-", "-", "-", "-", "-"}},
      {"return",
       ReturnIt{another, ""},
       {"not held", "not held", "not held", "-", "-", "-", "-", "-"}},
  };
  expect_outcomes(lines, task_in);
}

// Even for who holds it, however that came.
TEST(Transition, NobodyChecksOrSettlesWhatIsTheirOwn) {
  for (const char* name : {"first", "second"}) {
    const AccountName self(name);
    const bool is_first = self.str() == "first";
    const auto held = [&](TaskState state) {
      Task task = task_in(state);
      if (task.claim) task.claim->holder = self;
      return task;
    };
    const std::string keyed = is_first ? "same person" : "keyed";
    expect_outcomes(
        {{"claim",
          ClaimIt{self, any_work, minutes(5)},
          {"open", keyed, "same person", "-", "-", "-", "-", "-"}},
         {"check",
          FinishCheck{self, "{}", 3, 0},
          {"-", is_first ? "same person" : "ready", "-", "-", "-", "-", "-", "-"}},
         {"settle", Settle{self, "{}", ""}, {"-", "-", "same person", "-", "-", "-", "-", "-"}},
         {"send back",
          SendBack{self, SendBack::To::second, ""},
          {"-", "-", "same person", "-", "-", "-", "-", "-"}},
         {"reassign",
          Reassign{boss, self},
          {"open", keyed, "same person", "-", "-", "-", "-", "-"}}},
        held);
  }
}

TEST(Transition, ClaimIsOfStatesThatTheAccountWorksOn) {
  expect_outcomes({{"claim",
                    ClaimIt{holder, {TaskState::keyed}, minutes(5)},
                    {"-", "keyed", "-", "-", "-", "-", "-", "-"}}},
                  task_in);
}

TEST(Transition, ClaimOfWhoseTimeIsOverIsTakenAndTold) {
  Task task = task_in(TaskState::open);
  task.claim->until = now + std::chrono::milliseconds(1);
  EXPECT_EQ(outcome(task, ClaimIt{another, any_work, minutes(5)}), "held");
  task.claim->until = now;
  const Step step = transition(task, ClaimIt{another, any_work, minutes(5)}, now).value();
  EXPECT_EQ(step.task.claim, (Claim{another, now + minutes(5)}));
  EXPECT_EQ(step.task.version.value, 6U);
  EXPECT_EQ(step.entry->note, "the time of holder was over");
  EXPECT_FALSE(step.ends_drafts) << "the other's draft stays";
}

TEST(Transition, OwnClaimIsRenewedWithoutAWordAlsoWhenItsTimeIsOver) {
  Task task = task_in(TaskState::open);
  task.claim->until = now - minutes(9);
  for (const Action& action : {Action(ClaimIt{holder, any_work, minutes(5)}),
                               Action(SaveDraft{holder, "{}", minutes(5)})}) {
    const Step step = transition(task, action, now).value();
    EXPECT_EQ(step.task.claim, (Claim{holder, now + minutes(5)}));
    EXPECT_EQ(step.task.version, task.version);
    EXPECT_FALSE(step.entry);
  }
}

TEST(Transition, WhatIsKeptForOneIsNotForAnother) {
  Task task = task_in(TaskState::open);
  task.claim.reset();
  task.kept_for = holder;
  EXPECT_EQ(outcome(task, ClaimIt{another, any_work, minutes(5)}), "held");
  EXPECT_EQ(outcome(task, ClaimIt{holder, any_work, minutes(5)}), "open");
}

TEST(Transition, ReassigningTakesTheClaimAwayButFromWhomItIsFor) {
  const Task task = task_in(TaskState::open);
  const auto reassigned = [&](const std::optional<AccountName>& to) {
    return transition(task, Reassign{boss, to}, now).value().task;
  };
  EXPECT_FALSE(reassigned(another).claim);
  EXPECT_EQ(reassigned(another).kept_for, another);
  EXPECT_FALSE(reassigned(std::nullopt).claim);
  EXPECT_FALSE(reassigned(std::nullopt).kept_for);
  EXPECT_EQ(reassigned(holder).claim, task.claim);
}

TEST(Transition, FinishedStageIsNobodysAndEndsItsDrafts) {
  Task task = task_in(TaskState::open);
  task.kept_for = holder;
  task.handed_back_by = another;
  const Step step = transition(task, FinishKeying{holder, "typed", true}, now).value();
  EXPECT_FALSE(step.task.claim);
  EXPECT_FALSE(step.task.kept_for);
  EXPECT_FALSE(step.task.handed_back_by);
  EXPECT_EQ(step.task.first, (Keying{holder, now}));
  EXPECT_TRUE(step.ends_drafts);
  EXPECT_EQ(step.text->part, Part::first);
  EXPECT_EQ(step.text->author, holder);
  EXPECT_EQ(step.text->values, "typed");
}

TEST(Transition, CheckTellsWhoseWorkItWasAndWhatItFound) {
  const Step step =
      transition(task_in(TaskState::keyed), FinishCheck{holder, "{}", 12, 2}, now).value();
  EXPECT_EQ(step.entry->check, (CheckFigures{AccountName("first"), 12, 2}));
  EXPECT_EQ(step.entry->what, Happening::differed);
}

TEST(Transition, WhatIsSentBackIsADraftOfWhoTypedItAndKeptForHim) {
  const Task task = task_in(TaskState::differs);
  const Step second = transition(task, SendBack{holder, SendBack::To::second, "look"}, now).value();
  EXPECT_EQ(second.task.kept_for, AccountName("second"));
  EXPECT_EQ(second.task.first, task.first);
  EXPECT_FALSE(second.task.second);
  EXPECT_THAT(second.become_drafts, ElementsAre(Part::second));
  const Step first = transition(task, SendBack{holder, SendBack::To::first, "look"}, now).value();
  EXPECT_EQ(first.task.kept_for, AccountName("first"));
  EXPECT_FALSE(first.task.first);
  EXPECT_FALSE(first.task.second);
  EXPECT_THAT(first.become_drafts, ElementsAre(Part::second, Part::first));
}

TEST(Transition, ReasonGoesWhenItIsReopened) {
  const Task returned =
      transition(task_in(TaskState::keyed), ReturnIt{holder, "can not be read"}, now).value().task;
  EXPECT_EQ(returned.reason, "can not be read");
  const Step reopened = transition(returned, Reopen{boss, "a better copy"}, now).value();
  EXPECT_EQ(reopened.task.reason, "");
  EXPECT_FALSE(reopened.task.first);
  EXPECT_THAT(reopened.become_drafts, ElementsAre(Part::first, Part::second, Part::settled));
}

TEST(Transition, DoneAgainIsNothing) {
  const Task done = task_in(TaskState::done);
  const Step step = transition(done, MarkDone{*done.journaled}, now).value();
  EXPECT_EQ(step.task, done);
  EXPECT_FALSE(step.entry);
  EXPECT_THAT(step.become_drafts, IsEmpty());
}

TEST(Transition, TextsThatCanNotBeKeptAreRefusedFirst) {
  const std::string large(longest_values + 1, 'x');
  const std::string note(longest_note + 1, 'x');
  for (const Action& action :
       {Action(SaveDraft{holder, large, minutes(5)}), Action(FinishKeying{holder, large, true}),
        Action(FinishCheck{holder, large, 1, 0}), Action(Settle{holder, large, ""}),
        Action(Settle{holder, "{}", note}), Action(SendBack{holder, SendBack::To::first, note}),
        Action(HandBack{holder, note}), Action(ReturnIt{holder, note}),
        Action(CancelIt{holder, note}), Action(Reopen{holder, note}), Action(RefuseIt{note})}) {
    const auto step = transition(task_in(TaskState::cancelled), action, now);
    ASSERT_FALSE(step) << action.index();
    EXPECT_EQ(step.error().code, TaskProblem::not_taken) << action.index();
  }
}

}  // namespace
}  // namespace sluice::tasks
