// How a dataset's tables follow its schema, and where they refuse to.
#include <gmock/gmock.h>

#include "conformance/store_fixture.h"

namespace sluice::test {
namespace {

using store::StoreProblem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class StoreEvolutionTest : public StoreSuite {
 protected:
  // Why the store will not follow.
  std::string conflict(const record::Dataset& dataset) {
    const auto prepared = store_->prepare(dataset);
    if (prepared) return "no conflict";
    EXPECT_EQ(prepared.error().code, StoreProblem::schema_conflict);
    return record::to_string(prepared.error());
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, StoreEvolutionTest, ::testing::ValuesIn(store_kinds()), kind_name);

TEST_P(StoreEvolutionTest, PreparingTwiceChangesNothing) {
  prepare(enterprises());
  prepare(enterprises());
  store_ = home_->open(clock_);
  prepare(enterprises());
}

TEST_P(StoreEvolutionTest, NewOptionalFieldIsAddedAndUnchangedRecordsStayUnchanged) {
  const auto before = enterprises();
  prepare(before);
  apply(before, {upsert({"a", "Alpha", "1"}), upsert({"b", "Beta", "1"})});
  const auto after = DatasetBuilder("enterprise", "park")
                         .field("code")
                         .field("phone")
                         .field("name")
                         .field("staff", record::FieldType::integer)
                         .build();
  prepare(after);
  const auto receipt =
      apply(after, {upsert({"a", null, "Alpha", "1"}), upsert({"b", "12", "Beta", "1"})});
  EXPECT_EQ(receipt.rows, outcomes(0, 1, 1, 0, 0));
  EXPECT_THAT(records(after),
              ElementsAre(columns({"a", null, "Alpha", "1"}), columns({"b", "12", "Beta", "1"})));
}

TEST_P(StoreEvolutionTest, WhatTheTablesCanNotFollowIsRefusedWithWhatToDo) {
  prepare(enterprises());
  using record::FieldType;
  EXPECT_THAT(
      conflict(
          DatasetBuilder("enterprise", "park").field("code").field("name").field("staff").build()),
      HasSubstr("staff is of type string, the store's tables have it as integer"));
  EXPECT_THAT(conflict(DatasetBuilder("enterprise", "park").field("code").field("name").build()),
              HasSubstr("staff was removed"));
  const auto fields = [] {
    return DatasetBuilder("enterprise", "park")
        .field("code")
        .field("name")
        .field("staff", FieldType::integer);
  };
  EXPECT_THAT(conflict(fields().field("new").required().build()), HasSubstr("make it optional"));
  EXPECT_THAT(conflict(fields().key({"code", "name"}).build()), HasSubstr("primary key"));
  prepare(enterprises());  // still there, and usable
  EXPECT_EQ(apply(enterprises(), {upsert({"a", "Alpha", "1"})}).rows, outcomes(1, 0, 0, 0, 0));
}

TEST_P(StoreEvolutionTest, FieldBecomesRequiredWhereEveryRecordHasIt) {
  prepare(enterprises());
  apply(enterprises(), {upsert({"a", "Alpha", null})});
  const auto with_name = DatasetBuilder("enterprise", "park")
                             .field("code")
                             .field("name")
                             .required()
                             .field("staff", record::FieldType::integer)
                             .build();
  prepare(with_name);
  const auto with_staff = DatasetBuilder("enterprise", "park")
                              .field("code")
                              .field("name")
                              .field("staff", record::FieldType::integer)
                              .required()
                              .build();
  EXPECT_THAT(conflict(with_staff), HasSubstr("staff became required"));
}

TEST_P(StoreEvolutionTest, UniqueKeyIsAddedWhereNoTwoRecordsShareIt) {
  prepare(enterprises());
  apply(enterprises(), {upsert({"a", "Same", "1"}), upsert({"b", "Same", "2"})});
  const auto fields = [] {
    return DatasetBuilder("enterprise", "park")
        .field("code")
        .field("name")
        .field("staff", record::FieldType::integer);
  };
  EXPECT_THAT(conflict(fields().unique_key({"name"}).build()), HasSubstr("became a unique key"));
  const auto unique = fields().unique().build();
  prepare(unique);
  EXPECT_EQ(apply(unique, {upsert({"c", "Other", "1"})}).rows, outcomes(0, 0, 0, 0, 1));
  prepare(enterprises());
  EXPECT_EQ(apply(enterprises(), {upsert({"c", "Other", "1"})}).rows, outcomes(1, 0, 0, 0, 0));
}

TEST_P(StoreEvolutionTest, NamesThatADatabaseCanNotHoldAreRefused) {
  const auto with = [](std::string name) {
    return DatasetBuilder("enterprise", "park").field("code").field(std::move(name)).build();
  };
  EXPECT_THAT(conflict(with(std::string(64, 'n'))), HasSubstr("64 bytes"));
  EXPECT_THAT(conflict(with("Sluice_batch")), HasSubstr("rename it"));
  EXPECT_THAT(conflict(with("CODE")), HasSubstr("upper and lower case"));
}

}  // namespace
}  // namespace sluice::test
