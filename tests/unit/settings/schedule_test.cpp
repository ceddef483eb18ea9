#include "schedule/schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exchange_configuration.h"

namespace sluice::settings::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* run = R"(      run: "@every 5m")";

// The schedule's section with these lines in it.
std::vector<std::string> complaints_of_schedule(const std::string& lines) {
  return exchange_complaints(run, lines);
}
std::vector<std::string> complaints_beside_run(const std::string& line) {
  return complaints_of_schedule(std::string(run) + "\n      " + line);
}

schedule::Schedule schedule_of(const std::string& lines) {
  ExchangeConfiguration configuration;
  return configuration.changed(run, lines).park().front_end->schedule.value();
}

TEST(ScheduleSection, SaysWhenSomethingRunsAndHowLong) {
  const schedule::Schedule schedule = schedule_of(
      "      run: '*/5 8-18 * * mon-fri'\n"
      "      time_zone: Asia/Urumqi\n"
      "      blackout: [12:00-13:30, sat-sun 00:00-24:00]\n"
      "      jitter: 20s\n"
      "      missed: skip\n"
      "      time_limit: 1500ms\n"
      "      cpu_limit: 2m\n"
      "      memory_limit: 1GiB\n"
      "      retry: {first: 5s, longest: 1m}");
  EXPECT_EQ(schedule.run, schedule::parse_cron("*/5 8-18 * * mon-fri").value());
  EXPECT_EQ(schedule.written, "*/5 8-18 * * mon-fri");
  EXPECT_EQ(schedule.time_zone, "Asia/Urumqi");
  EXPECT_THAT(schedule.blackouts,
              ElementsAre(schedule::parse_blackout("12:00-13:30").value(),
                          schedule::parse_blackout("sat-sun 00:00-24:00").value()));
  EXPECT_EQ(schedule.jitter, 20s);
  EXPECT_EQ(schedule.missed, schedule::Missed::skip);
  EXPECT_EQ(schedule.time_limit, 2s) << "rounded up to seconds";
  EXPECT_EQ(schedule.cpu_limit, 2min);
  EXPECT_EQ(schedule.memory_limit, std::uint64_t{1} << 30);
  EXPECT_EQ(schedule.retry_first, 5s);
  EXPECT_EQ(schedule.retry_longest, 1min);
}

TEST(ScheduleSection, HasDefaultsForAllButWhenItRuns) {
  const schedule::Schedule schedule = schedule_of(run);
  const schedule::Schedule defaults;
  EXPECT_EQ(schedule.time_zone, defaults.time_zone);
  EXPECT_THAT(schedule.blackouts, IsEmpty());
  EXPECT_EQ(schedule.missed, defaults.missed);
  EXPECT_EQ(schedule.time_limit, defaults.time_limit);
  EXPECT_EQ(schedule.cpu_limit, 0s);
  EXPECT_EQ(schedule.memory_limit, defaults.memory_limit);
  EXPECT_EQ(schedule.retry_first, defaults.retry_first);
  EXPECT_EQ(schedule.retry_longest, defaults.retry_longest);
}

TEST(ScheduleSection, ABlackoutMayStandAlone) {
  EXPECT_THAT(schedule_of(std::string(run) + "\n      blackout: 22:00-06:00").blackouts,
              ElementsAre(schedule::parse_blackout("22:00-06:00").value()));
}

TEST(ScheduleSection, MustSayWhenItRuns) {
  EXPECT_THAT(complaints_of_schedule("      jitter: 1s"),
              ElementsAre("8:7: found no `run`, expected `run: …`"));
  EXPECT_THAT(complaints_of_schedule("      run: ''"),
              ElementsAre("8:12: found an empty text, expected a text for `run`"));
}

TEST(ScheduleSection, SaysWhichFieldOfATimeIsWrong) {
  EXPECT_THAT(complaints_of_schedule("      run: '* * * *'"),
              ElementsAre("8:12: found 4 fields (`* * * *`), expected five: minute, hour, day of "
                          "the month, month, day of the week, such as `*/5 8-18 * * mon-fri`; or "
                          "`@every 30s`; for `run`"));
  EXPECT_THAT(complaints_of_schedule("      run: '* 25 * * *'"),
              ElementsAre("8:12: found `25` for the hour, expected numbers of 0 to 23 for `run`"));
  EXPECT_THAT(complaints_of_schedule("      run: '* * * * mo'"),
              ElementsAre("8:12: found `mo` for the day of the week, expected numbers of 0 to 7 or "
                          "names of three letters for `run`"));
  EXPECT_THAT(complaints_of_schedule("      run: '*/90 * * * *'"),
              ElementsAre("8:12: found `*/90` for the minute, expected a step of 1 to 59 behind "
                          "the slash for `run`"));
  EXPECT_THAT(complaints_of_schedule("      run: '0 0 30 2 *'"),
              ElementsAre("8:12: found `0 0 30 2 *`, a date that never comes, expected one that "
                          "does for `run`"));
  EXPECT_THAT(complaints_of_schedule("      run: '@every 5'"),
              ElementsAre("8:12: found `5` behind @every, expected a whole number and s, m, h or "
                          "d, at least 1s and at most a year, for `run`"));
  EXPECT_THAT(complaints_of_schedule("      run: '@reboot'"),
              ElementsAre("8:12: found `@reboot`, expected `@every 30s`, @hourly, @daily, @weekly, "
                          "@monthly or @yearly, or five fields, for `run`"));
}

