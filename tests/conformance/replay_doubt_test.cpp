// A replay goes through a migration with records in doubt: those whose receipts, of format 1, do
// not say what became of them. All others are judged.
#include <gmock/gmock.h>

#include "conformance/replay_migration_fixture.h"

namespace sluice::test {
namespace {

using exchange::ReplayReport;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class ReplayDoubtTest : public ReplayMigrationTest {};
INSTANTIATE_TEST_SUITE_P(Stores, ReplayDoubtTest, ::testing::ValuesIn(store_kinds()), kind_name);

TEST_P(ReplayDoubtTest, GoesThroughAMigrationWithRecordsInDoubtAndJudgesTheOthers) {
  fill();
  make_doubtful(2, 2);  // 9 changes there, 8 is deleted
  EXPECT_THAT(found(), IsEmpty());
  const ReplayReport report = replay();
  ASSERT_THAT(report.not_replayed, SizeIs(1)) << "what depends on it is not proved";
  EXPECT_EQ(report.not_replayed[0].id, 2);
  EXPECT_EQ(report.datasets[0].migrations, 1U);
  EXPECT_FALSE(report.datasets[0].judged_up_to);
  EXPECT_THAT(report.other_counts, IsEmpty()) << "of those in doubt one is among the migration's";
  EXPECT_THAT(in_doubt(report),
              UnorderedElementsAre("enterprise@1 8", "enterprise@1 9", "enterprise haidian/8",
                                   "enterprise haidian/9"));
  tamper(fmt::format("UPDATE {} SET title = 'Twelve' WHERE code IN (9, 11)", current()), 2);
  tamper(fmt::format("UPDATE {} SET title = 'Twelve' WHERE code = 10", history()));
  EXPECT_THAT(found(), UnorderedElementsAre(HasSubstr("enterprise current haidian/11, entry 4"),
                                            HasSubstr("enterprise history haidian/10, entry 4")))
      << "9 is not judged";
}

TEST_P(ReplayDoubtTest, RecordsInDoubtGoThroughEachMigration) {
  fill();
  make_doubtful(2, 2);
  ASSERT_TRUE(
      store_->migrations().drop(store_->migrations().of(renewed_form().id).value().front()));
  migrate(third_form(), to_third_form);
  know(third_form());
  EXPECT_THAT(found(), IsEmpty());
  const ReplayReport report = replay();
  EXPECT_EQ(report.datasets[0].migrations, 2U);
  EXPECT_THAT(in_doubt(report),
              UnorderedElementsAre("enterprise@2 haidian/8", "enterprise@2 haidian/9",
                                   "enterprise haidian/8", "enterprise haidian/9"))
      << "what version 1 had is not needed";
  tamper(fmt::format("UPDATE {} SET label = 'OTHER' WHERE code IN (9, 11)", current()), 2);
  EXPECT_THAT(found(), ElementsAre(HasSubstr("enterprise current haidian/11, entry 7")));
}

// What a record may be tells what key it may have.
class ReplayDoubtfulKeyTest : public ReplayMigrationTest {
 protected:
  static record::Dataset named_form() {
    return DatasetBuilder("enterprise", "park")
        .field("code")
        .field("name")
        .unique()
        .field("staff")
        .build();
  }
  static record::Dataset staff_form() {
    return DatasetBuilder("enterprise", "park")
        .field("staff")
        .field("name")
        .field("code")
        .key({"staff"})
        .build();
  }
  // Of entry 2, whose receipt does not say so, the second row is refused.
  void fill_named() {
    prepare(named_form());
    apply(named_form(), {upsert({"10", "Ten", "1"}), upsert({"9", "Nine", "2"})});
    EXPECT_EQ(apply(named_form(), {upsert({"9", "Nine", "22"}), upsert({"12", "Ten", "1"})}).rows,
              outcomes(0, 1, 0, 0, 1));
    know(staff_form());
  }
  store::MigrationEntry migrate_named() {
    return migrate(staff_form(), R"({"fields":[],"ignore":[]})");
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, ReplayDoubtfulKeyTest, ::testing::ValuesIn(store_kinds()),
                         kind_name);

TEST_P(ReplayDoubtfulKeyTest, EachKeyThatARecordMayHaveIsInDoubtUnlessItIsCertainlyAnothers) {
  fill_named();
  migrate_named();
  make_doubtful(2, 2);
  EXPECT_THAT(found(), IsEmpty());
  EXPECT_THAT(in_doubt(replay()), UnorderedElementsAre("enterprise@1 12", "enterprise@1 9",
                                                       "enterprise 2", "enterprise 22"));
  tamper(fmt::format("UPDATE {} SET name = 'Other'", current()), 2);
  EXPECT_THAT(found(), ElementsAre(HasSubstr("enterprise current 1, entry 3: it has other")))
      << "12 can not have become 1, since 10 did; 22 is not judged";
}

TEST_P(ReplayDoubtfulKeyTest, AChangeThatWasNotRefusedTellsTheKeyAgain) {
  fill_named();
  apply(named_form(), {upsert({"9", "Nine", "23"})});
  apply(named_form(), {remove({"12"}, 3)});
  migrate_named();
  make_doubtful(2, 2);
  EXPECT_THAT(found(), IsEmpty());
  EXPECT_THAT(in_doubt(replay()),
              UnorderedElementsAre("enterprise@1 12", "enterprise@1 9", "enterprise 23"));
}

TEST_P(ReplayDoubtfulKeyTest, AMigrationCountsNoFewerRecordsThanAreCertain) {
  fill_named();
  tamper(fmt::format("DELETE FROM {}", current()), 2);
  migrate_named();
  make_doubtful(2, 2);
  const ReplayReport report = replay();
  ASSERT_THAT(report.other_counts, SizeIs(1));
  EXPECT_EQ(report.other_counts[0].told.inserted.value, 0U);
  EXPECT_EQ(report.other_counts[0].replayed.inserted.value, 1U);
  EXPECT_EQ(report.other_counts[0].in_doubt.value, 2U) << "9 and 12";
}

}  // namespace
}  // namespace sluice::test
