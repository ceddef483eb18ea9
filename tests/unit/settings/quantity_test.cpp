#include "settings/quantity.h"

#include <gtest/gtest.h>

namespace sluice::settings {
namespace {

using namespace std::chrono_literals;

TEST(Quantity, SizeHasABinaryUnitOrNone) {
  EXPECT_EQ(parse_bytes("100"), 100U);
  EXPECT_EQ(parse_bytes("512 KiB"), 512U << 10);
  EXPECT_EQ(parse_bytes("8MiB"), 8U << 20);
  EXPECT_EQ(parse_bytes("2TiB"), std::uint64_t{2} << 40);
  for (const char* wrong : {"", "8MB", "8mib", "-1", "1.5GiB", "MiB", "9999999TiB"}) {
    EXPECT_FALSE(parse_bytes(wrong)) << wrong;
  }
}

TEST(Quantity, DurationAlwaysHasAUnit) {
  EXPECT_EQ(parse_duration("250ms"), 250ms);
  EXPECT_EQ(parse_duration("30s"), 30s);
  EXPECT_EQ(parse_duration("5m"), 5min);
  EXPECT_EQ(parse_duration("7d"), 7 * 24h);
  for (const char* wrong : {"30", "1.5h", "", "s", "-1s", "4000d"}) {
    EXPECT_FALSE(parse_duration(wrong)) << wrong;
  }
}

TEST(Quantity, ShareIsAPercentageOrAFraction) {
  EXPECT_EQ(parse_share("5%"), 0.05);
  EXPECT_EQ(parse_share("0.25"), 0.25);
  EXPECT_EQ(parse_share("100%"), 1.0);
  for (const char* wrong : {"", "%", "101%", "5", "-1%", "nan", "inf", "1e-2"}) {
    EXPECT_FALSE(parse_share(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace sluice::settings
