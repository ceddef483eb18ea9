// Which version of a dataset's tables had which schema: who has one of an older version does not
// know of a migration, whether it was that version's first, last or any between.
#include <algorithm>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "conformance/store_fixture.h"
#include "exchange/known_versions.h"
#include "record/copy_text.h"
#include "store/migrations.h"
#include "support/test_migration.h"

namespace sluice::test {
namespace {

using store::StoreProblem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

class StoreVersionSchemasTest : public StoreSuite {
 protected:
  static record::Dataset with_fields(const std::vector<std::string>& added) {
    record::Dataset dataset = enterprises();
    for (const std::string& name : added)
      dataset.schema.fields.push_back({.name = name});
    return dataset;
  }
  // What the tables are migrated to has the columns with which version 1 began, so that they could
  // follow any schema of that.
  static record::Dataset bounded(std::size_t length) {
    record::Dataset dataset = enterprises();
    dataset.schema.fields[1].constraints.max_length = length;
    return dataset;
  }

  // Each record with as many of its values as there are fields.
  store::Result<store::MigrationReport> try_migrate(
      const record::Dataset& to,
      store::MigrationOrder::Purpose purpose = store::MigrationOrder::Purpose::migrate) {
    return migrate_tables(
        *store_, to,
        [&](std::span<const std::optional<std::string_view>> values) {
          std::vector<Value> kept;
          for (std::size_t i = 0; i < to.schema.fields.size(); ++i) {
            kept.push_back(i < values.size() && values[i] ? Value(std::string(*values[i]))
                                                          : Value());
          }
          return columns(kept);
        },
        purpose);
  }
  void migrate(const record::Dataset& to) {
    const auto report = try_migrate(to);
    ASSERT_TRUE(report && report->entry);
    prepare(to);
  }
  void fill_first() {
    prepare(first);
    apply(first, {upsert({"a", "Alpha", "1"})});
    prepare(between);
    prepare(last);
  }
  // Version and schema of each that is remembered.
  std::vector<std::string> remembered() {
    return home_->query(fmt::format("SELECT version || ' ' || digest FROM {} WHERE dataset = '{}'",
                                    home_->own_table("version_schema"), first.id.str()));
  }
  static std::string in_version(int version, const record::Dataset& dataset) {
    return fmt::format("{} {}", version, to_string(record::schema_digest(dataset.schema)));
  }
  static void expect_former(const store::Result<void>& result, int version) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, StoreProblem::schema_conflict);
    EXPECT_THAT(result.error().sentence, HasSubstr(fmt::format("schema of version {},", version)));
  }

  // Version 1 begins with the first and ends with the last, each a field more.
  const record::Dataset first = with_fields({});
  const record::Dataset between = with_fields({"phone"});
  const record::Dataset last = with_fields({"phone", "mail"});
};
INSTANTIATE_TEST_SUITE_P(Stores, StoreVersionSchemasTest, ::testing::ValuesIn(store_kinds()),
                         kind_name);

TEST_P(StoreVersionSchemasTest, EachSchemaOfAnOlderVersionIsFormerAndTheTablesDoNotFollowIt) {
  fill_first();
  migrate(bounded(30));
  const auto other = home_->open(clock_);
  for (const auto* former : {&first, &between, &last}) {
    expect_former(other->compare(*former), 1);
    expect_former(other->prepare(*former), 1);
  }
  EXPECT_EQ(store_->migrations().current(first.id).value().value().schema,
            record::canonical_json(bounded(30).schema));
  // One that no version had is followed as ever.
  prepare(with_fields({"fax"}));
}

TEST_P(StoreVersionSchemasTest, SchemaOfThePresentVersionIsNotFormerThoughAnOlderOneHadIt) {
  prepare(first);
  migrate(bounded(30));
  migrate(first);
  prepare(bounded(20));
  prepare(first);
  EXPECT_THAT(remembered(), UnorderedElementsAre(in_version(1, first), in_version(2, bounded(30)),
                                                 in_version(3, first), in_version(3, bounded(20))));
  expect_former(store_->prepare(bounded(30)), 2);
}

