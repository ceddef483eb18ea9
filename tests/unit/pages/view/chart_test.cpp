#include "pages/view/chart.h"

#include <gtest/gtest.h>

namespace sluice::pages {
namespace {

using Figures = std::vector<std::uint64_t>;

TEST(LinePath, GoesFromLeftToRightWithTheLargestAtTheTop) {
  EXPECT_EQ(line_path(Figures{0, 10, 5}, {.width = 100, .height = 20}),
            "M0.0 19.0L50.0 1.0 100.0 10.0");
}

TEST(LinePath, OfNothingIsFlatOrNotThere) {
  EXPECT_EQ(line_path(Figures{0, 0}, {.width = 10, .height = 20}), "M0.0 19.0L10.0 19.0");
  EXPECT_EQ(line_path(Figures{7}, {.width = 10, .height = 20}), "");
  EXPECT_EQ(line_path(Figures{}, {.width = 10, .height = 20}), "");
}

TEST(Bars, StandOnTheGroundAndCanBeSeen) {
  const auto drawn = bars(Figures{0, 1, 1'000'000}, {.width = 100, .height = 50}, 4);
  ASSERT_EQ(drawn.size(), 3U);
  EXPECT_EQ(drawn[0].height, "0.0");
  EXPECT_EQ(drawn[1].height, "1.5");
  EXPECT_EQ(drawn[1].y, "48.5");
  EXPECT_EQ(drawn[2].x, "50.0");
  EXPECT_EQ(drawn[2].y, "0.0");
  EXPECT_EQ(bars(Figures(8, 1), {.width = 100, .height = 50}, 4)[7].x, "87.5");
  EXPECT_TRUE(bars(Figures{}, {.width = 100, .height = 50}, 4).empty());
}

}  // namespace
}  // namespace sluice::pages
