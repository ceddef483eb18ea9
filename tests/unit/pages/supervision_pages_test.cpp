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

}  // namespace
}  // namespace sluice::pages::test
