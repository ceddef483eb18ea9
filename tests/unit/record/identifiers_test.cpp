#include "record/identifiers.h"

#include <string>
#include <type_traits>

#include <gtest/gtest.h>

namespace sluice::record {
namespace {

TEST(Names, AreLowerCaseLettersDigitsAndInnerHyphens) {
  for (const std::string name : {"a", "portal", "industry-commerce", "a1", "x--y", "z9-9"}) {
    EXPECT_TRUE(is_name(name)) << name;
  }
  EXPECT_TRUE(is_name(std::string(63, 'a')));
}

TEST(Names, ThatCouldMeanSomethingElseInAPathAUrlOrSqlAreRefused) {
  for (const std::string name : {"", "-a", "a-", "1a", "A", "a_b", "a.b", "..", "a/b", "a b",
                                 "a\"b", "a'b", "é", "工商", "a\n", "a;b"}) {
    EXPECT_FALSE(is_name(name)) << name;
  }
  EXPECT_FALSE(is_name(std::string(64, 'a')));
  EXPECT_FALSE(is_name(std::string("a\0b", 3)));
}

TEST(Identifiers, OfDifferentKindsDoNotConvertIntoEachOther) {
  EXPECT_FALSE((std::is_convertible_v<BureauId, DatasetId>));
  EXPECT_FALSE((std::is_convertible_v<Sequence, Epoch>));
  EXPECT_FALSE((std::is_convertible_v<std::string, BureauId>));
}

TEST(Streams, AreOrderedByBureauThenEpoch) {
  const StreamId old{BureauId("park"), {1}};
  const StreamId young{BureauId("park"), {2}};
  EXPECT_LT(old, young);
  EXPECT_LT(young, (StreamId{BureauId("portal"), {0}}));
}

}  // namespace
}  // namespace sluice::record
