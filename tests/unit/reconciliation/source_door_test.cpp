// Each row becomes what the central store would make of it: same key, same digest.
#include "reconciliation/source_door.h"

#include <gmock/gmock.h>

#include "two_sides.h"

namespace sluice::reconciliation::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class SourceDoorTest : public testing::Test, protected TwoSides {
 protected:
  SourceDoorTest() {
    mapping.fields = {{.field = "code", .from = "CODE", .steps = {intake::step::Trim{}}},
                      {.field = "staff", .from = "STAFF"}};
  }
  void read(const std::vector<std::vector<intake::SourceValue>>& rows) {
    ASSERT_TRUE(source.begin());
    SourceDoor door({dataset, checker, mapping}, source);
    ASSERT_TRUE(door.begin(std::vector<std::string>{"CODE", "STAFF"}));
    for (const auto& row : rows) {
      ASSERT_TRUE(door.accept({.values = row, .original = {}, .place = 1}));
    }
    ASSERT_TRUE(source.finish());
  }

  record::RecordChecker checker = record::RecordChecker::compile(dataset.schema).value();
  intake::Mapping mapping;
};

TEST_F(SourceDoorTest, ARowIsMappedAndMadeCanonicalBeforeItIsCompared) {
  center_has({{"A", "7"}});
  read({{{" A "}, {"007"}}});
  EXPECT_THAT(compare(), IsEmpty());
  read({{{" A "}, {"008"}}});
  EXPECT_THAT(compare(), ElementsAre(Found{Kind::different, {"A"}}));
}

TEST_F(SourceDoorTest, ARowThatDoesNotPassIsKnownByItsKey) {
  center_has({{"A", "7"}, {"B", "1"}});
  read({{{"A"}, {"many"}}, {{"B"}, {"1"}}});
  EXPECT_EQ(source.counts().refused, 1U);
  EXPECT_EQ(source.counts().present, 1U);
  EXPECT_EQ(source.counts().unknown, 0U);
  EXPECT_THAT(compare(), IsEmpty());
}

TEST_F(SourceDoorTest, ARowWithoutAKeyIsCounted) {
  read({{{std::nullopt}, {"1"}}, {{"A"}, {"1"}}});
  EXPECT_EQ(source.counts().unknown, 1U);
  EXPECT_EQ(source.counts().present, 1U);
}

}  // namespace
}  // namespace sluice::reconciliation::test
