// A replay goes through migrations: what the tables of each version must hold is worked out from
// the batches that came into it and from what the mapping made of the version before; and a batch
// that comes late is read as it was when it was applied.
#include <gmock/gmock.h>

#include "conformance/replay_migration_fixture.h"
#include "support/refused_rows.h"

namespace sluice::test {
namespace {

using exchange::ReplayReport;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

INSTANTIATE_TEST_SUITE_P(Stores, ReplayMigrationTest, ::testing::ValuesIn(store_kinds()),
                         kind_name);

TEST_P(ReplayMigrationTest, SaysTheSameOfEachVersionThatNobodyTouched) {
  fill();
  EXPECT_THAT(found(), IsEmpty());
  const ReplayReport report = replay();
  EXPECT_EQ(report.count_not_replayed(), 0U);
  EXPECT_EQ(report.last, 6);
  ASSERT_THAT(report.datasets, SizeIs(1));
  const auto& enterprise = report.datasets[0];
  EXPECT_EQ(enterprise.entries, 5U);
  EXPECT_EQ(enterprise.migrations, 1U);
  EXPECT_EQ(enterprise.current, 3U) << "9 and 11 of haidian, 10 of chaoyang";
  EXPECT_EQ(enterprise.ended, 2U + 6U) << "of the second version, and all of the first";
  EXPECT_FALSE(enterprise.judged_from);
  EXPECT_FALSE(enterprise.judged_up_to);
}

TEST_P(ReplayMigrationTest, SaysTheSameWhereTheMigrationIsTheLastEntry) {
  fill_first();
  migrate(renewed_form(), to_renewed_form);
  EXPECT_THAT(found(), IsEmpty());
  const ReplayReport report = replay();
  EXPECT_EQ(report.last, 4);
  EXPECT_EQ(report.datasets[0].current, 3U);
}

TEST_P(ReplayMigrationTest, FindsARecordThatCameThroughTheMigrationAndWasChanged) {
  fill();
  tamper(fmt::format("UPDATE {} SET title = 'Twelve' WHERE code = 11", current()));
  EXPECT_THAT(found(), ElementsAre(AllOf(HasSubstr("enterprise current haidian/11, entry 4"),
                                         HasSubstr("other values"))));
  tamper(fmt::format("DELETE FROM {} WHERE code = 11", current()));
  EXPECT_THAT(found(), ElementsAre("enterprise current haidian/11, entry 4: it is missing"));
}

TEST_P(ReplayMigrationTest, FindsThatTheHistoryOfBeforeWasChanged) {
  fill();
  tamper(fmt::format("UPDATE {} SET name = 'Other' WHERE code = '8'", history("enterprise@1")));
  EXPECT_THAT(found(), ElementsAre(HasSubstr("enterprise@1 history 8, entry 1: it has other")));
  tamper(fmt::format("DELETE FROM {} WHERE code = '11'", current("enterprise@1")));
  EXPECT_THAT(found(), UnorderedElementsAre(HasSubstr("enterprise@1 history 8, entry 1"),
                                            "enterprise@1 current 11, entry 1: it is missing"));
}

TEST_P(ReplayMigrationTest, JudgesTheLastVersionWhereTheOneBeforeWasDropped) {
  fill();
  ASSERT_TRUE(
      store_->migrations().drop(store_->migrations().of(renewed_form().id).value().front()));
  EXPECT_THAT(found(), IsEmpty());
  EXPECT_EQ(replay().datasets[0].ended, 2U);
  tamper(fmt::format("UPDATE {} SET title = 'Twelve' WHERE code = 11", current()));
  EXPECT_THAT(found(), ElementsAre(HasSubstr("enterprise current haidian/11, entry 4")));
}

TEST_P(ReplayMigrationTest, FindsWhatWasChangedBeforeTheMigrationTookIt) {
  fill_first();
  tamper(fmt::format("UPDATE {} SET name = 'Mine' WHERE code = '11'", current()));
  tamper(fmt::format("DELETE FROM {} WHERE code = '9'", current()));
  migrate(renewed_form(), to_renewed_form);
  EXPECT_THAT(found(),
              UnorderedElementsAre(HasSubstr("enterprise@1 current 11, entry 1: it has other"),
                                   "enterprise@1 current 9, entry 2: it is missing",
                                   "enterprise current haidian/9, entry 4: it is missing",
                                   HasSubstr("enterprise current haidian/11, entry 4: it has")));
  const ReplayReport report = replay();
  ASSERT_THAT(report.other_counts, SizeIs(1)) << "what was signed tells of two records";
  EXPECT_EQ(report.other_counts[0].of, exchange::OtherCount::Of::migration);
  EXPECT_EQ(report.other_counts[0].told.inserted.value, 2U);
  EXPECT_EQ(report.other_counts[0].replayed.inserted.value, 3U);
}

TEST_P(ReplayMigrationTest, TellsOfARecordThatCanNotHaveFitted) {
  fill_first();
  apply(grown_form(), {upsert({"12", null, "Twelve", "many", null})});
  tamper(fmt::format("UPDATE {} SET staff = '12' WHERE code = '12'", current()));
  EXPECT_EQ(migrate(renewed_form(), to_renewed_form).id, 5);
  EXPECT_THAT(
      found(),
      UnorderedElementsAre(
          "enterprise@1 current 12, entry 5: it does not fit version 2 (staff: type), and the "
          "migration took it",
          HasSubstr("enterprise@1 current 12, entry 4: it has other values"),
          "enterprise current haidian/12, entry 5: no batch brought it"));
}

TEST_P(ReplayMigrationTest, DoesNotGoThroughAMigrationThatIsNotWhatItsStatementSays) {
  fill();
  home_->change("UPDATE " + migrations() + " SET mapping = '{\"fields\":[],\"ignore\":[]}'");
  EXPECT_THAT(found(), IsEmpty()) << "of what was before";
  const ReplayReport report = replay();
  ASSERT_THAT(report.not_replayed, SizeIs(3));
  EXPECT_EQ(report.not_replayed[0].id, 4);
  EXPECT_THAT(report.not_replayed[0].why, HasSubstr("not what its statement says"));
  EXPECT_THAT(report.not_replayed[1].why, HasSubstr("an entry in front of it"));
  EXPECT_EQ(report.datasets[0].judged_up_to, 3);
  EXPECT_EQ(report.datasets[0].migrations, 0U);
  tamper(fmt::format("UPDATE {} SET name = 'Other' WHERE code = '8'", history("enterprise@1")));
  EXPECT_THAT(found(), ElementsAre(HasSubstr("enterprise@1 history 8, entry 1")));
}

// Of a later program: it was signed, and nobody here knows what it means.
TEST_P(ReplayMigrationTest, JudgesFromAMigrationOnWhoseMappingNobodyCanRead) {
  fill();
  set_mapping(store_->migrations().of(renewed_form().id).value().front(),
              R"({"fields":[{"field":"title","steps":["of-a-later-program"]}],"ignore":[]})");
  EXPECT_THAT(found(), IsEmpty());
  const ReplayReport report = replay();
  EXPECT_EQ(report.count_not_replayed(), 0U);
  EXPECT_EQ(report.datasets[0].judged_from, 4);
  EXPECT_EQ(report.datasets[0].taken_over, 3U);
  tamper(fmt::format("UPDATE {} SET title = 'Twelve' WHERE code IN (10, 11)", current()), 2);
  EXPECT_THAT(found(), UnorderedElementsAre(HasSubstr("current chaoyang/10, entry 5"),
                                            HasSubstr("current haidian/11, entry 4")))
      << "what came after it; and what does not fit the digest that it began with";
}

TEST_P(ReplayMigrationTest, GoesThroughSeveralMigrations) {
  fill();
  EXPECT_EQ(migrate(third_form(), to_third_form).id, 7);
  apply(third_form(), {upsert({"haidian", "11", "ELEVEN", "1"})});
  know(third_form());
  EXPECT_THAT(records(third_form()), ElementsAre(columns({"chaoyang", "10", "OTHER", "5"}),
                                                 columns({"haidian", "9", "NI\tNE", "23"}),
                                                 columns({"haidian", "11", "ELEVEN", "1"})));
  EXPECT_THAT(found(), IsEmpty());
  EXPECT_EQ(replay().datasets[0].migrations, 2U);
  tamper(fmt::format("UPDATE {} SET label = 'OTHER' WHERE code = 9", current()));
  tamper(fmt::format("UPDATE {} SET title = 'OTHER' WHERE code = 9", history("enterprise@2")));
  tamper(fmt::format("UPDATE {} SET fax = '0' WHERE code = '10'", current("enterprise@1")));
  EXPECT_THAT(found(), UnorderedElementsAre(HasSubstr("enterprise@1 current 10, entry 3"),
                                            HasSubstr("enterprise@2 history haidian/9, entry 4"),
                                            HasSubstr("enterprise current haidian/9, entry 7")));
}

TEST_P(ReplayMigrationTest, ABatchOfBeforeGoesThroughTheMappingWhenItComesAndWhenItIsReplayed) {
  fill();
  const auto receipt =
      apply_late(original_form(), renewed_form(),
                 {upsert({"9", "Nine", "24", "f"}, "2026-01-02T00:00:00Z"),
                  upsert({"13", "New", "many", null}), upsert({"14", "New", "14", null}),
                  remove({"11"}, 4), remove({"x"}, 4), "U\t\\N\t15\tno\tsuch\n"});
  EXPECT_EQ(receipt.rows, outcomes(1, 1, 0, 1, 3));
  const auto refused = record::test::rejected_rows(receipt);
  ASSERT_THAT(refused, SizeIs(3));
  EXPECT_EQ(refused[0].row, 2U);
  EXPECT_EQ(refused[0].field, "staff");
  EXPECT_EQ(refused[0].rule, "type");
  EXPECT_EQ(refused[1].field, "code") << "x is no number, and no key of now";
  EXPECT_EQ(refused[2].rule, "format");
  EXPECT_THAT(records(renewed_form()), ElementsAre(columns({null, "chaoyang", "10", "Other", "5"}),
                                                   columns({null, "haidian", "9", "Nine", "24"}),
                                                   columns({null, "haidian", "14", "New", "14"})));
  EXPECT_THAT(found(), IsEmpty());
  EXPECT_EQ(replay().count_not_replayed(), 0U);
}

TEST_P(ReplayMigrationTest, ABatchOfBeforeGoesThroughEachMappingSince) {
  fill();
  migrate(third_form(), to_third_form);
  know(third_form());
  EXPECT_EQ(apply_late(grown_form(), third_form(), {upsert({"14", "1", "New", "14", "f"})}).rows,
            outcomes(1, 0, 0, 0, 0));
  EXPECT_EQ(apply_late(renewed_form(), third_form(),
                       {upsert({null, "haidian", "15", "Other", "15"}),
                        remove({null, "chaoyang", "10"}, 5)})
                .rows,
            outcomes(1, 0, 0, 1, 0));
  EXPECT_THAT(records(third_form()), ElementsAre(columns({"haidian", "9", "NI\tNE", "23"}),
                                                 columns({"haidian", "11", "ELEVEN", null}),
                                                 columns({"haidian", "14", "NEW", "14"}),
                                                 columns({"haidian", "15", "OTHER", "15"})));
  EXPECT_THAT(found(), IsEmpty());
  EXPECT_EQ(replay().count_not_replayed(), 0U);
}

// Their columns fit every version: what the center remembered tells of which they are, and what it
// signed tells the replay.
TEST_P(ReplayMigrationTest, ABatchUnderASchemaFromWithinAVersionIsReplayedAsOfThat) {
  const auto bounded = [](std::size_t length) {
    record::Dataset dataset = third_form();
    dataset.schema.fields[2].constraints.max_length = length;
    return dataset;
  };
  const std::string upper_case =
      R"({"fields":[{"field":"label","steps":["upper-case"]}],"ignore":[]})";
  prepare(third_form());
  apply(third_form(), {upsert({"haidian", "1", "one", "1"})});
  prepare(bounded(50));
  prepare(bounded(40));
  migrate(bounded(30), upper_case);
  prepare(bounded(20));
  prepare(bounded(10));
  know(bounded(10));
  const auto one = outcomes(1, 0, 0, 0, 0);
  EXPECT_EQ(apply_late(bounded(50), bounded(10), {upsert({"haidian", "2", "two", "2"})}).rows, one);
  EXPECT_EQ(apply_late(bounded(20), bounded(10), {upsert({"haidian", "3", "three", "3"})}).rows,
            one);
  EXPECT_THAT(records(bounded(10)), ElementsAre(columns({"haidian", "1", "ONE", "1"}),
                                                columns({"haidian", "2", "TWO", "2"}),
                                                columns({"haidian", "3", "three", "3"})));
  EXPECT_THAT(found(), IsEmpty());
  EXPECT_EQ(replay().count_not_replayed(), 0U);
  migrate(bounded(9), upper_case);
  know(bounded(9));
  EXPECT_EQ(apply_late(bounded(20), bounded(9), {upsert({"haidian", "4", "four", "4"})}).rows, one);
  EXPECT_THAT(found(), IsEmpty());
  EXPECT_EQ(replay().count_not_replayed(), 0U);
  // Whoever writes in the database can not say that it was of another version.
  home_->change(fmt::format("UPDATE {} SET version = 1 WHERE version = 2 AND digest = '{}'",
                            home_->own_table("version_schema"),
                            record::to_string(record::schema_digest(bounded(20).schema))));
  ASSERT_FALSE(replay().not_replayed.empty());
  EXPECT_THAT(replay().not_replayed[0].why, HasSubstr("not what its statement says"));
}

// What it says of a row it says of the version in which the row came.
TEST_P(ReplayMigrationTest, ABatchOfBeforeIsMigratedWithWhatItBrought) {
  fill();
  apply_late(original_form(), renewed_form(), {upsert({"14", "New", "14", null})});
  migrate(third_form(), to_third_form);
  know(third_form());
  EXPECT_THAT(found(), IsEmpty());
  tamper(fmt::format("UPDATE {} SET label = 'OLD' WHERE code = 14", current()));
  EXPECT_THAT(found(), ElementsAre(HasSubstr("enterprise current haidian/14, entry 8")));
}

}  // namespace
}  // namespace sluice::test
