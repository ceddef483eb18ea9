#include "schedule/cron.h"

#include <cstdio>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::schedule::test {
namespace {

using testing::HasSubstr;

Moment at(const std::string& text) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  EXPECT_EQ(
      std::sscanf(text.c_str(), "%d-%u-%u %d:%d:%d", &year, &month, &day, &hour, &minute, &second),
      6);
  return date::sys_days(date::year(year) / date::month(month) / date::day(day)) +
         std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
}

// The next `count` times after a moment, all in UTC.
std::vector<std::string> times(const std::string& cron, const std::string& after, int count,
                               const char* zone = "UTC") {
  const auto parsed = parse_cron(cron);
  EXPECT_TRUE(parsed) << parsed.error().found;
  std::vector<std::string> found;
  Moment moment = at(after);
  for (int i = 0; i < count; ++i) {
    moment = next_after(*parsed, moment, *date::locate_zone(zone));
    found.push_back(date::format("%F %T", moment));
  }
  return found;
}

using Times = std::vector<std::string>;

TEST(Cron, RunsAtTheTimesThatItsFieldsName) {
  EXPECT_EQ(times("*/20 8-9 * * *", "2026-11-23 08:30:10", 4),
            (Times{"2026-11-23 08:40:00", "2026-11-23 09:00:00", "2026-11-23 09:20:00",
                   "2026-11-23 09:40:00"}));
  EXPECT_EQ(times("5,35 0 1 jan,JUL *", "2026-02-01 00:00:00", 3),
            (Times{"2026-07-01 00:05:00", "2026-07-01 00:35:00", "2027-01-01 00:05:00"}));
  EXPECT_EQ(times("0 12 * * mon-wed", "2026-11-24 12:00:00", 2),
            (Times{"2026-11-25 12:00:00", "2026-11-30 12:00:00"}));
  EXPECT_EQ(times("10/25 * * * *", "2026-11-23 00:00:00", 3),
            (Times{"2026-11-23 00:10:00", "2026-11-23 00:35:00", "2026-11-23 01:10:00"}));
}

TEST(Cron, SundayIsZeroAndSeven) {
  EXPECT_EQ(times("0 0 * * 7", "2026-11-23 00:00:00", 1),
            times("0 0 * * 0", "2026-11-23 00:00:00", 1));
  EXPECT_EQ(times("0 0 * * 5-7", "2026-11-27 00:00:00", 2),
            (Times{"2026-11-28 00:00:00", "2026-11-29 00:00:00"}));
}

TEST(Cron, WhereBothDaysAreLimitedEitherWillDo) {
  EXPECT_EQ(times("0 0 13 * fri", "2026-11-01 00:00:00", 4),
            (Times{"2026-11-06 00:00:00", "2026-11-13 00:00:00", "2026-11-20 00:00:00",
                   "2026-11-27 00:00:00"}));
}

TEST(Cron, WaitsForALeapDay) {
  EXPECT_EQ(times("0 0 29 2 *", "2097-01-01 00:00:00", 1), (Times{"2104-02-29 00:00:00"}));
}

TEST(Cron, WaitsForALeapDayOnAWeekend) {
  EXPECT_EQ(times("0 0 29 2 */6", "2080-03-01 00:00:00", 2),
            (Times{"2088-02-29 00:00:00", "2116-02-29 00:00:00"}));
}

TEST(Cron, IsOfItsOwnTimeZone) {
  EXPECT_EQ(times("30 8 * * *", "2026-11-23 00:00:00", 1, "Asia/Shanghai"),
            (Times{"2026-11-23 00:30:00"}));
}

TEST(Cron, AnHourThatNeverComesRunsOnceAtTheJump) {
  // New York's clocks go from 02:00 to 03:00 on 2026-03-08, at 07:00 UTC.
  EXPECT_EQ(times("30 2 * * *", "2026-03-08 00:00:00", 2, "America/New_York"),
            (Times{"2026-03-08 07:00:00", "2026-03-09 06:30:00"}));
}

TEST(Cron, AnHourThatComesTwiceRunsOnce) {
  // London's clocks go from 02:00 back to 01:00 on 2026-10-25, at 01:00 UTC.
  EXPECT_EQ(times("30 1 * * *", "2026-10-24 12:00:00", 2, "Europe/London"),
            (Times{"2026-10-25 00:30:00", "2026-10-26 01:30:00"}));
}

TEST(Cron, EveryIsAnIntervalAfterTheLastTime) {
  EXPECT_EQ(times("@every 90s", "2026-11-23 00:00:00", 2),
            (Times{"2026-11-23 00:01:30", "2026-11-23 00:03:00"}));
  EXPECT_EQ(times("@daily", "2026-11-23 00:00:00", 1), (Times{"2026-11-24 00:00:00"}));
}

TEST(Cron, WhatIsNoneIsRefusedWithWhatWasExpected) {
  const std::vector<std::pair<std::string, std::string>> refused = {
      {"* * * *", "expected five"},
      {"* * * * * *", "expected five"},
      {"", "expected five"},
      {"60 * * * *", "minute; expected numbers of 0 to 59"},
      {"* 24 * * *", "hour"},
      {"* * 0 * *", "day of the month"},
      {"* * * 13 *", "month"},
      {"* * * foo *", "names of three letters"},
      {"* * * * 8", "day of the week"},
      {"5-1 * * * *", "begins with the smaller one"},
      {"*/0 * * * *", "step"},
      {"*/x * * * *", "step"},
      {"1,,2 * * * *", "minute"},
      {"-1 * * * *", "minute"},
      {"0 0 31 2 *", "a date that never comes"},
      {"0 0 31 4,6,9,11 *", "a date that never comes"},
      {"@every 0s", "at least 1s"},
      {"@every 5", "s, m, h or d"},
      {"@every 99999d", "at most a year"},
      {"@reboot", "expected `@every 30s`, @hourly"},
  };
  for (const auto& [text, expected] : refused) {
    const auto parsed = parse_cron(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_THAT(parsed.error().found + "; expected " + parsed.error().expected, HasSubstr(expected))
        << text;
  }
}

}  // namespace
}  // namespace sluice::schedule::test
