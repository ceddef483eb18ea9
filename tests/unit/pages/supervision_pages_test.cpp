// What a supervisor orders on a whole center: who may be given a task, and who is not offered one.
#include "pages/supervision_pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "station.h"

namespace sluice::pages::test {
namespace {

using people::Role;
using testing::HasSubstr;
using testing::Not;

class SupervisionPagesTest : public testing::Test {
 protected:
  SupervisionPagesTest() {
    boss_.cookies[std::string(session_cookie)] =
        station_.session_of(station_.add("boss", {Role::supervisor}, "park"));
    station_.add("keyer", {Role::clerk, Role::checker}, "park");
    station_.add("checker", {Role::checker}, "park");
    station_.add("stranger", {Role::clerk}, "quality");
    station_.add_task();
  }
  tasks::Task task() { return queue_->find({1}, people::AccountName()).value()->task; }
  // The keyer has keyed it: it is to be checked.
  void key() {
    const people::AccountName keyer("keyer");
    using tasks::TaskState;
    ASSERT_TRUE(queue_->apply({1}, tasks::ClaimIt{keyer, {TaskState::open}, {}}, station_.now));
    ASSERT_TRUE(queue_->apply({1}, tasks::FinishKeying{keyer, "{}", true}, station_.now));
  }
  static std::string option(const std::string& name) { return "<option value=\"" + name + "\""; }

  Station station_;
  Browser boss_{station_};
  std::unique_ptr<tasks::Tasks> queue_ =
      installation::open_tasks(station_.installation().settings).value();
};

TEST_F(SupervisionPagesTest, ATaskIsOfferedToThoseWhoMayWorkOnIt) {
  std::string page = boss_.get("/tasks/1").body;
  EXPECT_THAT(page, HasSubstr(option("keyer")));
  for (const std::string other : {"checker", "stranger", "boss"})
    EXPECT_THAT(page, Not(HasSubstr(option(other)))) << other;
  key();
  page = boss_.get("/tasks/1").body;
  EXPECT_THAT(page, HasSubstr(option("checker")));
  EXPECT_THAT(page, Not(HasSubstr(option("keyer")))) << "it is his own work";
}

TEST_F(SupervisionPagesTest, ATaskIsNotGivenToWhoMayNotWorkOnIt) {
  const auto given = [&](const std::string& to) {
    return boss_.post("/tasks/1/reassign", "to=" + to);
  };
  const auto refused = given("checker");
  EXPECT_EQ(refused.status, 422U);
  EXPECT_THAT(refused.body, HasSubstr("checker may not key records of park"));
  EXPECT_EQ(given("nobody").status, 422U);
  EXPECT_EQ(task().kept_for, std::nullopt);
  EXPECT_EQ(given("keyer").status, 303U);
  EXPECT_EQ(task().kept_for, people::AccountName("keyer"));
  key();
  EXPECT_EQ(given("checker").status, 303U);
  EXPECT_EQ(given("").status, 303U);
  EXPECT_EQ(task().kept_for, std::nullopt);
}

// Two look at the same page; the second has not seen what the first has changed since.
TEST_F(SupervisionPagesTest, WhatTheFormShowedAndNobodyTypedOverIsLeftAlone) {
  EXPECT_THAT(boss_.get("/tasks/1").body,
              testing::AllOf(HasSubstr("name=\"priority_shown\" value=\"0\""),
                             HasSubstr("name=\"due_shown\" value=\"\"")));
  const auto change = [&](const std::string& fields) {
    EXPECT_EQ(boss_.post("/tasks/1/change", fields).status, 303U);
  };
  change("priority=5&priority_shown=0&due=&due_shown=");
  change("priority=0&priority_shown=0&due=2026-12-01T08%3A00&due_shown=");
  EXPECT_EQ(task().asked.priority, 5);
  ASSERT_TRUE(task().asked.due);
  const auto version = task().version;
  change("priority=0&priority_shown=0&due=&due_shown=");
  EXPECT_EQ(task().asked.priority, 5);
  EXPECT_TRUE(task().asked.due);
  EXPECT_EQ(task().version, version) << "nothing was changed, and no change is in the history";
  change("priority=5&priority_shown=5&due=&due_shown=2026-12-01T08%3A00");
  EXPECT_FALSE(task().asked.due) << "it was cleared";
}

}  // namespace
}  // namespace sluice::pages::test
