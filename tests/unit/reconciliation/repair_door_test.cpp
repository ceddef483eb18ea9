// A repair sends what differs as the source has it then, and deletes nothing that is back.
#include "reconciliation/repair_door.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "two_sides.h"
#include "unit/intake/intake_builder.h"

namespace sluice::reconciliation::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class RepairDoorTest : public testing::Test, protected TwoSides {
 protected:
  // The source has nothing of it: all is found to be the center's alone.
  void only_center_has(const std::vector<std::pair<std::string, std::string>>& records) {
    center_has(records);
    source_has({});
    compare();
    ASSERT_TRUE(door.begin(std::vector<std::string>{"code", "staff"}));
  }
  void comes_by(const std::vector<intake::SourceValue>& row,
                record::Operation operation = record::Operation::upsert) {
    ASSERT_TRUE(door.accept({.values = row, .original = {}, .place = 1, .operation = operation}));
  }
  std::vector<record::Key> next_gone() {
    auto keys = door.next_gone();
    EXPECT_TRUE(keys);
    return keys ? *keys : std::vector<record::Key>();
  }
  // Deletes what is gone, and tells all that was sent.
  std::string sent() {
    for (auto keys = next_gone(); !keys.empty(); keys = next_gone())
      EXPECT_TRUE(door.remove(keys));
    EXPECT_TRUE(intake.checkpoint(""));
    return sink.text();
  }

  record::RecordChecker checker = record::RecordChecker::compile(dataset.schema).value();
  intake::Mapping mapping;
  intake::test::KeepingSink sink;
  intake::SourceDelivery delivery{dataset, checker, mapping, {}, record::Mode::front_end, "source"};
  intake::ChangeIntake intake{delivery, {1000, 1 << 20}, "", sink};
  RepairDoor door{{dataset, checker, mapping}, differences, intake};
};

TEST_F(RepairDoorTest, WhatTheSourceHasNotIsDeleted) {
  only_center_has({{"A", "1"}, {"B", "2"}});
  EXPECT_EQ(sent(), "D\t\\N\tA\t\\N\nD\t\\N\tB\t\\N\n");
}

TEST_F(RepairDoorTest, AKeyThatIsBackWhenTheSourceIsReadForTheRepairIsSentAndNotDeleted) {
  only_center_has({{"A", "1"}, {"B", "2"}});
  comes_by({{"A"}, {"7"}});
  EXPECT_EQ(sent(), "U\t\\N\tA\t7\nD\t\\N\tB\t\\N\n");
}

TEST_F(RepairDoorTest, AKeyThatIsBackWhenItIsLookedUpBeforeItsDeleteIsSentAndNotDeleted) {
  only_center_has({{"A", "1"}, {"B", "2"}});
  const auto keys = next_gone();
  EXPECT_THAT(keys, ElementsAre(record::Key{"A"}, record::Key{"B"}));
  comes_by({{"B"}, {"7"}});
  ASSERT_TRUE(door.remove(keys));
  EXPECT_THAT(next_gone(), IsEmpty());
  EXPECT_EQ(sent(), "U\t\\N\tB\t7\nD\t\\N\tA\t\\N\n");
}

TEST_F(RepairDoorTest, AKeyThatIsBackWithARowThatDoesNotPassIsLeftAsItIs) {
  only_center_has({{"A", "1"}, {"B", "2"}});
  comes_by({{"A"}, {"many"}});
  EXPECT_EQ(sent(), "D\t\\N\tB\t\\N\n");
}

TEST_F(RepairDoorTest, OfALogTheLastLineCounts) {
  only_center_has({{"A", "1"}, {"B", "2"}});
  comes_by({{"A"}, {"7"}});
  comes_by({{"A"}, {"7"}}, record::Operation::remove);
  comes_by({{"B"}, {"8"}}, record::Operation::remove);
  comes_by({{"B"}, {"9"}});
  EXPECT_EQ(sent(), "U\t\\N\tA\t7\nU\t\\N\tB\t9\nD\t\\N\tA\t\\N\n");
}

TEST_F(RepairDoorTest, RowsWithoutAKeyAreCounted) {
  only_center_has({{"A", "1"}});
  comes_by({std::nullopt, {"7"}});
  ASSERT_TRUE(door.reject(2, "", {}));
  EXPECT_EQ(door.unknown(), 2U);
}

}  // namespace
}  // namespace sluice::reconciliation::test
