// What a person is told on a full disk: nothing was saved, and what was typed is not lost by that.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "station.h"
#include "support/failing_disk.h"

namespace sluice::pages::test {
namespace {

using people::Role;
using testing::HasSubstr;
using testing::Not;

class FullDiskTest : public testing::Test {
 protected:
  FullDiskTest() {
    enter(clerk_, "clerk", Role::clerk);
    enter(checker_, "checker", Role::checker);
    EXPECT_EQ(station_.add_task().value, 1U);
  }

  void enter(Browser& browser, const std::string& name, Role role) {
    browser.cookies[std::string(session_cookie)] =
        station_.session_of(station_.add(name, {role}, "park"));
  }
  static std::string claim(Browser& browser, const std::string& task = "1") {
    EXPECT_EQ(browser.post("/entry/" + task + "/claim", "").status, 303U);
    return browser.get("/entry/" + task).body;
  }
  static std::string hidden(const std::string& page, const std::string& name) {
    const std::string before = "name=\"" + name + "\" value=\"";
    const std::size_t begin = page.find(before) + before.size();
    return page.substr(begin, page.find('"', begin) - begin);
  }
  static Browser::Answer send(Browser& browser, const std::string& path, const std::string& page,
                              const std::string& fields) {
    return browser.post(path, "version=" + hidden(page, "version") + "&" + fields);
  }
  void fill() { disk_.fail_writes(SQLITE_FULL); }

  static constexpr const char* told = "没有保存：节点的磁盘已满";

  sluice::test::FailingDisk disk_;  // before all that is opened on it
  Station station_;
  Browser clerk_{station_};
  Browser checker_{station_, "192.0.2.2"};
};

TEST_F(FullDiskTest, ASaveGivesTheFormBackWithWhatWasTypedAndIsTakenOnceThereIsRoom) {
  const std::string page = claim(clerk_);
  const std::string typed = "field.number=7&field.title=typed-once&field.secret=x";
  fill();
  // Its session is not noted as used, either, and goes on.
  station_.now += std::chrono::minutes(5);
  const auto refused = send(clerk_, "/entry/1/save", page, typed);
  EXPECT_EQ(refused.status, 503U);
  EXPECT_THAT(refused.body, HasSubstr(told));
  EXPECT_THAT(refused.body, HasSubstr("typed-once"));
  clerk_.headers["Accept-Language"] = "en";
  EXPECT_THAT(send(clerk_, "/entry/1/save", page, typed).body,
              HasSubstr("disk is full. What you entered stands below"));
  const auto draft = send(clerk_, "/entry/1/draft", page, typed);
  EXPECT_EQ(draft.status, 503U);
  EXPECT_THAT(draft.body, HasSubstr("typed-once"));
  disk_.heal();
  EXPECT_EQ(send(clerk_, "/entry/1/save", refused.body, typed).status, 303U)
      << "the form that was given back is as good as the first";
}

TEST_F(FullDiskTest, SoIsWhatTheSecondPersonKeyed) {
  const std::string first = claim(clerk_);
  ASSERT_EQ(send(clerk_, "/entry/1/save", first, "field.number=7&field.secret=BLIND").status, 303U);
  const std::string page = claim(checker_);
  const std::string typed = "field.number=7&field.secret=SECOND&confirm.title=yes";
  fill();
  const auto refused = send(checker_, "/entry/1/save", page, typed);
  EXPECT_EQ(refused.status, 503U);
  EXPECT_THAT(refused.body, HasSubstr(told));
  EXPECT_THAT(refused.body, HasSubstr("SECOND"));
  EXPECT_THAT(refused.body, Not(HasSubstr("BLIND")));
}

TEST_F(FullDiskTest, SoIsTheAnswerToADelivery) {
  const auto id = station_.deliver(R"([{"field": "number", "label": "编号", "value": "XK-1"}])");
  const std::string path = "/entry/" + std::to_string(id.value);
  const std::string page = claim(clerk_, std::to_string(id.value));
  fill();
  const auto confirmed = send(clerk_, path + "/confirm", page, "receipt=R-2026-1&tick.number=yes");
  EXPECT_EQ(confirmed.status, 503U);
  EXPECT_THAT(confirmed.body, HasSubstr(told));
  EXPECT_THAT(confirmed.body, HasSubstr("R-2026-1"));
  const auto declined = send(clerk_, path + "/decline", page, "note=typed-reason");
  EXPECT_EQ(declined.status, 503U);
  EXPECT_THAT(declined.body, HasSubstr("typed-reason"));
  disk_.heal();
  EXPECT_EQ(
      send(clerk_, path + "/confirm", confirmed.body, "receipt=R-2026-1&tick.number=yes").status,
      303U);
}

}  // namespace
}  // namespace sluice::pages::test
