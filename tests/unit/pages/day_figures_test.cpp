// The figures beside each form are those of the person, and counting them costs little.
#include "pages/day_figures.h"

#include <gtest/gtest.h>

#include "support/temporary_directory.h"
#include "tasks/sqlite/sqlite_tasks.h"

namespace sluice::pages {
namespace {

using std::chrono::minutes;
using tasks::TaskState;

class DayFiguresTest : public ::testing::Test {
 protected:
  // As at another center: the queue knows of it, and nobody here.
  void key_elsewhere(const tasks::AccountName& account) {
    const tasks::NewTask asked{.bureau = whose_.bureau, .dataset = record::DatasetId("enterprise")};
    const auto id = queue_->add(std::vector{asked}, account, now_).value().front().id;
    ASSERT_TRUE(queue_->apply(id, tasks::ClaimIt{account, {TaskState::open}, minutes(5)}, now_));
    ASSERT_TRUE(queue_->apply(id, tasks::FinishKeying{account, "{}", false}, now_));
  }
  std::uint64_t keyed() { return figures().keyed; }
  tasks::ClerkFigures figures() { return day_.of(whose_, midnight_, now_, *queue_).value(); }

  record::test::TemporaryDirectory directory_;
  std::unique_ptr<tasks::Tasks> queue_ = tasks::open_sqlite(directory_ / "tasks.sqlite");
  DayFigures day_;
  DayFigures::Whose whose_{tasks::AccountName("wang"), record::BureauId("park")};
  record::Time midnight_ = record::parse_time("2026-11-29T00:00:00.000Z").value();
  record::Time now_ = midnight_ + std::chrono::hours(9);
};

TEST_F(DayFiguresTest, WhatIsDoneHereIsAddedAndTheQueueIsAskedOnceAMinute) {
  key_elsewhere(whose_.account);
  EXPECT_EQ(keyed(), 1U);
  key_elsewhere(whose_.account);
  EXPECT_EQ(keyed(), 1U) << "the queue is not asked for each form";
  now_ += std::chrono::seconds(30);
  day_.add_keyed(whose_, now_);
  EXPECT_EQ(keyed(), 2U);
  EXPECT_EQ(figures().active, std::chrono::seconds(30));
  day_.add_checked(whose_, now_ + minutes(16));
  EXPECT_EQ(figures().checked, 1U);
  EXPECT_EQ(figures().active, std::chrono::seconds(30)) << "a pause is no work";
  now_ += std::chrono::seconds(30);
  EXPECT_EQ(figures(), queue_->work_of(whose_.account, whose_.bureau, midnight_).value());
}

TEST_F(DayFiguresTest, OthersFiguresAreTheirs) {
  EXPECT_EQ(keyed(), 0U);
  day_.add_keyed({tasks::AccountName("li"), whose_.bureau}, now_);
  day_.add_keyed({whose_.account, record::BureauId("quality")}, now_);
  EXPECT_EQ(keyed(), 0U);
}

TEST_F(DayFiguresTest, TheyAreCountedAnewWhereTheyMayBeOthers) {
  EXPECT_EQ(keyed(), 0U);
  key_elsewhere(whose_.account);
  EXPECT_EQ(keyed(), 0U);
  day_.count_anew(whose_);
  EXPECT_EQ(keyed(), 1U);
  key_elsewhere(whose_.account);
  now_ -= minutes(1);
  EXPECT_EQ(keyed(), 2U) << "the clock was set back";
  now_ = midnight_ + std::chrono::hours(24);
  midnight_ = now_;
  EXPECT_EQ(keyed(), 0U) << "it is another day";
}

}  // namespace
}  // namespace sluice::pages
