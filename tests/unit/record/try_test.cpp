#include "record/try.h"

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "record/recast.h"

namespace sluice::record::test {
namespace {

using Number = std::expected<std::unique_ptr<int>, std::string>;
using Done = std::expected<void, std::string>;

Number number(int value) {
  if (value < 0) return std::unexpected("below zero");
  return std::make_unique<int>(value);
}
Done check(int value) {
  if (value > 9) return std::unexpected("above nine");
  return {};
}
std::expected<int, std::string> twice(int value) {
  SLUICE_TRY(check(value));
  const auto found = SLUICE_TRY(number(value));
  return 2 * *found;
}

TEST(Try, TakesTheValueOutAndPassesAFailureOn) {
  EXPECT_EQ(twice(4), 8);
  EXPECT_EQ(twice(-1).error(), "below zero");
  EXPECT_EQ(twice(10).error(), "above nine");
}

TEST(Recast, ChangesTheFailureAndNothingElse) {
  const auto length = [](const std::string& failure) { return failure.size(); };
  EXPECT_EQ(*recast(number(4), length).value(), 4);
  EXPECT_EQ(recast(number(-1), length).error(), 10U);
  EXPECT_TRUE(recast(check(4), length));
  EXPECT_EQ(recast(check(10), length).error(), 10U);
}

}  // namespace
}  // namespace sluice::record::test
