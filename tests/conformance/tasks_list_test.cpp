// What a supervisor looks at: what every way of keeping tasks must do.
#include <gmock/gmock.h>

#include "conformance/tasks_home.h"

namespace sluice::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using tasks::ListKind;
using tasks::TaskFilter;
using tasks::TaskId;
using tasks::TaskState;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class TasksListTest : public TasksTest {
 protected:
  // The numbers of all, by pages of two; the same by pages from the last one back.
  std::vector<std::uint64_t> ids(const TaskFilter& filter) {
    std::vector<std::uint64_t> forwards = ids_forwards(filter);
    EXPECT_EQ(ids_backwards(filter), forwards);
    return forwards;
  }
  std::vector<std::uint64_t> ids_backwards(const TaskFilter& filter) {
    std::vector<std::uint64_t> ids;
    std::optional<tasks::TaskPlace> before;
    for (;;) {
      const auto page = tasks_->list(filter, before, 2, now_, tasks::ListSide::before);
      EXPECT_TRUE(page) << record::to_string(page.error());
      EXPECT_LE(page->size(), 2U);
      if (page->empty()) return ids;
      before = place_of(page->front());
      for (std::size_t i = page->size(); i > 0; --i)
        ids.insert(ids.begin(), (*page)[i - 1].id.value);
    }
  }
  std::vector<std::uint64_t> ids_forwards(const TaskFilter& filter) {
    std::vector<std::uint64_t> ids;
    std::optional<tasks::TaskPlace> after;
    for (;;) {
      const auto page = tasks_->list(filter, after, 2, now_);
      EXPECT_TRUE(page) << record::to_string(page.error());
      EXPECT_LE(page->size(), 2U);
      if (page->empty()) return ids;
      for (const auto& task : *page)
        ids.push_back(task.id.value);
      after = place_of(page->back());
    }
  }
  void finish(TaskId id) {
    claim(id, wang);
    apply(id, tasks::FinishKeying{wang, "{}", false});
    apply(id, tasks::MarkDone{{{1}, id.value}});
  }
};
INSTANTIATE_TEST_SUITE_P(Tasks, TasksListTest, ::testing::ValuesIn(tasks_kinds()),
                         [](const auto& tested) { return tested.param.name; });

TEST_P(TasksListTest, OfOneStateOldestFirstAndOfWhatIsOverNewestFirst) {
  for (int i = 0; i < 10; ++i)
    add();
  add({.bureau = record::BureauId("levy")});
  for (const std::uint64_t id : {2U, 4U, 9U})
    finish({id});
  for (const std::uint64_t id : {1U, 5U, 6U})
    apply({id}, tasks::CancelIt{boss, ""});
  EXPECT_THAT(ids({.bureau = park}), ElementsAre(3, 7, 8, 10));
  EXPECT_THAT(ids({.bureau = park, .state = TaskState::done}), ElementsAre(9, 4, 2));
  EXPECT_THAT(ids({.bureau = park, .state = TaskState::cancelled}), ElementsAre(6, 5, 1));
  EXPECT_THAT(ids({.bureau = park, .state = TaskState::ready}), IsEmpty());
  EXPECT_THAT(ids({.bureau = record::BureauId("levy")}), ElementsAre(11));
}

TEST_P(TasksListTest, OfWhatAnAccountHas) {
  for (int i = 0; i < 6; ++i)
    add();
  for (const std::uint64_t id : {5U, 1U, 3U})
    claim({id}, wang);
  claim({2}, li);
  EXPECT_THAT(ids({.bureau = park, .kind = ListKind::held_by, .holder = wang}),
              ElementsAre(1, 3, 5));
  EXPECT_THAT(ids({.bureau = park, .kind = ListKind::held_by, .holder = zhao}), IsEmpty());
  EXPECT_THAT(ids({.bureau = park, .not_held_by = wang}), ElementsAre(2, 4, 6));
}

TEST_P(TasksListTest, OfWhatIsOverdueLongestFirst) {
  add({.due = now_ - hours(1)});
  add();
  add({.due = now_ - hours(3)});
  add({.due = now_ + hours(1)});
  add({.due = now_ - hours(1)});
  add({.due = now_ - hours(2)});
  finish(add({.due = now_ - hours(9)}).id);
  add({.due = now_});
  EXPECT_THAT(ids({.bureau = park, .kind = ListKind::overdue}), ElementsAre(3, 6, 1, 5));
}

