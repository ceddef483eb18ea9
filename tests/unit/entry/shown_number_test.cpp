#include "entry/shown_number.h"

#include <gtest/gtest.h>

namespace sluice::entry {
namespace {

TEST(ShownNumber, HasCommasBeforeGroupsOfThree) {
  EXPECT_EQ(shown_number("0"), "0");
  EXPECT_EQ(shown_number("999"), "999");
  EXPECT_EQ(shown_number("1000"), "1,000");
  EXPECT_EQ(shown_number("-100000"), "-100,000");
  EXPECT_EQ(shown_number("-1234567.8912"), "-1,234,567.8912");
}

TEST(ShownSum, HasAtLeastTwoPlacesBehindThePoint) {
  EXPECT_EQ(shown_sum("10000000"), "10,000,000.00");
  EXPECT_EQ(shown_sum("1234.5"), "1,234.50");
  EXPECT_EQ(shown_sum("0.125"), "0.125");
}

}  // namespace
}  // namespace sluice::entry
