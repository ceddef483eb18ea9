#include "bench/load/latency_histogram.h"

#include <gtest/gtest.h>

namespace sluice::bench {
namespace {

using namespace std::chrono_literals;

double nanoseconds(LatencyHistogram::Latency latency) {
  return static_cast<double>(latency.count());
}

TEST(LatencyHistogram, FindsPercentilesWithinASixtyFourth) {
  LatencyHistogram histogram;
  for (int i = 1; i <= 10'000; ++i)
    histogram.add(std::chrono::microseconds(i));
  EXPECT_EQ(histogram.total(), 10'000U);
  EXPECT_NEAR(nanoseconds(histogram.percentile(0.5)), 5e6, 5e6 / 64);
  EXPECT_NEAR(nanoseconds(histogram.percentile(0.99)), 9.9e6, 9.9e6 / 64);
  EXPECT_EQ(histogram.max(), 10ms);
}

TEST(LatencyHistogram, AddsUpWhatSeveralHaveCounted) {
  LatencyHistogram all;
  LatencyHistogram other;
  for (int i = 1; i <= 100; ++i)
    (i % 2 == 0 ? all : other).add(std::chrono::milliseconds(i));
  all += other;
  EXPECT_EQ(all.total(), 100U);
  EXPECT_EQ(all.max(), 100ms);
  EXPECT_NEAR(nanoseconds(all.percentile(0.5)), 50e6, 50e6 / 32);
}

TEST(LatencyHistogram, NeverSaysMoreThanTheMost) {
  LatencyHistogram histogram;
  histogram.add(1'000'001ns);
  EXPECT_EQ(histogram.percentile(0.5), 1'000'001ns);
  EXPECT_EQ(histogram.percentile(1), 1'000'001ns);
}

TEST(LatencyHistogram, TakesTheSmallestAndTheLargest) {
  LatencyHistogram histogram;
  histogram.add(0ns);
  histogram.add(LatencyHistogram::Latency::max());
  EXPECT_EQ(histogram.percentile(0), 0ns);
  EXPECT_EQ(histogram.max(), LatencyHistogram::Latency::max());
}

}  // namespace
}  // namespace sluice::bench