TEST_P(TasksListTest, FiguresTellDepthWorkAndErrors) {
  const auto day = now_;
  now_ += minutes(1);
  const auto oldest = now_;
  add({.due = now_ + hours(1)});
  now_ += minutes(1);
  add();
  keyed("1");
  different("1", "2");
  const TaskId settled = different("1", "2").id;
  claim(settled, zhao);
  apply(settled, tasks::Settle{zhao, "3", ""});
  now_ += hours(2);
  claim({1}, wang);
  const tasks::Figures figures = tasks_->figures(park, day, now_).value();
  using tasks::Depth;
  EXPECT_EQ(figures.depth.at(TaskState::open), (Depth{2, 1, oldest}));
  EXPECT_EQ(figures.depth.at(TaskState::keyed), (Depth{1, 0, oldest + minutes(1)}));
  EXPECT_EQ(figures.depth.at(TaskState::differs).tasks, 1U);
  EXPECT_EQ(figures.depth.at(TaskState::ready).tasks, 1U);
  EXPECT_EQ(figures.depth.size(), 4U);
  using tasks::ClerkFigures;
  EXPECT_EQ(figures.clerks.at(wang),
            (ClerkFigures{.holds = 1, .keyed = 3, .fields_checked = 24, .differences = 2}));
  EXPECT_EQ(figures.clerks.at(li), (ClerkFigures{.checked = 2}));
  EXPECT_EQ(figures.clerks.at(zhao), (ClerkFigures{.settled = 1}));
  EXPECT_EQ(figures.clerks.size(), 3U) << "whoever only adds has no work";
  for (auto [account, clerk] : figures.clerks) {
    clerk.holds = 0;  // is of now, and no work
    EXPECT_EQ(tasks_->work_of(account, park, day).value(), clerk) << account.str();
  }
  EXPECT_EQ(tasks_->work_of(boss, park, day).value(), ClerkFigures());
  EXPECT_EQ(tasks_->waiting(park).value(),
            (std::map<TaskState, std::uint64_t>{
                {TaskState::open, 2}, {TaskState::keyed, 1}, {TaskState::differs, 1}}));

  const tasks::Figures of_wang = tasks_->figures(park, day, now_, wang).value();
  EXPECT_EQ(of_wang.depth, figures.depth);
  EXPECT_EQ(of_wang.clerks, (std::map{std::pair{wang, figures.clerks.at(wang)}}));

  const tasks::Figures of_tomorrow = tasks_->figures(park, now_, now_).value();
  EXPECT_EQ(of_tomorrow.clerks.size(), 1U) << "what he holds is of now";
  const tasks::Figures elsewhere = tasks_->figures(record::BureauId("levy"), day, now_).value();
  EXPECT_TRUE(elsewhere.depth.empty() && elsewhere.clerks.empty());
}

TEST_P(TasksListTest, FiguresTellHowLongAPersonWasAtWork) {
  const auto day = now_;
  const auto key = [&](std::chrono::milliseconds takes) {
    const TaskId id = add().id;
    claim(id, wang);
    now_ += takes;
    apply(id, tasks::FinishKeying{wang, "1", true});
  };
  key(minutes(4));
  EXPECT_FALSE(per_hour(tasks_->figures(park, day, now_).value().clerks.at(wang)))
      << "it is too early to tell";
  now_ += minutes(16);  // a pause
  key(minutes(15));
  now_ += minutes(1);
  key(minutes(10));
  const auto clerk = tasks_->figures(park, day, now_).value().clerks.at(wang);
  EXPECT_EQ(clerk.active, minutes(4 + 15 + 1 + 10));
  EXPECT_DOUBLE_EQ(per_hour(clerk).value(), 6.0);
  const auto later = tasks_->figures(park, now_ - minutes(1), now_).value().clerks.at(wang);
  EXPECT_EQ(later.active, minutes(0)) << "what was before the day counts for nothing";
  claim({1}, li);
  EXPECT_EQ(tasks_->figures(park, day, now_).value().clerks.at(li).active, minutes(0))
      << "each for himself";
}

TEST_P(TasksListTest, FiguresTellWhatWasDoneByHour) {
  const auto begin = now_;
  for (const auto after : {minutes(0), minutes(90), minutes(91), minutes(150)}) {
    now_ = begin + after;
    finish(add().id);
  }
  const auto done = tasks_->figures(park, begin, now_).value().done_by_hour;
  ASSERT_EQ(done.size(), 24U);
  EXPECT_EQ(done[23], 2U) << "what was an hour ago belongs to the hour before";
  EXPECT_EQ(done[22], 1U);
  EXPECT_EQ(done[21], 1U);
  now_ = begin + hours(24);
  EXPECT_EQ(tasks_->figures(park, begin, now_).value().done_by_hour[0], 0U)
      << "24 hours ago is a day ago";
}

}  // namespace
}  // namespace sluice::test
