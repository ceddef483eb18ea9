#include "edges/report_times.h"

#include <gtest/gtest.h>

namespace sluice::edges::test {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

class ReportTimesTest : public testing::Test {
 protected:
  ReportTimes times;
  ReportTimes::Moment now{std::chrono::hours(1)};
};

TEST_F(ReportTimesTest, TheFirstIsDueAtOnce) {
  EXPECT_LE(times.next(), now);
  EXPECT_TRUE(times.must_tell(now, false));
}

TEST_F(ReportTimesTest, AChangeIsToldAMinuteAfterTheLastAtTheEarliest) {
  times.told(now);
  EXPECT_EQ(times.next(), now + minutes(1));
  EXPECT_TRUE(times.must_tell(now + minutes(1), true));
  EXPECT_FALSE(times.must_tell(now + minutes(1), false));
}

TEST_F(ReportTimesTest, WithoutAChangeASignOfLifeIsGivenFourTimesAnHour) {
  times.told(now);
  int told = 0;
  for (const auto end = now + std::chrono::hours(1); now < end;) {
    now = times.next();
    if (times.must_tell(now, false)) {
      times.told(now);
      ++told;
    } else {
      times.left_untold(now);
    }
  }
  EXPECT_EQ(told, 4);
}

TEST_F(ReportTimesTest, WhatFailedIsTriedAgainLaterEachTimeAndToldThoughNothingChanged) {
  times.told(now);
  times.failed(now, 1);
  EXPECT_EQ(times.next(), now + seconds(2));
  EXPECT_TRUE(times.must_tell(times.next(), false));
  times.failed(now, 1);
  EXPECT_EQ(times.next(), now + seconds(4));
  times.failed(now, 0);
  EXPECT_EQ(times.next(), now + seconds(4)) << "half of eight";
  for (int i = 0; i < 10; ++i)
    times.failed(now, 1);
  EXPECT_EQ(times.next(), now + minutes(1));
  times.told(now);
  times.failed(now, 1);
  EXPECT_EQ(times.next(), now + seconds(2)) << "another outage begins anew";
}

TEST_F(ReportTimesTest, WhatIsUnwantedIsOfferedAgainWhenASignOfLifeWouldBeDue) {
  times.unwanted(now);
  EXPECT_EQ(times.next(), now + minutes(15));
  EXPECT_TRUE(times.must_tell(times.next(), false));
}

}  // namespace
}  // namespace sluice::edges::test
