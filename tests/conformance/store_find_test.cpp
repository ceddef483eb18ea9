// One record by its key: what the desk asks while somebody types.
#include <gmock/gmock.h>

#include "conformance/store_fixture.h"

namespace sluice::test {
namespace {

using record::Key;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class StoreFindTest : public StoreSuite {
 protected:
  std::optional<store::FoundRecord> find(const record::Dataset& dataset, const Key& key) {
    auto found = store_->find(dataset, key);
    EXPECT_TRUE(found) << record::to_string(found.error());
    return found ? *found : std::nullopt;
  }
  std::vector<Value> values(const record::Dataset& dataset, const Key& key) {
    const auto found = find(dataset, key);
    return found ? found->values : std::vector<Value>();
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, StoreFindTest, ::testing::ValuesIn(store_kinds()), kind_name);

TEST_P(StoreFindTest, OneRecordComesAsItIsNowAndSinceWhen) {
  const auto dataset = enterprises();
  prepare(dataset);
  apply(dataset, {upsert({"a", "Alpha", "1"}), upsert({"b", "Beta", null})});
  EXPECT_THAT(values(dataset, {"a"}), ElementsAre("a", "Alpha", "1"));
  EXPECT_THAT(values(dataset, {"b"}), ElementsAre("b", "Beta", std::nullopt));
  const record::Time first = find(dataset, {"a"})->applied_at;
  apply(dataset, {upsert({"a", "Alpha and sons", "2"})});
  EXPECT_THAT(values(dataset, {"a"}), ElementsAre("a", "Alpha and sons", "2"));
  EXPECT_GT(find(dataset, {"a"})->applied_at, first);
  EXPECT_EQ(find(dataset, {"b"})->applied_at, first);
}

TEST_P(StoreFindTest, WhatIsNotThereOrWasDeletedIsNotFound) {
  const auto dataset = enterprises();
  prepare(dataset);
  EXPECT_FALSE(find(dataset, {"a"}));
  apply(dataset, {upsert({"a", "Alpha", null})});
  EXPECT_FALSE(find(dataset, {"A"}));
  EXPECT_FALSE(find(dataset, {"a "}));
  EXPECT_FALSE(find(dataset, {""}));
  apply(dataset, {remove({"a"}, 3)});
  EXPECT_FALSE(find(dataset, {"a"}));
}

TEST_P(StoreFindTest, NoKeyIsTakenForAnythingButAValue) {
  const auto dataset = enterprises();
  prepare(dataset);
  const std::vector<std::string> hostile = {"'; DELETE FROM ledger; --",
                                            "%",
                                            "_",
                                            "a\tb\\\nc",
                                            "\\N",
                                            "\"quoted\"",
                                            "税\u202E",
                                            "$1",
                                            "?"};
  std::vector<std::string> lines;
  for (const std::string& key : hostile)
    lines.push_back(upsert({key, "the value of " + key, null}));
  apply(dataset, lines);
  for (const std::string& key : hostile)
    EXPECT_THAT(values(dataset, {key}), ElementsAre(key, "the value of " + key, std::nullopt));
  EXPECT_FALSE(find(dataset, {"x' OR '1'='1"}));
}

TEST_P(StoreFindTest, AKeyHasAllItsFieldsWhateverTheirTypes) {
  using record::FieldType;
  // One is called as a column of the ledger is.
  const auto dataset = DatasetBuilder("mixed", "park")
                           .field("id", FieldType::integer)
                           .field("amount", FieldType::number)
                           .field("year", FieldType::year)
                           .field("flag", FieldType::boolean)
                           .field("applied_at")
                           .field("day", FieldType::date)
                           .field("moment", FieldType::datetime)
                           .key({"year", "id", "flag", "applied_at", "day", "moment"})
                           .build();
  prepare(dataset);
  const std::string moment = "2026-11-23T04:44:00.5Z";
  apply(dataset, {upsert({"-7", "10000000.5", "0099", "t", "a", "0001-01-01", moment}),
                  upsert({"-7", "2", "0099", "f", "a", "0001-01-01", moment})});
  EXPECT_THAT(values(dataset, {"0099", "-7", "t", "a", "0001-01-01", moment}),
              ElementsAre("-7", "10000000.5", "0099", "t", "a", "0001-01-01", moment));
  EXPECT_FALSE(find(dataset, {"0099", "-7", "t", "a", "0001-01-02", moment}));
  EXPECT_FALSE(find(dataset, {"0098", "-7", "t", "a", "0001-01-01", moment}));
}

TEST_P(StoreFindTest, EveryTypeComesInItsCanonicalText) {
  using record::FieldType;
  const auto dataset = DatasetBuilder("typed", "park")
                           .field("key")
                           .field("number", FieldType::number)
                           .field("boolean", FieldType::boolean)
                           .field("object", FieldType::object)
                           .field("date", FieldType::date)
                           .field("datetime", FieldType::datetime)
                           .field("time", FieldType::time)
                           .field("year", FieldType::year)
                           .field("yearmonth", FieldType::yearmonth)
                           .field("text")
                           .build();
  prepare(dataset);
  const std::vector<Value> record = {"k",          "-0.1",
                                     "f",          R"({"b": 1, "a": [2]})",
                                     "2026-11-23", "2026-11-23T04:44:00.25Z",
                                     "04:44:00",   "0099",
                                     "2026-11",    "a\tb\\N\n税"};
  apply(dataset, {upsert(record)});
  EXPECT_EQ(values(dataset, {"k"}), record);
}

TEST_P(StoreFindTest, WhatIsNoKeyOrNoDatasetIsRefused) {
  const auto dataset = enterprises();
  EXPECT_EQ(store_->find(dataset, {"a"}).error().code, store::StoreProblem::unknown_dataset);
  prepare(dataset);
  EXPECT_EQ(store_->find(dataset, {"a", "b"}).error().code, store::StoreProblem::failed);
  EXPECT_EQ(store_->find(dataset, {}).error().code, store::StoreProblem::failed);
  const auto numbered = DatasetBuilder("numbered", "park")
                            .field("number", record::FieldType::integer)
                            .key({"number"})
                            .build();
  prepare(numbered);
  EXPECT_EQ(store_->find(numbered, {"1 OR 1"}).error().code, store::StoreProblem::failed);
}

// The node that looks was started with a schema that no batch has brought yet.
TEST_P(StoreFindTest, AFieldThatTheTablesDoNotHaveYetIsNotTakenForAValue) {
  prepare(enterprises());
  apply(enterprises(), {upsert({"a", "Alpha", "1"})});
  auto wider = enterprises();
  wider.schema.fields.push_back({.name = "street"});
  const auto found = store_->find(wider, {"a"});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, store::StoreProblem::failed);
}

TEST_P(StoreFindTest, AnotherOwnerFindsWhatItHasNotPrepared) {
  const auto dataset = enterprises();
  prepare(dataset);
  apply(dataset, {upsert({"a", "Alpha", "1"})});
  const auto found = home_->open(clock_)->find(dataset, {"a"});
  ASSERT_TRUE(found) << record::to_string(found.error());
  EXPECT_THAT((*found)->values, ElementsAre("a", "Alpha", "1"));
}

TEST_P(StoreFindTest, WhoLooksDoesNotWaitForABatchThatIsBeingApplied) {
  const auto dataset = enterprises();
  prepare(dataset);
  apply(dataset, {upsert({"a", "Alpha", "1"})});
  const Sent sent = stream_.batch(dataset, {upsert({"a", "Beta", "1"})});
  const record::RecordChecker checker = checker_of(dataset);
  const auto make_receipt = receipt_maker(sent.manifest, sent.batch);
  std::vector<Value> seen;
  const auto applied = store_->apply(
      {sent.manifest, sent.batch, dataset, checker},
      [&](record::Outcome outcome, const std::string& reason, const record::RowOutcomes& rows,
          const std::vector<record::RefusedRows>& refused, record::Time at) {
        const auto found = home_->open(clock_)->find(dataset, {"a"});
        EXPECT_TRUE(found) << record::to_string(found.error());
        if (found && *found) seen = (*found)->values;
        return make_receipt(outcome, reason, rows, refused, at);
      });
  ASSERT_TRUE(applied) << record::to_string(applied.error());
  EXPECT_THAT(seen, ElementsAre("a", "Alpha", "1"));
  EXPECT_THAT(values(dataset, {"a"}), ElementsAre("a", "Beta", "1"));
}

TEST_P(StoreFindTest, ItIsASeekByThePrimaryKey) {
  const auto dataset = DatasetBuilder("mixed", "park")
                           .field("name")
                           .field("number", record::FieldType::integer)
                           .field("day", record::FieldType::date)
                           .key({"number", "day"})
                           .build();
  for (const record::Dataset& one : {dataset, enterprises()}) {
    prepare(one);
    const std::string plan = home_->plan_of_find(one);
    EXPECT_THAT(plan, Not(HasSubstr("SCAN"))) << plan;
    EXPECT_THAT(plan, Not(HasSubstr("Seq Scan"))) << plan;
    EXPECT_THAT(plan, ::testing::AnyOf(HasSubstr("SEARCH c USING INDEX sqlite_autoindex_data."),
                                       HasSubstr("_pkey on ")))
        << plan;
    for (const std::string& name : one.schema.primary_key)
      EXPECT_THAT(plan, HasSubstr(name)) << plan;
  }
}

}  // namespace
}  // namespace sluice::test