// The two forms that the documentation shows are both none of YAML's without quotes.
TEST(ScheduleSection, SaysThatQuotesAreMissing) {
  EXPECT_THAT(complaints_of_schedule("      run: */5 * * * *"),
              ElementsAre("8:12: found a syntax error (the referenced anchor is not defined), "
                          "expected the value in quotes, since YAML has `*` at the beginning for "
                          "itself"));
  EXPECT_THAT(complaints_of_schedule("      run: @every 5m"),
              ElementsAre("8:12: found a syntax error (unknown token), expected the value in "
                          "quotes, since YAML has `@` at the beginning for itself"));
}

TEST(ScheduleSection, SaysWhichHoursAreNone) {
  EXPECT_THAT(complaints_beside_run("blackout: [12:00-13:00, 12-13]"),
              ElementsAre("9:17: found `12-13`, expected hours in which nothing runs, such as "
                          "`12:00-13:30`, `22:00-06:00` or `mon-fri 08:00-18:00`, for `blackout`"));
  EXPECT_THAT(complaints_beside_run("blackout: [{from: 12:00}]"),
              ElementsAre("9:18: found keys with values, expected a text (in quotes, if it is a "
                          "word such as null) in `blackout`"));
}

TEST(ScheduleSection, LeavesSomeTime) {
  EXPECT_THAT(complaints_beside_run("blackout: ['06:00-22:00', '22:00-06:00']"),
              ElementsAre("9:17: found hours that are the whole week, expected some in which it "
                          "may run, or no `schedule` at all, for `blackout`"));
}

TEST(ScheduleSection, RefusesValuesThatAreNone) {
  EXPECT_THAT(complaints_beside_run("time_zone: CST"),
              ElementsAre("9:18: found `CST`, expected a name of the IANA time zone database such "
                          "as `Asia/Shanghai` for `time_zone`"));
  EXPECT_THAT(complaints_beside_run("jitter: 5"),
              ElementsAre("9:15: found `5`, expected a duration in ms, s, m, h or d, such as 30s, "
                          "for `jitter`"));
  for (const char* key : {"time_limit", "cpu_limit", "jitter"}) {
    const std::string name = key;
    EXPECT_THAT(complaints_beside_run(name + ": 0s"),
                ElementsAre("9:" + std::to_string(9 + name.size()) +
                            ": found `0s`, expected a duration longer than none, such as 1s, for "
                            "`" +
                            name + "`"));
  }
  EXPECT_THAT(complaints_beside_run("memory_limit: 512MB"),
              ElementsAre("9:21: found `512MB`, expected a size in B, KiB, MiB, GiB or TiB, such "
                          "as 8MiB, for `memory_limit`"));
  EXPECT_THAT(complaints_beside_run("missed: never"),
              ElementsAre("9:15: found `never`, expected one of once, skip for `missed`"));
}

TEST(ScheduleSection, ARetryComesNotLaterThanItsLongest) {
  EXPECT_THAT(complaints_beside_run("retry: {first: 20m, longest: 1m}"),
              ElementsAre("9:22: found 1200 s, expected at most `longest` (60 s) for `first`"));
  EXPECT_THAT(complaints_beside_run("retry: {longest: 5s}"),
              ElementsAre("9:14: found 10 s, the default, expected at most `longest` (5 s) for "
                          "`first`"));
}

TEST(ScheduleSection, RefusesKeysThatItDoesNotKnow) {
  EXPECT_THAT(complaints_beside_run("blackouts: 12:00-13:00"),
              ElementsAre("9:7: found `blackouts`, expected one of blackout, cpu_limit, jitter, "
                          "memory_limit, missed, retry, run, time_limit, time_zone; did you mean "
                          "`blackout`?"));
  EXPECT_THAT(complaints_beside_run("retry: {least: 1s}"),
              ElementsAre("9:15: found `least`, expected one of first, longest"));
}

TEST(ScheduleSection, IsOfNoUseWhereNothingIsCollectedByIt) {
  ExchangeConfiguration configuration;
  configuration.changed("  front-end:", "  disk:\n  front-end:")
      .changed(
          "    channels: [front-end]\n    front-end:\n      table: 审批\n      capture: "
          "{kind: watermark, column: 更新}\n",
          "    channels: [disk]\n");
  EXPECT_THAT(configuration.complaints(),
              ElementsAre("bureaus/park.yaml:5:3: found a `schedule` in `front-end`, expected a "
                          "dataset under `publishes` with `front-end` among its channels: there is "
                          "nothing to collect by it"));
}

}  // namespace
}  // namespace sluice::settings::test
