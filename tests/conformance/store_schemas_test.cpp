// The schemas that a store keeps by their digests, so that a batch can be read by its own.
#include <functional>

#include <gmock/gmock.h>

#include "conformance/store_fixture.h"
#include "record/older_schema.h"
#include "support/refused_rows.h"

namespace sluice::test {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class StoreSchemasTest : public StoreSuite {
 protected:
  // With a field more than enterprises().
  static record::Dataset with_phone() {
    record::Dataset dataset = enterprises();
    dataset.schema.fields.push_back({.name = "phone"});
    return dataset;
  }
  std::optional<record::TableSchema> schema(const record::TableSchema& wanted) {
    return store_->schema(record::schema_digest(wanted)).value();
  }
  std::vector<std::string> formats() {
    return home_->query("SELECT version FROM " + home_->own_table("format"));
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, StoreSchemasTest, ::testing::ValuesIn(store_kinds()), kind_name);

TEST_P(StoreSchemasTest, SchemaThatTheTablesNeverFollowedIsNotThere) {
  EXPECT_EQ(schema(enterprises().schema), std::nullopt);
  prepare(with_phone());
  EXPECT_EQ(schema(enterprises().schema), std::nullopt);
}

TEST_P(StoreSchemasTest, EverySchemaThatTheTablesFollowedIsKeptByItsDigest) {
  prepare(enterprises());
  prepare(with_phone());
  store_ = home_->open(clock_);
  EXPECT_EQ(schema(enterprises().schema), enterprises().schema);
  EXPECT_EQ(schema(with_phone().schema), with_phone().schema);
}

// What a new store is made of is written down once more for those of before.
TEST_P(StoreSchemasTest, StoreOfAFormatBeforeIsMadeOfTheSameAsANewOneOnceItIsBroughtUp) {
  prepare(enterprises());
  apply(enterprises(), {upsert({"a", "Alpha", "1"})});
  const auto made_new = home_->own_shape();
  EXPECT_THAT(made_new, Contains(HasSubstr("ledger_settles")));
  EXPECT_THAT(made_new, Contains(HasSubstr("migration")));
  EXPECT_THAT(made_new, Contains(HasSubstr("version_schema")));
  for (const auto make_format : {&StoreHome::make_format_1, &StoreHome::make_format_2}) {
    store_.reset();
    std::invoke(make_format, *home_);
    EXPECT_NE(home_->own_shape(), made_new);
    store_ = home_->open(clock_);
    prepare(enterprises());
    EXPECT_EQ(home_->own_shape(), made_new);
  }
}

TEST_P(StoreSchemasTest, StoreOfALaterFormatIsLeftAsItIs) {
  prepare(enterprises());
  store_.reset();
  home_->change("UPDATE " + home_->own_table("format") + " SET version = 4");
  const auto opened = home_->open(clock_, {});
  const auto asked = opened ? (*opened)->streams() : std::unexpected(opened.error());
  ASSERT_FALSE(asked);
  EXPECT_THAT(record::to_string(asked.error()),
              AllOf(HasSubstr("of format 4, this version knows format 3"),
                    HasSubstr("run the version of sluiced that made it")));
  EXPECT_THAT(formats(), ElementsAre("4"));
}

TEST_P(StoreSchemasTest, TwoDatasetsMayHaveTheSameSchema) {
  prepare(enterprises());
  record::Dataset other = enterprises();
  other.id = record::DatasetId("shop");
  prepare(other);
  EXPECT_EQ(schema(other.schema), enterprises().schema);
}

TEST_P(StoreSchemasTest, SchemaThatTheTablesCouldNotFollowIsNotKept) {
  prepare(enterprises());
  record::Dataset other = enterprises();
  other.schema.fields.pop_back();
  EXPECT_FALSE(store_->prepare(other));
  EXPECT_EQ(schema(other.schema), std::nullopt);
}

TEST_P(StoreSchemasTest, StoreOfTheFormatBeforeIsBroughtUpWithTheSchemasOfItsTables) {
  prepare(enterprises());
  apply(enterprises(), {upsert({"a", "Alpha", "1"})});
  store_.reset();
  home_->make_format_1();
  store_ = home_->open(clock_);
  EXPECT_EQ(schema(enterprises().schema), enterprises().schema);
  EXPECT_THAT(formats(), ElementsAre("3"));
  prepare(with_phone());
  EXPECT_EQ(schema(with_phone().schema), with_phone().schema);
  EXPECT_EQ(apply(with_phone(), {upsert({"b", "Beta", "1", "12"})}).rows, outcomes(1, 0, 0, 0, 0));
}

TEST_P(StoreSchemasTest, SchemaThatIsKeptIsFoundThoughNoTablesFollowedIt) {
  for (int time = 0; time < 2; ++time)
    ASSERT_TRUE(store_->keep(with_phone().schema));
  EXPECT_EQ(schema(with_phone().schema), with_phone().schema);
}

// An edit of a schema that somebody may make, and what it is told; empty: it is taken.
struct Edit {
  std::string name;
  record::Dataset after;
  std::string why;
};
std::vector<Edit> ordinary_edits() {
  const auto edited = [](auto change) {
    record::Dataset dataset = enterprises();
    change(dataset.schema);
    return dataset;
  };
  using Schema = record::TableSchema;
  return {
      {"a field added", edited([](Schema& s) { s.fields.push_back({.name = "phone"}); }), ""},
      {"another order", edited([](Schema& s) { std::swap(s.fields[0], s.fields[2]); }), ""},
      {"a bound", edited([](Schema& s) { s.fields[1].constraints.max_length = 3; }), ""},
      {"renamed", edited([](Schema& s) { s.fields[1].name = "title"; }), "name was removed"},
      {"removed", edited([](Schema& s) { s.fields.pop_back(); }), "staff was removed"},
      {"new and required", edited([](Schema& s) {
         s.fields.push_back({.name = "mail", .constraints = {.required = true}});
       }),
       "mail is required"},
      {"another type", edited([](Schema& s) { s.fields[2].type = record::FieldType::string; }),
       "staff is of type string"},
      {"another key", edited([](Schema& s) {
         s.primary_key = {"code", "name"};
       }),
       "the primary key is (code, name)"},
      // And what only the records speak against.
      {"required now", edited([](Schema& s) { s.fields[2].constraints.required = true; }),
       "staff became required"},
      {"unique now", edited([](Schema& s) { s.unique_keys = {{"name"}}; }),
       "(name) became a unique key"},
      {"a new field unique with it", edited([](Schema& s) {
         s.fields.push_back({.name = "phone"});
         s.unique_keys = {{"name", "phone"}};
       }),
       ""},
  };
}

TEST_P(StoreSchemasTest, ComparingTellsOfEachEditWhatPreparingWouldAndChangesNothing) {
  prepare(enterprises());
  apply(enterprises(), {upsert({"a", "Same", "1"}), upsert({"b", "Same", null})});
  const auto kept = [&] {
    return home_->query("SELECT schema FROM " + home_->own_table("dataset"));
  };
  const auto before = kept();
  for (const Edit& edit : ordinary_edits()) {
    const auto compared = store_->compare(edit.after);
    EXPECT_EQ(kept(), before) << edit.name;
    EXPECT_EQ(compared.has_value(), edit.why.empty()) << edit.name;
    if (compared) continue;
    EXPECT_EQ(compared.error().code, store::StoreProblem::schema_conflict) << edit.name;
    EXPECT_THAT(record::to_string(compared.error()), HasSubstr(edit.why));
    const auto prepared = store_->prepare(edit.after);
    ASSERT_FALSE(prepared) << edit.name;
    EXPECT_EQ(prepared.error().sentence, compared.error().sentence);
  }
  prepare(enterprises());
  EXPECT_EQ(records(enterprises()).size(), 2U);
}

TEST_P(StoreSchemasTest, EveryConflictIsNamedWithWhatToDo) {
  prepare(enterprises());
  record::Dataset after = enterprises();
  after.schema.fields[1].name = "title";
  after.schema.fields[2].type = record::FieldType::string;
  const auto compared = store_->compare(after);
  ASSERT_FALSE(compared);
  EXPECT_THAT(record::to_string(compared.error()),
              AllOf(HasSubstr("name was removed"), HasSubstr("staff is of type string"),
                    HasSubstr("sluice dataset migrate enterprise")));
}

TEST_P(StoreSchemasTest, NothingIsInTheWayOfADatasetThatHasNoTables) {
  EXPECT_TRUE(store_->compare(enterprises()));
  EXPECT_EQ(schema(enterprises().schema), std::nullopt);
}

TEST_P(StoreSchemasTest, WhoOnlyLooksIsToldOfEachDatasetInConflictAndMakesNothing) {
  const record::Dataset present = enterprises();
  record::Dataset removed = enterprises();
  removed.schema.fields.pop_back();
  record::Dataset unknown = enterprises();
  unknown.id = record::DatasetId("shop");
  prepare(present);
  store_.reset();
  home_->make_format_1();
  EXPECT_EQ(home_->conflicts({&present, &unknown}).value().size(), 0U);
  const auto conflicts = home_->conflicts({&unknown, &removed}).value();
  ASSERT_EQ(conflicts.size(), 1U);
  EXPECT_THAT(record::to_string(conflicts[0]), HasSubstr("staff was removed"));
  EXPECT_THAT(formats(), ElementsAre("1"));
}

TEST_P(StoreSchemasTest, BatchIsReadByTheColumnsUnderWhichItWasMade) {
  const record::Dataset before = enterprises();
  prepare(before);
  apply(before, {upsert({"a", "Alpha", "1"}), upsert({"b", "Beta", "2"})});
  record::Dataset after = DatasetBuilder("enterprise", "park")
                              .field("phone")
                              .field("staff", record::FieldType::integer)
                              .field("code")
                              .field("name")
                              .max_length(5)
                              .key({"code"})
                              .unique_key({"name"})
                              .build();
  prepare(after);
  const Sent older = stream_.batch(
      before, {upsert({"a", "Alpha", "1"}), upsert({"c", "Gamma", "3"}),
               upsert({"d", "too long", "4"}), "U\t\\N\te\tEta\t5\t6\n", remove({"b"}, 3),
               upsert({"a", "Again", "9"}), upsert({"f", "Gamma", "3"})});
  record::LineTurner turner(before.schema, after.schema);
  const store::LineConverter turn = [&](std::string_view line) { return turner.turn(line); };
  const auto receipt =
      receipt_of(store_
                     ->apply({older.manifest, older.batch, after, checker_of(after), 0, &turn},
                             receipt_maker(older.manifest, older.batch))
                     .value());
  EXPECT_EQ(receipt.rows, outcomes(1, 1, 1, 1, 3));
  const auto refused = record::test::rejected_rows(receipt);
  ASSERT_EQ(refused.size(), 3U);
  EXPECT_EQ(refused[0].rule, "maxLength");
  EXPECT_EQ(refused[1].rule, "format");
  EXPECT_EQ(refused[2].rule, "unique");
  EXPECT_THAT(records(after),
              ElementsAre(columns({null, "9", "a", "Again"}), columns({null, "3", "c", "Gamma"})));
}

TEST_P(StoreSchemasTest, BatchOfNewRecordsOnlyIsReadByItsColumnsToo) {
  const record::Dataset before = enterprises();
  const record::Dataset after = with_phone();
  prepare(before);
  prepare(after);
  const Sent older = stream_.batch(before, {upsert({"a", "Alpha", "1"})});
  record::LineTurner turner(before.schema, after.schema);
  const store::LineConverter turn = [&](std::string_view line) { return turner.turn(line); };
  const auto receipt =
      receipt_of(store_
                     ->apply({older.manifest, older.batch, after, checker_of(after), 0, &turn},
                             receipt_maker(older.manifest, older.batch))
                     .value());
  EXPECT_EQ(receipt.rows, outcomes(1, 0, 0, 0, 0));
  EXPECT_THAT(records(after), ElementsAre(columns({"a", "Alpha", "1", null})));
}

TEST_P(StoreSchemasTest, SchemaThatSomebodyChangedByHandIsToldAndNotBelieved) {
  prepare(enterprises());
  home_->change("UPDATE " + home_->own_table("schema") + " SET schema = '{}'");
  const auto found = store_->schema(record::schema_digest(enterprises().schema));
  ASSERT_FALSE(found);
  EXPECT_THAT(record::to_string(found.error()), HasSubstr("changed by hand"));
}

}  // namespace
}  // namespace sluice::test
