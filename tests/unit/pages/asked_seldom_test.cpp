#include "pages/asked_seldom.h"

#include <string>

#include <gtest/gtest.h>

namespace sluice::pages::test {
namespace {

TEST(AskedSeldomTest, AsksOnceInAWhileAndWhenTheClockWasSetBack) {
  int asked = 0;
  AskedSeldom<int, std::string> seldom(
      std::chrono::seconds(10),
      [&](record::Time) -> std::expected<int, std::string> { return ++asked; });
  const record::Time now{std::chrono::hours(1000)};
  EXPECT_EQ(*seldom.answer(now), 1);
  EXPECT_EQ(*seldom.answer(now + std::chrono::seconds(9)), 1);
  EXPECT_EQ(*seldom.answer(now + std::chrono::seconds(10)), 2);
  EXPECT_EQ(*seldom.answer(now - std::chrono::hours(1)), 3);
  EXPECT_EQ(*seldom.answer(now - std::chrono::hours(1)), 3);
}

}  // namespace
}  // namespace sluice::pages::test
