#include "doctor/clock_skew.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::doctor::test {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;

constexpr record::Time now{std::chrono::milliseconds(1'764'000'000'000)};

Finding of(milliseconds ahead, milliseconds took = milliseconds(0)) {
  return judge_clock({now, now + took, now + took / 2 - ahead}, "the center", "there", minutes(5));
}

TEST(ClockSkew, OfSecondsIsNoneWorthAWord) {
  EXPECT_EQ(of(seconds(0)).verdict, Verdict::ok);
  EXPECT_EQ(of(seconds(9)).verdict, Verdict::ok);
  EXPECT_EQ(of(-seconds(9)).verdict, Verdict::ok);
}

TEST(ClockSkew, BeyondTenSecondsIsAWarningThatSaysWhichIsAhead) {
  const Finding ahead = of(seconds(30));
  EXPECT_EQ(ahead.verdict, Verdict::warning);
  EXPECT_THAT(ahead.found, HasSubstr("30.0 s ahead of the center's"));
  EXPECT_THAT(of(-minutes(3)).found, HasSubstr("3 min behind the center's"));
}

TEST(ClockSkew, BeyondWhatACenterTakesIsWrong) {
  EXPECT_EQ(of(minutes(5)).verdict, Verdict::warning);
  const Finding wrong = of(hours(8));
  EXPECT_EQ(wrong.verdict, Verdict::wrong);
  EXPECT_THAT(wrong.found, HasSubstr("8.0 h ahead of the center's; more than the 5 min"));
  EXPECT_THAT(wrong.remedy, HasSubstr("timedatectl"));
}

TEST(ClockSkew, WithinTheTimeThatTheQuestionTookIsNotKnown) {
  EXPECT_EQ(of(seconds(15), seconds(20)).verdict, Verdict::ok);
  EXPECT_EQ(of(seconds(15), seconds(2)).verdict, Verdict::warning);
}

}  // namespace
}  // namespace sluice::doctor::test
