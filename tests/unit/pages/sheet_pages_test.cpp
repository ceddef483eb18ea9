// Drafts on a sheet, on a whole center: what of a sheet is taken, and what stays as it was.
#include "pages/sheet_pages.h"

#include <algorithm>
#include <future>
#include <set>
#include <thread>
#include <vector>

#include <date/tz.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "jobs/confined_csv.h"
#include "sqlite/database.h"
#include "station.h"

namespace sluice::pages::test {
namespace {

using people::Role;
using testing::HasSubstr;
using testing::Not;

class SheetPagesTest : public testing::Test {
 protected:
  SheetPagesTest() {
    clerk_.cookies[std::string(session_cookie)] =
        station_.session_of(station_.add("clerk", {Role::clerk}, "park"));
    other_.cookies[std::string(session_cookie)] =
        station_.session_of(station_.add("other", {Role::clerk}, "park"));
  }

  // The cells of the only data row of what is exported, and its header.
  std::string exported() {
    const auto answer =
        clerk_.post("/entry/sheet/export", "bureau=park&dataset=park-register&count=50");
    EXPECT_EQ(answer.status, 200U) << answer.header("Location");
    EXPECT_EQ(answer.header("Content-Disposition"), "attachment; filename=\"park-register.csv\"");
    return answer.body;
  }
  static std::string filled(const std::string& sheet, const std::string& number,
                            const std::string& title) {
    const std::size_t header_end = sheet.find("\r\n") + 2;
    const std::string row = sheet.substr(header_end);
    std::size_t at = 0;
    for (int comma = 0; comma < 3; ++comma)
      at = row.find(',', at) + 1;
    return sheet.substr(0, header_end) + row.substr(0, at) + number + "," + title + ",\r\n";
  }
  static Browser::Answer import(Browser& browser, const std::string& sheet,
                                bool overwrite = false) {
    return browser.post_file("/entry/sheet/import",
                             overwrite ? "bureau=park&dataset=park-register&overwrite=yes"
                                       : "bureau=park&dataset=park-register",
                             sheet);
  }
  // What the button that saves all without faults would send.
  static std::string faultless_on(const std::string& page) {
    const std::string attribute = "name=\"tasks\" value=\"";
    const std::size_t begin = page.find(attribute);
    if (begin == std::string::npos) return "none";
    const std::size_t value = begin + attribute.size();
    return page.substr(value, page.find('"', value) - value);
  }
  std::string draft(std::uint64_t task) {
    const auto queue = installation::open_tasks(station_.installation().settings).value();
    return queue->find({task}, people::AccountName("clerk")).value()->draft.value_or("none");
  }
  tasks::Task task(std::uint64_t id) {
    const auto queue = installation::open_tasks(station_.installation().settings).value();
    return queue->find({id}, people::AccountName("clerk")).value()->task;
  }

