#include "adapters/front_end/snapshot_removal.h"

#include <gtest/gtest.h>

namespace sluice::adapters::front_end::test {
namespace {

TEST(DeleteAtMost, IsPassedOnlyByMoreThanTheShareAndMoreThanTheRows) {
  const capture::DeleteAtMost limit;
  EXPECT_FALSE(is_too_many(limit, 100, 200, 100)) << "half of them, and few";
  EXPECT_TRUE(is_too_many(limit, 101, 200, 99));
  EXPECT_FALSE(is_too_many(limit, 1000, 10'000, 9000)) << "many, and a tenth of them";
  EXPECT_TRUE(is_too_many(limit, 1001, 10'000, 8999));
}

TEST(DeleteAtMost, IsPassedByATableThatWasEmptiedHoweverSmall) {
  EXPECT_TRUE(is_too_many({}, 1, 1, 0));
  EXPECT_FALSE(is_too_many({}, 0, 0, 0)) << "it was empty before";
  EXPECT_FALSE(is_too_many({}, 0, 5, 0)) << "all were met under other keys";
}

TEST(DeleteAtMost, OfAllIsNeverPassed) {
  EXPECT_FALSE(is_too_many({.share = 1, .rows = 0}, 1000, 1000, 0));
}

}  // namespace
}  // namespace sluice::adapters::front_end::test
