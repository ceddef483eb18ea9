#include "schedule/schedule.h"

#include <gtest/gtest.h>

namespace sluice::schedule::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// Monday, noon in UTC.
const Moment noon = date::sys_days(date::year(2026) / 11 / 23) + hours(12);

Schedule every(seconds interval) {
  Schedule schedule;
  schedule.run = Every{interval};
  schedule.time_zone = "UTC";
  return schedule;
}

Schedule cron(const char* text) {
  Schedule schedule;
  schedule.run = parse_cron(text).value();
  schedule.time_zone = "UTC";
  return schedule;
}

TEST(Schedule, WhatNeverRanRunsAtOnceByIntervalAndAtItsTimeByCron) {
  EXPECT_EQ(next_run(every(minutes(5)), {}, noon, 0).at, noon);
  EXPECT_EQ(next_run(cron("30 * * * *"), {}, noon, 0).at, noon + minutes(30));
}

TEST(Schedule, RunsAnIntervalAfterTheLastRunBegan) {
  const NextRun next = next_run(every(minutes(5)), {.started = noon}, noon - hours(1), 0);
  EXPECT_EQ(next.at, noon + minutes(5));
  EXPECT_EQ(next.reason, Reason::scheduled);
}

TEST(Schedule, ATimeThatWasMissedRunsOnceOrIsSkipped) {
  Schedule schedule = cron("0 3 * * *");
  const Past past{.started = noon - hours(24 * 5)};
  NextRun next = next_run(schedule, past, noon, 0);
  EXPECT_EQ(next.at, noon);
  EXPECT_EQ(next.reason, Reason::missed);
  schedule.missed = Missed::skip;
  next = next_run(schedule, past, noon, 0);
  EXPECT_EQ(next.at, noon + hours(15));
  EXPECT_EQ(next.reason, Reason::scheduled);
}

TEST(Schedule, JitterComesOnTopAndNeverBefore) {
  Schedule schedule = cron("30 * * * *");
  schedule.jitter = seconds(60);
  EXPECT_EQ(next_run(schedule, {}, noon, 0).at, noon + minutes(30));
  EXPECT_EQ(next_run(schedule, {}, noon, 1).at, noon + minutes(31));
}

TEST(Schedule, AFailedRunIsTriedAgainSoonerAndSoonerLess) {
  Schedule schedule = cron("0 0 * * *");
  schedule.retry_first = seconds(10);
  schedule.retry_longest = minutes(10);
  const auto retry = [&](std::uint32_t failures) {
    const NextRun next =
        next_run(schedule, {.started = noon, .failures = failures}, noon - hours(1), 1);
    EXPECT_EQ(next.reason, Reason::retry);
    return (next.at - noon).count();
  };
  EXPECT_EQ(retry(1), 10);
  EXPECT_EQ(retry(2), 20);
  EXPECT_EQ(retry(5), 160);
  EXPECT_EQ(retry(50), 600) << "no longer than `longest`";
}

TEST(Schedule, AFailedRunOfWhichNobodyKnowsWhenItWasIsTriedAgain) {
  Schedule schedule = cron("0 0 * * *");
  schedule.retry_first = seconds(10);
  const NextRun next = next_run(schedule, {.failures = 1}, noon, 1);
  EXPECT_EQ(next.at, noon + seconds(10));
  EXPECT_EQ(next.reason, Reason::retry);
}

TEST(Schedule, WhatMayNotRunInABlackoutMayAtItsEnd) {
  Schedule schedule = every(minutes(5));
  schedule.blackouts = {parse_blackout("12:30-13:00").value()};
  EXPECT_EQ(first_allowed(schedule, noon), noon);
  EXPECT_EQ(first_allowed(schedule, noon + minutes(40)), noon + minutes(60));
}

TEST(Schedule, ARetryIsNeverLaterThanTheRegularTime) {
  Schedule schedule = every(seconds(30));
  schedule.retry_first = minutes(5);
  const NextRun next = next_run(schedule, {.started = noon, .failures = 3}, noon - hours(1), 1);
  EXPECT_EQ(next.at, noon + seconds(30));
  EXPECT_EQ(next.reason, Reason::scheduled);
}

TEST(Schedule, NothingRunsInABlackout) {
  Schedule schedule = every(minutes(5));
  schedule.blackouts = {parse_blackout("12:00-13:30").value()};
  EXPECT_EQ(next_run(schedule, {.started = noon}, noon - hours(1), 0).at, noon + minutes(90));
  schedule.blackouts = {parse_blackout("22:00-06:00").value()};
  EXPECT_EQ(next_run(schedule, {.started = noon + hours(11)}, noon, 0).at, noon + hours(18));
}

TEST(Blackout, OverMidnightBelongsToTheDayOnWhichItBegan) {
  const Blackout friday = parse_blackout("fri 22:00-06:00").value();
  const date::time_zone& utc = *date::locate_zone("UTC");
  const Moment friday_noon = noon + hours(24 * 4);
  EXPECT_FALSE(covers(friday, friday_noon - hours(9), utc)) << "Friday, 3 in the morning";
  EXPECT_TRUE(covers(friday, friday_noon + hours(11), utc));
  EXPECT_TRUE(covers(friday, friday_noon + hours(15), utc)) << "Saturday, 3 in the morning";
  EXPECT_FALSE(covers(friday, friday_noon + hours(18), utc)) << "the end is not in it";
}

TEST(Blackout, TogetherTheyMayLeaveNoTime) {
  const auto hours_of = [](std::initializer_list<const char*> texts) {
    std::vector<Blackout> blackouts;
    for (const char* text : texts)
      blackouts.push_back(parse_blackout(text).value());
    return blackouts;
  };
  EXPECT_TRUE(leaves_no_time(hours_of({"00:00-24:00"})));
  EXPECT_TRUE(leaves_no_time(hours_of({"22:00-06:00", "06:00-22:00"})));
  EXPECT_FALSE(leaves_no_time(hours_of({"22:00-06:00", "06:00-21:59"})));
  EXPECT_FALSE(leaves_no_time(hours_of({"mon-sat 00:00-24:00"})));
  EXPECT_FALSE(leaves_no_time({}));
}

TEST(Blackout, WhatIsNoneIsRefused) {
  for (const char* text : {"", "12:00", "12-13", "12:00-12:00", "25:00-26:00", "12:60-13:00",
                           "mon 12:00", "foo 12:00-13:00", "mon-foo 12:00-13:00", "1:00-2:00"}) {
    EXPECT_FALSE(parse_blackout(text)) << text;
  }
  EXPECT_TRUE(parse_blackout("sat-mon 00:00-24:00"));
}

}  // namespace
}  // namespace sluice::schedule::test
