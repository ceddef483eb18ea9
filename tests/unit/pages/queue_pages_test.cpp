// The lists of tasks on a whole center: what the queue's page shows, and how it and the
// supervision's are turned.
#include "pages/queue_pages.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "station.h"

namespace sluice::pages::test {
namespace {

using people::Role;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class QueuePagesTest : public testing::Test {
 protected:
  QueuePagesTest() {
    clerk_.cookies[std::string(session_cookie)] =
        station_.session_of(station_.add("clerk", {Role::clerk}, "park"));
    boss_.cookies[std::string(session_cookie)] =
        station_.session_of(station_.add("boss", {Role::supervisor}, "park"));
    for (int i = 0; i < 120; ++i)
      station_.add_task();
  }

  // Where the link of this relation leads; empty: there is none.
  static std::string link(const std::string& page, const std::string& relation) {
    const std::size_t end = page.find("\" rel=\"" + relation + "\"");
    if (end == std::string::npos) return {};
    const std::size_t begin = page.rfind("href=\"", end) + 6;
    std::string path = page.substr(begin, end - begin);
    for (std::size_t at = 0; (at = path.find("&amp;", at)) != std::string::npos; ++at)
      path.replace(at, 5, "&");
    return path;
  }
  // The first and the last task of the list, and how many there are.
  static std::vector<std::string> tasks_on(const std::string& page) {
    std::vector<std::string> tasks;
    constexpr std::string_view link_to_task = "href=\"/tasks/";
    for (std::size_t at = page.find(link_to_task); at != std::string::npos;
         at = page.find(link_to_task, at)) {
      at += link_to_task.size();
      tasks.push_back(page.substr(at, page.find('"', at) - at));
    }
    if (tasks.empty()) return {};
    return {tasks.front(), tasks.back(), std::to_string(tasks.size())};
  }
  // Through three pages and back again.
  static void turn(Browser& browser, const std::string& list) {
    const std::string first = browser.get(list).body;
    EXPECT_THAT(tasks_on(first), ElementsAre("1", "50", "50"));
    EXPECT_EQ(link(first, "prev"), "");
    const std::string second = browser.get(link(first, "next")).body;
    EXPECT_THAT(tasks_on(second), ElementsAre("51", "100", "50"));
    const std::string third = browser.get(link(second, "next")).body;
    EXPECT_THAT(tasks_on(third), ElementsAre("101", "120", "20"));
    EXPECT_EQ(link(third, "next"), "");
    const std::string back = browser.get(link(third, "prev")).body;
    EXPECT_THAT(tasks_on(back), ElementsAre("51", "100", "50"));
    EXPECT_NE(link(back, "next"), "");
    const std::string front = browser.get(link(back, "prev")).body;
    EXPECT_THAT(tasks_on(front), ElementsAre("1", "50", "50"));
    EXPECT_EQ(link(front, "prev"), "");
    EXPECT_NE(link(front, "next"), "");
  }

  Station station_;
  Browser clerk_{station_};
  Browser boss_{station_, "192.0.2.2"};
};

TEST_F(QueuePagesTest, FrontHasTheFirstOfEachKindOfWorkAndLeadsToAllOfThem) {
  const std::string page = clerk_.get("/entry").body;
  EXPECT_THAT(tasks_on(page), ElementsAre("1", "20", "20"));
  EXPECT_EQ(link(page, "next"), "");
  EXPECT_THAT(page, HasSubstr(R"(<a href="/entry?bureau=park&amp;work=key">)"));
  EXPECT_THAT(page, HasSubstr("全部 120 条"));
  EXPECT_THAT(page, Not(HasSubstr("work=check\"")));
}

TEST_F(QueuePagesTest, WhatThePersonHoldsStandsAboveAndTakesNoPlace) {
  ASSERT_EQ(clerk_.post("/entry/sheet/export", "bureau=park&dataset=park-register&count=50").status,
            200U);
  EXPECT_THAT(tasks_on(clerk_.get("/entry").body), ElementsAre("51", "70", "20"));
}

TEST_F(QueuePagesTest, OneKindOfWorkIsTurnedForwardsAndBack) {
  turn(clerk_, "/entry?bureau=park&work=key");
}

TEST_F(QueuePagesTest, SupervisionIsTurnedForwardsAndBack) {
  turn(boss_, "/supervision?bureau=park&list=open");
}

TEST_F(QueuePagesTest, AListOfWorkThatIsNotThePersonsIsDenied) {
  EXPECT_EQ(clerk_.get("/entry?bureau=quality&work=key").status, 403U);
  EXPECT_EQ(clerk_.get("/entry?bureau=park&work=review").status, 403U);
  EXPECT_EQ(clerk_.get("/entry?bureau=park&work=none").status, 403U);
  EXPECT_EQ(clerk_.get("/entry?bureau=park&work=key&after=x").status, 200U);
  EXPECT_EQ(clerk_.get("/entry?bureau=park&work=key&after=99999").status, 200U);
}

}  // namespace
}  // namespace sluice::pages::test
