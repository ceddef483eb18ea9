// What the pages of a center show of the quarantines at its edges.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "station.h"

namespace sluice::pages::test {
namespace {

using people::Role;
using ::testing::HasSubstr;
using ::testing::Not;

class ReportedPages : public testing::Test {
 protected:
  // As a person of this role, of this bureau where it is one of a bureau.
  std::string page(const std::string& path, Role role, const std::string& bureau = {}) {
    const auto account = station.add("wang", {role}, bureau);
    browser.cookies[std::string(session_cookie)] = station.session_of(account);
    return browser.get(path).body;
  }
  void tell(std::vector<journal::QuarantineTally> groups) {
    const auto reports = installation::open_kept_reports(station.installation().settings).value();
    ASSERT_TRUE(reports->keep({.bureau = record::BureauId("levy"),
                               .node = record::NodeId("edge-1"),
                               .received_at = station.now,
                               .report = {.as_of = station.now, .groups = std::move(groups)}}));
  }
  journal::QuarantineTally group(journal::QuarantineState state, const std::string& rule,
                                 std::uint64_t entries) const {
    return {state, record::DatasetId("levy-register"), rule, entries, station.now, station.now};
  }

  Station station;
  Browser browser{station};
  static constexpr const char* not_told = "尚未报告";
  static constexpr const char* old = "超过一小时未更新";
};

TEST_F(ReportedPages, NameABureauThatHasNotToldYet) {
  const std::string shown = page("/quarantine", Role::administrator);
  EXPECT_THAT(shown, HasSubstr("The levy"));
  EXPECT_THAT(shown, HasSubstr("edge-1"));
  EXPECT_THAT(shown, HasSubstr(not_told));
}

TEST_F(ReportedPages, ShowWhatWaitsThereWithoutALinkToRows) {
  using enum journal::QuarantineState;
  tell({group(waiting, "uscc", 4711), group(discarded, "date", 4712)});
  const std::string shown = page("/quarantine", Role::administrator);
  EXPECT_THAT(shown, HasSubstr("4,711"));
  EXPECT_THAT(shown, Not(HasSubstr("4,712"))) << "what is settled waits no more";
  EXPECT_THAT(shown, Not(HasSubstr("/quarantine/levy")));
  EXPECT_THAT(shown, Not(HasSubstr(not_told)));
  EXPECT_THAT(shown, Not(HasSubstr(old)));
}

TEST_F(ReportedPages, MarkAReportThatIsOlderThanAnHour) {
  tell({});
  station.now += std::chrono::minutes(59);
  const std::string fresh = page("/quarantine", Role::administrator);
  EXPECT_THAT(fresh, HasSubstr("edge-1"));
  EXPECT_THAT(fresh, Not(HasSubstr(old)));
  station.now += std::chrono::minutes(1);
  EXPECT_THAT(browser.get("/quarantine").body, HasSubstr(old));
}

TEST_F(ReportedPages, ShowNobodyAnotherBureau) {
  tell({group(journal::QuarantineState::waiting, "uscc", 4711)});
  const std::string shown = page("/quarantine", Role::reviewer, "park");
  EXPECT_THAT(shown, HasSubstr("问题数据"));
  EXPECT_THAT(shown, Not(HasSubstr("levy")));
}

TEST_F(ReportedPages, CountItOnTheOverviewAsTold) {
  tell({group(journal::QuarantineState::waiting, "date", 11),
        group(journal::QuarantineState::waiting, "uscc", 4700)});
  // Figures, no records: who sees the streams sees them.
  const std::string shown = page("/", Role::auditor);
  EXPECT_THAT(shown, HasSubstr("4,711"));
  EXPECT_THAT(shown, HasSubstr("该节点报告"));
}

}  // namespace
}  // namespace sluice::pages::test
