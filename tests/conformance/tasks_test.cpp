// Keeping tasks, and what was keyed, from the first to the last: what every way must do.
#include <future>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "conformance/tasks_home.h"

namespace sluice::test {
namespace {

using tasks::Task;
using tasks::TaskProblem;
using tasks::TaskState;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

INSTANTIATE_TEST_SUITE_P(Tasks, TasksTest, ::testing::ValuesIn(tasks_kinds()),
                         [](const auto& tested) { return tested.param.name; });

TEST_P(TasksTest, TaskIsFoundByAnotherAsItWasAsked) {
  const tasks::NewTask asked{.bureau = park,
                             .dataset = record::DatasetId("enterprise"),
                             .title = "京海登〔2026〕17号 'x'",
                             .origin = tasks::Origin::sheet,
                             .origin_text = "november.csv, row 3",
                             .priority = -7,
                             .due = now_ + std::chrono::hours(72)};
  const Task added = add(asked);
  EXPECT_EQ(added.asked, asked);
  EXPECT_EQ(added.created, now_);
  EXPECT_EQ(added.created_by, boss);
  EXPECT_EQ(added.state, TaskState::open);
  EXPECT_EQ(added.version.value, 1U);
  EXPECT_THAT(added.entry.str(), StartsWith("task-"));
  EXPECT_EQ(added.entry.str().size(), 27U);
  const auto found = home_->open()->find(added.id, wang).value().value();
  EXPECT_EQ(found.task, added);
  EXPECT_FALSE(found.values() || found.draft);
  EXPECT_THAT(happenings(added.id), ElementsAre("boss added"));
}

TEST_P(TasksTest, LookingMakesNothing) {
  const tasks::TaskId none{1};
  EXPECT_FALSE(tasks_->find(none, wang).value());
  EXPECT_TRUE(tasks_->history(none, {}, 9).value().empty());
  EXPECT_FALSE(tasks_->claim_next(wish(wang), now_).value());
  EXPECT_TRUE(tasks_->list({.bureau = park}, {}, 9, now_).value().empty());
  EXPECT_EQ(tasks_->figures(park, now_, now_).value().done_by_hour.size(), 24U);
  EXPECT_FALSE(tasks_->delivered("none").value());
  EXPECT_EQ(tasks_->withdraw("none", now_).error().code, TaskProblem::unknown);
  EXPECT_FALSE(tasks_->last_keyed(park, record::DatasetId("enterprise"), wang).value());
  EXPECT_EQ(problem(none, tasks::CancelIt{boss, ""}), TaskProblem::unknown);
  EXPECT_TRUE(home_->is_untouched());
  add();
  EXPECT_FALSE(tasks_->find({2}, wang).value());
  EXPECT_EQ(problem({2}, tasks::CancelIt{boss, ""}), TaskProblem::unknown);
}

TEST_P(TasksTest, SheetIsAddedWholeOrNotAtAllInItsOrder) {
  const tasks::NewTask good{.bureau = park, .dataset = record::DatasetId("enterprise")};
  std::vector<tasks::NewTask> sheet(3, good);
  sheet[0].title = "a";
  sheet[2].title = "c\n";
  const auto refused = tasks_->add(sheet, boss, now_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, TaskProblem::not_taken);
  EXPECT_EQ(next(wang), 0U);
  sheet[2].title = "c";
  const auto added = tasks_->add(sheet, std::nullopt, now_).value();
  ASSERT_EQ(added.size(), 3U);
  EXPECT_LT(added[0].id, added[1].id);
  EXPECT_EQ(added[2].asked.title, "c");
  EXPECT_NE(added[0].entry, added[1].entry);
  EXPECT_THAT(happenings(added[2].id), ElementsAre("- added"));
  EXPECT_FALSE(tasks_->add(std::vector(tasks::most_added_at_once + 1, good), boss, now_));
}

TEST_P(TasksTest, WhatIsAskedForTwiceIsAddedOnce) {
  const tasks::NewTask asked{.bureau = park, .dataset = record::DatasetId("enterprise")};
  const std::vector<tasks::NewTask> sheet(2, asked);
  const std::vector<tasks::EntryId> entries = {tasks::entry_of_request("sheet 1", 1),
                                               tasks::entry_of_request("sheet 1", 2)};
  EXPECT_FALSE(tasks_->find_entry(entries[0]).value());
  const auto once = tasks_->add(sheet, boss, now_, entries).value();
  ASSERT_EQ(once.size(), 2U);
  EXPECT_EQ(once[1].entry, entries[1]);
  apply(once[0].id, tasks::CancelIt{boss, "not wanted"});
  const auto twice = home_->open()->add(sheet, li, now_ + std::chrono::hours(1), entries).value();
  ASSERT_EQ(twice.size(), 2U);
  EXPECT_EQ(twice[0].id, once[0].id);
  EXPECT_EQ(twice[0].state, TaskState::cancelled) << "as it is now";
  EXPECT_EQ(twice[1], once[1]);
  EXPECT_EQ(tasks_->find_entry(entries[1]).value(), once[1]);
  EXPECT_FALSE(tasks_->find_entry(tasks::entry_of_request("sheet 2", 1)).value());
}

// The ids, of what the witness was told; it lets nothing be kept where it is told to refuse.
struct Told {
  bool refuses = false;
  std::vector<std::vector<std::uint64_t>> ids;
  [[nodiscard]] tasks::Witness witness() {
    return [this](std::span<const tasks::Task> written) -> tasks::Result<void> {
      ids.emplace_back();
      for (const tasks::Task& task : written)
        ids.back().push_back(task.id.value);
      if (!refuses) return {};
      return std::unexpected(tasks::TaskFailure{TaskProblem::failed, "witness", "no"});
    };
  }
};

TEST_P(TasksTest, WhatTheWitnessRefusesIsNotDone) {
  const std::vector<tasks::NewTask> sheet(
      2, {.bureau = park, .dataset = record::DatasetId("enterprise")});
  Told told{.refuses = true, .ids = {}};
  EXPECT_EQ(tasks_->add(sheet, boss, now_, {}, told.witness()).error().place, "witness");
  EXPECT_THAT(told.ids, testing::SizeIs(1));
  EXPECT_EQ(next(wang), 0U) << "nothing was added";
  const tasks::TaskId id = add().id;
  const auto before = find(id).task;
  EXPECT_FALSE(tasks_->apply(id, tasks::CancelIt{boss, "twice"}, now_, told.witness()));
  EXPECT_EQ(find(id).task, before);
  EXPECT_THAT(happenings(id), ElementsAre("boss added"));
}

TEST_P(TasksTest, TheWitnessIsToldOnceOfWhatIsDone) {
  const std::vector<tasks::NewTask> sheet(
      2, {.bureau = park, .dataset = record::DatasetId("enterprise")});
  std::vector<tasks::EntryId> entries;
  for (const std::uint64_t line : {1U, 2U, 3U})
    entries.push_back(tasks::entry_of_request("sheet", line));
  Told told;
  const std::span all(entries);
  const auto once = tasks_->add(sheet, boss, now_, all.first(2), told.witness()).value();
  EXPECT_THAT(told.ids, ElementsAre(ElementsAre(once[0].id.value, once[1].id.value)));
  const auto more = tasks_->add(sheet, boss, now_, all.last(2), told.witness()).value();
  ASSERT_EQ(told.ids.size(), 2U) << "told of the new one alone";
  EXPECT_THAT(told.ids[1], ElementsAre(more[1].id.value));
  ASSERT_TRUE(tasks_->add(sheet, boss, now_, all.first(2), told.witness()));
  EXPECT_EQ(told.ids.size(), 2U) << "nothing was added";
  ASSERT_TRUE(tasks_->apply(once[0].id, tasks::CancelIt{boss, "twice"}, now_, told.witness()));
  EXPECT_THAT(told.ids.back(), ElementsAre(once[0].id.value));
}

TEST_P(TasksTest, WhatIsAskedForTwiceAtOnceIsAddedOnce) {
  const tasks::NewTask asked{.bureau = park, .dataset = record::DatasetId("enterprise")};
  const std::vector<tasks::NewTask> call(5, asked);
  add();  // the tables are there
  const auto theirs = home_->open();
  ASSERT_FALSE(theirs->find({99}, li).value());  // connected, so that both begin at once
  for (int round = 0; round < 20; ++round) {
    std::vector<tasks::EntryId> entries;
    for (std::size_t i = 0; i < call.size(); ++i)
      entries.push_back(tasks::entry_of_request(fmt::format("call {}", round), i));
    auto other =
        std::async(std::launch::async, [&] { return theirs->add(call, li, now_, entries); });
    const auto mine = tasks_->add(call, wang, now_, entries);
    const auto others = other.get();
    ASSERT_TRUE(mine) << mine.error().sentence;
    ASSERT_TRUE(others) << others.error().sentence;
    EXPECT_EQ(*mine, *others);
    EXPECT_EQ(tasks_->history(mine->back().id, {}, 9).value().size(), 1U);
  }
}

TEST_P(TasksTest, OneKeyOfTheApiIsOfOneBody) {
  const std::vector<tasks::EntryId> entry = {tasks::entry_of_request("call 1", 0)};
  std::vector<tasks::NewTask> call = {{.bureau = park,
                                       .dataset = record::DatasetId("enterprise"),
                                       .origin = tasks::Origin::api,
                                       .origin_text = "park, call 0123"}};
  const auto once = tasks_->add(call, std::nullopt, now_, entry).value();
  EXPECT_EQ(tasks_->add(call, std::nullopt, now_, entry).value(), once);
  call.front().origin_text = "park, call 4567";
  const auto refused = tasks_->add(call, std::nullopt, now_, entry);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, TaskProblem::conflicting);
}

TEST_P(TasksTest, RecordThatTwoKeyedAlikeGoesToTheJournalOnce) {
  const std::string first = R"({"name":"王小明 'x'","capital":"1,000"})";
  const tasks::TaskId id = keyed(first).id;
  claim(id, li);
  const Task ready = apply(id, tasks::FinishCheck{li, R"({"capital":"1000"})", 2, 0});
  EXPECT_EQ(ready.state, TaskState::ready);
  EXPECT_EQ(ready.first, (tasks::Keying{wang, now_}));
  EXPECT_EQ(ready.second, (tasks::Keying{li, now_}));
  // As the home node finds it after a crash.
  const tasks::TaskFilter to_journal{.bureau = park, .state = TaskState::ready};
  EXPECT_THAT(home_->open()->list(to_journal, {}, 9, now_).value(), ElementsAre(ready));
  EXPECT_EQ(find(id).values(), first);
  const tasks::MarkDone done{{{17}, 3}};
  const Task journaled = apply(id, done);
  EXPECT_EQ(journaled.state, TaskState::done);
  EXPECT_EQ(apply(id, done), journaled) << "the same again is nothing";
  EXPECT_EQ(problem(id, tasks::MarkDone{{{18}, 1}}), TaskProblem::wrong_state);
  EXPECT_EQ(find(id).task, journaled);
  EXPECT_THAT(happenings(id), ElementsAre("boss added", "wang claimed", "wang keyed", "li claimed",
                                          "li agreed", "- journaled"));
}

TEST_P(TasksTest, RecordWithNothingToVerifyIsReadyAtOnce) {
  const tasks::TaskId id = add().id;
  claim(id, wang);
  EXPECT_EQ(apply(id, tasks::FinishKeying{wang, "{}", false}).state, TaskState::ready);
  EXPECT_EQ(find(id).values(), "{}");
  EXPECT_THAT(happenings(id), ElementsAre("boss added", "wang claimed", "wang entered"));
}

TEST_P(TasksTest, ReviewersWordIsTheLast) {
  const tasks::TaskId id = different("1", "2").id;
  claim(id, zhao);
  EXPECT_EQ(find(id, zhao).first, "1");
  EXPECT_EQ(find(id, zhao).second, "2");
  EXPECT_EQ(apply(id, tasks::Settle{zhao, "3", "by the original"}).state, TaskState::ready);
  EXPECT_EQ(find(id).values(), "3");
  const auto history = tasks_->history(id, {}, 100).value();
  EXPECT_EQ(history.back().note, "by the original");
  EXPECT_EQ(history[4].check, (tasks::CheckFigures{wang, 12, 1}));
  EXPECT_THAT(tasks_->history(id, {4}, 1).value(), ElementsAre(history[4])) << "by pages";
}

TEST_P(TasksTest, WhatIsSentBackIsWithWhoTypedIt) {
  const tasks::TaskId id = different("1", "2").id;
  claim(id, zhao);
  apply(id, tasks::SaveDraft{zhao, "3", lease});
  apply(id, tasks::SendBack{zhao, tasks::SendBack::To::second, "look again"});
  EXPECT_EQ(problem(id, tasks::ClaimIt{zhao, wish(zhao).states, lease}),
            TaskProblem::held_by_another);
  EXPECT_EQ(next(li), id.value);
  EXPECT_EQ(find(id, li).draft, "2");
  EXPECT_FALSE(find(id, zhao).draft);
  EXPECT_FALSE(find(id).second);
  apply(id, tasks::FinishCheck{li, "4", 12, 1});
  claim(id, zhao);
  apply(id, tasks::SendBack{zhao, tasks::SendBack::To::first, "look again"});
  EXPECT_EQ(find(id).task.state, TaskState::open);
  EXPECT_EQ(next(wang), id.value);
  EXPECT_EQ(find(id, wang).draft, "1");
  EXPECT_FALSE(find(id).first);
}

TEST_P(TasksTest, WhatTheJournalRefusedBeginsAnewWithWhatWasTyped) {
  const tasks::TaskId id = different("1", "2").id;
  claim(id, zhao);
  apply(id, tasks::Settle{zhao, "3", ""});
  const Task refused = apply(id, tasks::RefuseIt{"the schema has changed"});
  EXPECT_EQ(refused.state, TaskState::returned);
  EXPECT_EQ(refused.reason, "the schema has changed");
  apply(id, tasks::Reopen{boss, ""});
  EXPECT_FALSE(find(id).values());
  EXPECT_EQ(find(id, wang).draft, "1");
  EXPECT_EQ(find(id, li).draft, "2");
  EXPECT_EQ(find(id, zhao).draft, "3");
  EXPECT_EQ(next(zhao), id.value);
}

TEST_P(TasksTest, WhatIsRefusedIsNotWritten) {
  const tasks::TaskId id = add().id;
  const Task held = claim(id, wang);
  apply(id, tasks::SaveDraft{wang, "kept", lease});
  const std::string large(tasks::longest_values + 1, 'x');
  EXPECT_EQ(problem(id, tasks::SaveDraft{wang, large, lease}), TaskProblem::not_taken);
  EXPECT_EQ(problem(id, tasks::FinishKeying{wang, "\xff", true}), TaskProblem::not_taken);
  EXPECT_EQ(problem(id, tasks::SaveDraft{li, "other", lease}), TaskProblem::not_held);
  EXPECT_EQ(find(id, wang).task, held);
  EXPECT_EQ(find(id, wang).draft, "kept");
  EXPECT_FALSE(find(id, li).draft);
}

TEST_P(TasksTest, LargestTextIsKept) {
  const tasks::TaskId id = add().id;
  claim(id, wang);
  const std::string large(tasks::longest_values, 'x');
  apply(id, tasks::SaveDraft{wang, large, lease});
  EXPECT_EQ(find(id, wang).draft, large);
}

TEST_P(TasksTest, SupervisorChangesWhatMattersFirst) {
  const tasks::TaskId id = add().id;
  apply(id, tasks::ChangeIt{boss, 9, now_});
  EXPECT_EQ(find(id).task.asked.priority, 9);
  EXPECT_EQ(find(id).task.asked.due, now_);
  apply(id, tasks::CancelIt{boss, "twice"});
  EXPECT_EQ(find(id).task.reason, "twice");
  EXPECT_EQ(next(wang), 0U);
  EXPECT_THAT(happenings(id), ElementsAre("boss added", "boss changed", "boss cancelled"));
}

// A handle that goes while it holds, as of a process that was killed.
TEST_P(TasksTest, WhoGoesWhileHeHoldsLosesNothing) {
  const tasks::TaskId id = add().id;
  {
    const auto theirs = home_->open();
    ASSERT_EQ(theirs->claim_next(wish(wang), now_).value()->id, id);
    ASSERT_TRUE(theirs->apply(id, tasks::SaveDraft{wang, "half", lease}, now_));
  }
  tasks_ = home_->open();
  EXPECT_EQ(next(li), 0U);
  EXPECT_EQ(next(wang), id.value);
  EXPECT_EQ(find(id, wang).draft, "half");
}

TEST_P(TasksTest, WhatAClerkKeyedLastIsKnownToWhoeverAsks) {
  const record::DatasetId enterprise("enterprise");
  const auto last = [&] { return home_->open()->last_keyed(park, enterprise, wang).value(); };
  EXPECT_FALSE(last());
  keyed("1");
  EXPECT_EQ(last(), "1");
  now_ += std::chrono::minutes(1);
  const tasks::TaskId checked = different("2", "3").id;
  EXPECT_EQ(last(), "2") << "what he keyed, and not what another keyed of it";
  EXPECT_FALSE(tasks_->last_keyed(park, enterprise, li).value()) << "who checks keys no first";
  claim(checked, zhao);
  apply(checked, tasks::Settle{zhao, "4", ""});
  apply(checked, tasks::MarkDone{{{1}, 1}});
  EXPECT_EQ(last(), "2") << "whatever became of it";
  EXPECT_FALSE(tasks_->last_keyed(park, record::DatasetId("permit"), wang).value());
  EXPECT_FALSE(tasks_->last_keyed(record::BureauId("levy"), enterprise, wang).value());
  const tasks::TaskId alone = add().id;
  claim(alone, wang);
  apply(alone, tasks::SaveDraft{wang, "half", lease});
  EXPECT_EQ(last(), "2") << "a draft is not keyed yet";
}

TEST_P(TasksTest, WhatALaterVersionMadeIsNotReadWrongly) {
  const tasks::TaskId id = add().id;
  home_->ask("UPDATE {history} SET what = 'dreamt'");
  const auto history = tasks_->history(id, {}, 9);
  ASSERT_FALSE(history);
  EXPECT_EQ(history.error().code, TaskProblem::failed);
  EXPECT_THAT(history.error().sentence, HasSubstr("does not know"));

  home_->set_format(3);
  const auto another = home_->open();
  const auto found = another->find(id, wang);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, TaskProblem::failed);
  EXPECT_THAT(found.error().sentence, HasSubstr("of format 3"));
}

// What is written in one go may be sent as literals of SQL.
TEST_P(TasksTest, WhateverStandsInATextIsKeptAsItIs) {
  for (const std::string text :
       {R"({"a":"O'Neil \\' $1 ?1 {} %s"})", R"(\')", R"('); DROP TABLE task; --)", "\t\n\r\x01",
        "𠮷野家 \xE2\x80\xAE 😀", ""}) {
    const tasks::TaskId id = add({.title = "O'Neil \\' $1"}).id;
    claim(id, wang);
    apply(id, tasks::SaveDraft{wang, text, lease});
    EXPECT_EQ(find(id, wang).draft, text);
    apply(id, tasks::FinishKeying{wang, text, true});
    EXPECT_EQ(find(id).first, text);
    claim(id, li);
    apply(id, tasks::HandBack{li, "O'Neil \\' $1"});
    EXPECT_EQ(tasks_->history(id, {}, 9).value().back().note, find(id).task.asked.title);
  }
}

}  // namespace
}  // namespace sluice::test
