#include "reconciliation/differences.h"

#include <gmock/gmock.h>

#include "two_sides.h"

namespace sluice::reconciliation::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class DifferencesTest : public testing::Test, protected TwoSides {
 protected:
  static Difference missing(const std::string& key, const std::string& staff = "1") {
    return {{key}, Kind::missing, digest_of(key, staff), std::nullopt};
  }
  static Difference extra(const std::string& key, const std::string& staff = "1") {
    return {{key}, Kind::extra, std::nullopt, digest_of(key, staff)};
  }
};

TEST_F(DifferencesTest, WhatBothComparisonsFoundStands) {
  for (const Difference& one : {missing("A"), missing("B"), extra("C")})
    ASSERT_TRUE(earlier.add(one));
  for (const Difference& one : {missing("A"), extra("C"), extra("D")})
    ASSERT_TRUE(differences.add(one));
  EXPECT_EQ(differences.keep_what_stood(earlier), 2U);
  EXPECT_THAT(found(differences),
              ElementsAre(Found{Kind::missing, {"A"}}, Found{Kind::extra, {"C"}}));
}

// A record that is changed all the time differs at every look, and is never the same difference.
TEST_F(DifferencesTest, ADifferenceThatMovedOnWasAChangeOnItsWay) {
  ASSERT_TRUE(earlier.add({{"A"}, Kind::different, digest_of("A", "1"), digest_of("A", "0")}));
  ASSERT_TRUE(differences.add({{"A"}, Kind::different, digest_of("A", "2"), digest_of("A", "1")}));
  ASSERT_TRUE(earlier.add(missing("B")));
  ASSERT_TRUE(differences.add(extra("B")));
  EXPECT_EQ(differences.keep_what_stood(earlier), 2U);
  EXPECT_THAT(found(differences), IsEmpty());
}

TEST_F(DifferencesTest, AreCountedAndFoundByKey) {
  ASSERT_TRUE(differences.add(missing("A")));
  ASSERT_TRUE(differences.add(missing("B")));
  ASSERT_TRUE(differences.add(extra("C")));
  ASSERT_TRUE(differences.add({{"D"}, Kind::different, digest_of("D", "1"), digest_of("D", "2")}));
  const auto counts = differences.counts().value();
  EXPECT_EQ(counts.missing, 2U);
  EXPECT_EQ(counts.extra, 1U);
  EXPECT_EQ(counts.different, 1U);
  EXPECT_EQ(counts.all(), 4U);
  EXPECT_EQ(differences.find({"D"}).value()->kind, Kind::different);
  EXPECT_EQ(differences.find({"D"}).value()->central, digest_of("D", "2"));
  EXPECT_FALSE(differences.find({"E"}).value());
  ASSERT_TRUE(differences.begin());
  EXPECT_EQ(differences.counts()->all(), 0U);
}

}  // namespace
}  // namespace sluice::reconciliation::test