  Station station_;
  Browser clerk_{station_};
  Browser other_{station_, "192.0.2.2"};
};

TEST_F(SheetPagesTest, ASheetKeepsItsTasksUntilTheNextWorkingDayIsOver) {
  station_.add_task();
  const std::string sheet = exported();  // on a Sunday, 10:00 in Beijing
  EXPECT_THAT(sheet, HasSubstr("number * [number]\",\"title [title]\",\"secret [secret]\"\r\n"));
  EXPECT_EQ(record::to_string(task(1).claim->until), "2026-11-30T16:00:00.000Z");
  EXPECT_THAT(station_.audited(), HasSubstr(R"("event":"sheet-exported","actor":"account clerk")"));
  // A look at the desk, and a draft from there, do not make it shorter.
  EXPECT_EQ(clerk_.post("/entry/next", "work=key&bureau=park").header("Location"), "/entry/1");
  EXPECT_EQ(record::to_string(task(1).claim->until), "2026-11-30T16:00:00.000Z");
  EXPECT_EQ(
      other_.post("/entry/sheet/export", "bureau=park&dataset=park-register").header("Location"),
      "/entry/sheet?bureau=park&dataset=park-register&done=no-task");
}

TEST_F(SheetPagesTest, ARowBecomesADraftThatIsSavedWithTheOthersThatHaveNoFaults) {
  station_.add_task();
  const auto taken = import(clerk_, filled(exported(), "'A-1", "x"));
  EXPECT_EQ(taken.status, 200U);
  EXPECT_THAT(taken.body, HasSubstr("检查无误"));
  EXPECT_THAT(draft(1), HasSubstr(R"("field.number":"A-1")"));
  EXPECT_EQ(task(1).state, tasks::TaskState::open) << "a draft only";
  const std::string save = "bureau=park&dataset=park-register&tasks=" + faultless_on(taken.body);
  const auto saved = clerk_.post("/entry/sheet/save", save);
  EXPECT_THAT(saved.body, HasSubstr("已保存"));
  EXPECT_EQ(task(1).state, tasks::TaskState::keyed) << "a second person checks it";
  const auto again = clerk_.post("/entry/sheet/save", save);
  EXPECT_THAT(again.body, HasSubstr("任务已不在录入环节"));
  const std::string audited = station_.audited();
  EXPECT_THAT(audited, HasSubstr(R"("event":"sheet-imported","actor":"account clerk")"));
  EXPECT_THAT(audited, HasSubstr(R"("event":"record-keyed")"));
  EXPECT_THAT(audited, Not(HasSubstr("A-1")));
}

TEST_F(SheetPagesTest, WhatIsFaultyIsADraftAndIsNotSaved) {
  station_.add_task();
  const auto taken = import(clerk_, filled(exported(), "'TOO-LONG", "x"));
  EXPECT_THAT(taken.body, HasSubstr("有待更正"));
  EXPECT_THAT(taken.body, Not(HasSubstr("name=\"tasks\"")));
  EXPECT_THAT(draft(1), HasSubstr("TOO-LONG"));
  // By hand, with the version of the draft as it is.
  const auto saved = station_.now.time_since_epoch().count();
  EXPECT_THAT(clerk_
                  .post("/entry/sheet/save", fmt::format("bureau=park&dataset=park-register&tasks="
                                                         "1:v{:x}",
                                                         saved))
                  .body,
              HasSubstr("有待更正"));
  EXPECT_EQ(task(1).state, tasks::TaskState::open);
}

TEST_F(SheetPagesTest, ADraftThatWasChangedAfterTheCheckIsNotSavedUnseen) {
  station_.add_task();
  const auto taken = import(clerk_, filled(exported(), "'A-1", "x"));
  station_.now += std::chrono::minutes(1);
  clerk_.post("/entry/1/draft", "version=2&field.number=PAGE");
  const auto saved = clerk_.post(
      "/entry/sheet/save", "bureau=park&dataset=park-register&tasks=" + faultless_on(taken.body));
  EXPECT_THAT(saved.body, HasSubstr("草稿此后已有改动"));
  EXPECT_EQ(task(1).state, tasks::TaskState::open);
}

TEST_F(SheetPagesTest, OfTwoRowsWithOneNumberNoneIsTaken) {
  station_.add_task();
  const std::string sheet = filled(exported(), "'A-1", "x");
  const std::string row = sheet.substr(sheet.find("\r\n") + 2);
  const auto taken = import(clerk_, sheet + row);
  EXPECT_THAT(taken.body, HasSubstr("另有一行任务号相同"));
  EXPECT_THAT(taken.body, Not(HasSubstr("检查无误")));
  EXPECT_EQ(draft(1), "none");
}

TEST_F(SheetPagesTest, AnEarlierSheetDoesNotReplaceWhatALaterOneBrought) {
  station_.add_task();
  const std::string earlier = exported();
  station_.now += std::chrono::minutes(1);
  const std::string later = exported();
  EXPECT_THAT(import(clerk_, filled(later, "'LATER", "")).body, HasSubstr("检查无误"));
  EXPECT_THAT(import(clerk_, filled(earlier, "'FIRST", "")).body, HasSubstr("草稿比此表新"));
  EXPECT_THAT(draft(1), HasSubstr("LATER"));
}

TEST_F(SheetPagesTest, WhatASpreadsheetSpoiltIsNotTaken) {
  station_.add_task();
  const auto refused = import(clerk_, filled(exported(), "1.10108E+17", "x"));
  EXPECT_THAT(refused.body, HasSubstr("后面几位已经丢失"));
  EXPECT_EQ(draft(1), "none");
}

TEST_F(SheetPagesTest, ADraftThatIsNewerThanTheSheetStaysUnlessTheClerkSaysOtherwise) {
  station_.add_task();
  const std::string sheet = exported();
  station_.now += std::chrono::minutes(1);
  clerk_.post("/entry/1/draft", "version=2&field.number=PAGE");
  ASSERT_THAT(draft(1), HasSubstr("PAGE"));
  station_.now += std::chrono::minutes(1);
  EXPECT_THAT(import(clerk_, filled(sheet, "'SHEET", "")).body, HasSubstr("草稿比此表新"));
  EXPECT_THAT(draft(1), HasSubstr("PAGE"));
  EXPECT_THAT(import(clerk_, filled(sheet, "'SHEET", ""), true).body, HasSubstr("检查无误"));
  EXPECT_THAT(draft(1), HasSubstr("SHEET"));
  station_.now += std::chrono::minutes(1);
  EXPECT_THAT(import(clerk_, filled(sheet, "'AGAIN", "")).body, HasSubstr("检查无误"))
      << "the draft is of this very sheet";
  EXPECT_THAT(draft(1), HasSubstr("AGAIN"));
}

TEST_F(SheetPagesTest, NobodyHandsInWhatAnotherHas) {
  station_.add_task();
  const std::string sheet = exported();
  EXPECT_THAT(import(other_, filled(sheet, "'A-1", "")).body, HasSubstr("任务不在您手中"));
  std::string unknown = filled(sheet, "'A-1", "");
  unknown.replace(unknown.find("\r\n1,") + 2, 1, "77");
  EXPECT_THAT(import(clerk_, unknown).body, HasSubstr("没有这个任务"));
  EXPECT_EQ(draft(1), "none");
  EXPECT_EQ(import(clerk_, "no sheet").status, 422U);
  EXPECT_EQ(clerk_.post("/entry/sheet/export", "bureau=quality&dataset=quality-register").status,
            403U);
}

TEST_F(SheetPagesTest, ASheetWhoseReaderIsEndedIsRefusedAndNothingOfItIsTaken) {
  station_.add_task();
  const std::string sheet = filled(exported(), "'A-1", "x");
  // `false` has nothing to say, and ends.
  station_.csv = std::make_unique<jobs::ConfinedCsv>("/bin/false");
  const auto refused = import(clerk_, sheet);
  EXPECT_EQ(refused.status, 422U);
  EXPECT_THAT(refused.body, HasSubstr("无法读取该文件"));
  EXPECT_THAT(refused.body, HasSubstr("nothing of it was taken"));
  EXPECT_EQ(draft(1), "none");
  station_.csv.reset();
  EXPECT_THAT(import(clerk_, sheet).body, HasSubstr("检查无误"));
}

TEST(WorkingDay, IsTheNextFromMondayToFridayToItsEnd) {
  const date::time_zone& beijing = *date::locate_zone("Asia/Shanghai");
  const auto kept_until = [&](const char* now) {
    return record::to_string(end_of_next_working_day(*record::parse_time(now), beijing));
  };
  EXPECT_EQ(kept_until("2026-11-26T02:00:00.000Z"), "2026-11-27T16:00:00.000Z") << "Thursday";
  EXPECT_EQ(kept_until("2026-11-27T02:00:00.000Z"), "2026-11-30T16:00:00.000Z") << "Friday";
  EXPECT_EQ(kept_until("2026-11-28T02:00:00.000Z"), "2026-11-30T16:00:00.000Z") << "Saturday";
  EXPECT_EQ(kept_until("2026-11-29T15:59:00.000Z"), "2026-11-30T16:00:00.000Z") << "Sunday";
  EXPECT_EQ(kept_until("2026-11-29T16:00:00.000Z"), "2026-12-01T16:00:00.000Z") << "Monday there";
}

TEST_F(SheetPagesTest, SheetsThatTakeLongHoldUpNoOtherPage) {
  station_.add_task();
  auto database = sqlite::Database::open(station_.installation().paths.tasks()).value();
  ASSERT_TRUE(database.execute("BEGIN IMMEDIATE"));
  constexpr std::size_t asked = 9;  // one more than are taken
  std::vector<Browser> browsers(asked, clerk_);
  std::vector<std::future<Browser::Answer>> sheets;
  for (Browser& browser : browsers) {
    sheets.push_back(std::async(std::launch::async, [&browser] {
      return browser.post("/entry/sheet/export", "bureau=park&dataset=park-register");
    }));
  }
  const auto is_answered = [](const auto& sheet) {
    return sheet.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  };
  while (std::ranges::none_of(sheets, is_answered))
    std::this_thread::yield();
  EXPECT_EQ(clerk_.get("/entry").status, 200U);
  EXPECT_EQ(std::ranges::count_if(sheets, is_answered), 1) << "the others still wait";
  ASSERT_TRUE(database.execute("COMMIT"));
  std::multiset<unsigned> statuses;
  for (auto& sheet : sheets)
    statuses.insert(sheet.get().status);
  EXPECT_EQ(statuses.count(503), 1U) << "it is to come again";
  EXPECT_EQ(statuses.count(200), asked - 1);
}

}  // namespace
}  // namespace sluice::pages::test
