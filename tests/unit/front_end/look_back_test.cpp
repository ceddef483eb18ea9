#include "adapters/front_end/look_back.h"

#include <gtest/gtest.h>

namespace sluice::adapters::front_end::test {
namespace {

constexpr std::int64_t second = 1'000'000;
constexpr std::size_t few = 2'000;

TEST(LookBack, ACrowdIsReadAgainInSmallPartsWhereTheyTakeLittleOfTheTime) {
  LookBack look_back{.rows = 1'000'000, .read_at = 1'000 * second, .took = second / 4};
  EXPECT_EQ(rows_due(look_back, 1'001 * second, few), 3'333U);
  look_back.took = second;
  EXPECT_EQ(rows_due(look_back, 1'003 * second, few), 0U);
  EXPECT_EQ(rows_due(look_back, 1'004 * second, few), 13'333U);
}

// A load of a million rows takes twenty seconds: what had become due by then would hold up what is
// new.
TEST(LookBack, TheFirstPartAfterALoadIsSmall) {
  const LookBack look_back{.rows = 1'000'000, .read_at = 1'000 * second};
  EXPECT_EQ(rows_due(look_back, 1'000 * second + second / 2, few), 0U);
  EXPECT_EQ(rows_due(look_back, 1'020 * second, few), few);
}

TEST(LookBack, ACrowdIsReadAgainInLargerPartsWhereOneTakesLongAndWholeByTheEndOfItsRound) {
  LookBack look_back{.rows = 1'000'000, .read_at = 1'000 * second, .took = 3 * second};
  EXPECT_EQ(rows_due(look_back, 1'001 * second, few), 0U) << "too few to be worth a query";
  std::uint64_t read = 0;
  for (std::int64_t passed = 1; passed <= 300; ++passed) {
    const std::uint64_t due = rows_due(look_back, (1'000 + passed) * second, few);
    if (due == 0) continue;
    EXPECT_LE(due, 24'000U) << "a part that what is new can wait for";
    read += due;
    look_back.read_at = (1'000 + passed) * second;
  }
  EXPECT_GE(read, 930'000U);
}

TEST(LookBack, ASmallCrowdIsReadAgainInFewParts) {
  const LookBack look_back{.rows = 48'000, .read_at = 1'000 * second, .took = 10 * second};
  EXPECT_EQ(rows_due(look_back, 1'018 * second, few), 0U);
  EXPECT_EQ(rows_due(look_back, 1'020 * second, few), 3'200U);
}

TEST(LookBack, RunsThatAreFarApartReadAllOfItEachTime) {
  const LookBack look_back{.rows = 1'000'000, .read_at = 1'000 * second};
  EXPECT_EQ(rows_due(look_back, 1'300 * second, few), whole_round);
}

TEST(LookBack, AWindowIsReadOnUntilItsLengthHasPassedWithoutANewRow) {
  using std::chrono::minutes;
  EXPECT_EQ(rounds_until_rest(minutes(0)), 2U);
  EXPECT_EQ(rounds_until_rest(minutes(5)), 3U);
  EXPECT_EQ(rounds_until_rest(minutes(14)), 4U) << "the rest of it is within the last";
}

TEST(LookBack, AClockOfOursThatWasSetBackAsksForNothing) {
  const LookBack look_back{.rows = 1'000'000, .read_at = 1'000 * second};
  EXPECT_EQ(rows_due(look_back, 10 * second, few), 0U);
}

TEST(LookBack, AClockThatWasSetBackIsNoticedByTheOther) {
  using std::chrono::seconds;
  const Clocks before{.source = 5'000 * second, .own = 100 * second};
  EXPECT_EQ(set_back_within(std::nullopt, before), std::nullopt);
  EXPECT_EQ(set_back_within(before, {.source = 5'060 * second, .own = 160 * second}), std::nullopt);
  EXPECT_EQ(set_back_within(before, {.source = 5'061 * second, .own = 160 * second}), std::nullopt)
      << "ahead of ours hides nothing";
  // Even where it has passed again what it showed before.
  EXPECT_EQ(set_back_within(before, {.source = 5'001 * second, .own = 700 * second}), seconds(601));
}

TEST(LookBack, ValuesArePackedWhateverBytesTheyHave) {
  const std::vector<std::string> values{"", std::string("\0\xff", 2), "税"};
  EXPECT_EQ(unpacked(packed(values)), values);
  EXPECT_EQ(unpacked(packed({})), std::vector<std::string>());
  EXPECT_EQ(unpacked(packed(values).substr(0, 7)), std::nullopt);
}

}  // namespace
}  // namespace sluice::adapters::front_end::test
