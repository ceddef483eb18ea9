#include "reconciliation/comparison.h"

#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "two_sides.h"

namespace sluice::reconciliation::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Records = std::vector<std::pair<std::string, std::string>>;

Records records(int count) {
  Records all;
  for (int i = 0; i < count; ++i)
    all.emplace_back(fmt::format("A{:06}", i), std::to_string(i));
  return all;
}

class ComparisonTest : public testing::Test, protected TwoSides {};

TEST_F(ComparisonTest, TwoSidesThatAreTheSameCostOneSum) {
  center_has(records(1000));
  source_has(records(1000));
  EXPECT_THAT(compare(), IsEmpty());
  EXPECT_EQ(compared.ranges_asked, 1U);
  EXPECT_EQ(compared.records_listed, 0U);
  EXPECT_EQ(compared.central_records, 1000U);
}

TEST_F(ComparisonTest, NamesWhatIsMissingExtraAndDifferent) {
  center_has({{"A", "1"}, {"B", "2"}, {"D", "4"}});
  source_has({{"A", "1"}, {"B", "20"}, {"C", "3"}});
  EXPECT_THAT(compare(), ElementsAre(Found{Kind::different, {"B"}}, Found{Kind::missing, {"C"}},
                                     Found{Kind::extra, {"D"}}));
}

TEST_F(ComparisonTest, AnEmptySideLacksAllThatTheOtherHas) {
  center_has({});
  source_has(records(300));
  EXPECT_EQ(compare().size(), 300U);
  source_has({});
  EXPECT_THAT(compare(), IsEmpty());
}

TEST_F(ComparisonTest, TheCenterMayHaveFarMoreThanOneListing) {
  center_has(records(25'000));
  source_has({{"A000000", "0"}, {"A012345", "12345"}, {"A024999", "24999"}});
  const auto found = compare();
  EXPECT_EQ(found.size(), 24'997U);
  EXPECT_TRUE(std::ranges::all_of(found, [](const Found& one) { return one.kind == Kind::extra; }));
}

// Whatever differs, wherever the ranges are cut.
TEST_F(ComparisonTest, FindsExactlyWhatDiffersHoweverItIsCut) {
  const int count = 5000;
  center_has(records(count));
  std::set<std::string> expected;
  Records changed;
  for (const auto& [code, staff] : records(count)) {
    const int i = std::stoi(staff);
    if (i % 997 == 3) {
      expected.insert("extra " + code);
    } else if (i % 611 == 5) {
      expected.insert("different " + code);
      changed.emplace_back(code, "-1");
    } else {
      changed.emplace_back(code, staff);
    }
    if (i % 1234 == 7) {
      expected.insert("missing " + code + "x");
      changed.emplace_back(code + "x", "1");
    }
  }
  source_has(changed);
  for (const std::uint64_t parts : {2U, 7U, 64U}) {
    for (const std::uint64_t listed : {1U, 2U, 100U, 10000U}) {
      std::set<std::string> names;
      for (const Found& one : compare({.parts = parts, .listed_records = listed})) {
        const char* kind = one.kind == Kind::missing ? "missing "
                           : one.kind == Kind::extra ? "extra "
                                                     : "different ";
        names.insert(kind + one.key.front());
      }
      EXPECT_EQ(names, expected) << parts << " parts, " << listed << " listed";
    }
  }
}

TEST_F(ComparisonTest, OneDifferenceAmongManyMovesFewDigests) {
  center_has(records(20'000));
  Records changed = records(20'000);
  changed[12'345].second = "-1";
  source_has(changed);
  EXPECT_EQ(compare().size(), 1U);
  EXPECT_LE(compared.records_listed, 128U);
  EXPECT_LE(compared.ranges_asked, 140U);
}

// It is in the quarantine: neither missing nor, where an older version is there, one too many.
TEST_F(ComparisonTest, ARecordThatDoesNotPassTheSchemaIsNotJudged) {
  center_has({{"A", "1"}, {"B", "2"}});
  ASSERT_TRUE(source.begin());
  put("A", SourceState::present, "1");
  put("B", SourceState::refused);
  put("C", SourceState::refused);
  ASSERT_TRUE(source.finish());
  EXPECT_EQ(source.counts().refused, 2U);
  EXPECT_THAT(compare(), IsEmpty());
}

TEST_F(ComparisonTest, OfALogOnlyWhatItNamesIsJudged) {
  center_has({{"A", "1"}, {"B", "2"}, {"C", "3"}});
  ASSERT_TRUE(source.begin());
  put("A", SourceState::present, "1");
  put("B", SourceState::present, "2");
  put("B", SourceState::removed);
  ASSERT_TRUE(source.finish());
  EXPECT_THAT(compare({.source_is_whole = false}), ElementsAre(Found{Kind::extra, {"B"}}));
  EXPECT_EQ(compare().size(), 2U);
}

TEST_F(ComparisonTest, OfTwoRecordsWithOneKeyTheLaterOneCounts) {
  center_has({{"A", "2"}});
  source_has({{"A", "1"}, {"A", "2"}});
  EXPECT_THAT(compare(), IsEmpty());
  EXPECT_EQ(source.counts().repeated, 1U);
  EXPECT_EQ(source.counts().present, 1U);
}

}  // namespace
}  // namespace sluice::reconciliation::test