TEST_P(StoreVersionSchemasTest, WhatIsOnlyTriedOrDoesNotFitIsNotRemembered) {
  fill_first();
  const auto before = remembered();
  EXPECT_THAT(before, UnorderedElementsAre(in_version(1, first), in_version(1, between),
                                           in_version(1, last)));
  ASSERT_TRUE(try_migrate(bounded(30), store::MigrationOrder::Purpose::try_out));
  const auto unfit = try_migrate(bounded(3));
  ASSERT_TRUE(unfit);
  EXPECT_FALSE(unfit->entry);
  EXPECT_EQ(remembered(), before);
  record::Dataset without = first;
  without.schema.fields.pop_back();
  EXPECT_FALSE(store_->prepare(without));
  EXPECT_EQ(remembered(), before);
}

TEST_P(StoreVersionSchemasTest, EachDatasetHasItsOwn) {
  prepare(first);
  migrate(bounded(30));
  record::Dataset other = bounded(30);
  other.id = record::DatasetId("shop");
  prepare(other);
  other.schema = first.schema;
  prepare(other);
  EXPECT_THAT(remembered(), UnorderedElementsAre(in_version(1, first), in_version(2, bounded(30))));
}

TEST_P(StoreVersionSchemasTest, MigrationStatesTheSchemasOfTheVersionThatItEnds) {
  fill_first();
  const auto report = try_migrate(bounded(30));
  ASSERT_TRUE(report && report->entry);
  std::vector<record::Digest> had;
  for (const auto* each : {&first, &between, &last})
    had.push_back(record::schema_digest(each->schema));
  std::ranges::sort(had);
  EXPECT_EQ(record::parse_migration(report->entry->statement.json)->schemas, had);
  EXPECT_EQ(store_->migrations().of(first.id).value().at(0).schemas, had);
  EXPECT_EQ(store_->migrations().schemas(first.id, {1}).value(), had);
  EXPECT_EQ(store_->migrations().schemas(first.id, {2}).value(),
            std::vector{record::schema_digest(bounded(30).schema)});
  EXPECT_TRUE(store_->migrations().schemas(first.id, {3}).value().empty());
}

// What is changed behind the store's back shows whether it was read again.
TEST_P(StoreVersionSchemasTest, VersionsAreLoadedOnceAndAgainWhereTheTablesAreOthers) {
  prepare(first);
  migrate(bounded(30));
  exchange::KnownVersions known(*store_);
  const auto mapping = [&] { return known.of(bounded(30)).value()->migrations().at(0).mapping; };
  const std::string before = mapping();
  home_->change("UPDATE " + home_->own_table("migration") + " SET mapping = 'another'");
  EXPECT_EQ(mapping(), before);
  prepare(bounded(20));
  EXPECT_EQ(mapping(), "another");
  migrate(first);
  EXPECT_EQ(known.of(bounded(30)).value()->last().value, 3U);
}

TEST_P(StoreVersionSchemasTest, StoreOfTheFormatBeforeIsBroughtUpWithWhatItsMigrationsTell) {
  fill_first();
  migrate(bounded(30));
  prepare(bounded(20));
  prepare(bounded(10));
  store_.reset();
  home_->make_format_2();
  store_ = home_->open(clock_);
  expect_former(store_->prepare(last), 1);
  EXPECT_THAT(remembered(), UnorderedElementsAre(in_version(1, last), in_version(2, bounded(30)),
                                                 in_version(2, bounded(10))));
  prepare(bounded(20));
  EXPECT_THAT(remembered(), ::testing::Contains(in_version(2, bounded(20))));
}

TEST_P(StoreVersionSchemasTest, WhoOnlyLooksAtTheFormatBeforeIsToldOfLastSchemas) {
  fill_first();
  migrate(bounded(30));
  store_.reset();
  home_->make_format_2();
  const auto conflicts = home_->conflicts({&last}).value();
  ASSERT_EQ(conflicts.size(), 1U);
  EXPECT_THAT(conflicts[0].sentence, HasSubstr("schema of version 1,"));
  EXPECT_EQ(home_->conflicts({&between}).value().size(), 0U) << "nothing tells of it";
  EXPECT_THAT(home_->query("SELECT version FROM " + home_->own_table("format")), ElementsAre("2"));
}

}  // namespace
}  // namespace sluice::test
