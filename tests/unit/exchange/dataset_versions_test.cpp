#include "exchange/dataset_versions.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exchange/migration_audit.h"

namespace sluice::exchange::test {
namespace {

using record::FieldType;
using record::TableSchema;
using ::testing::HasSubstr;

TableSchema schema_of(std::vector<std::string> names, std::vector<std::string> key = {"code"}) {
  TableSchema schema{.fields = {}, .primary_key = std::move(key)};
  for (std::string& name : names)
    schema.fields.push_back({.name = std::move(name)});
  return schema;
}
// The same but for a bound, so that it is another schema with the columns of that.
TableSchema bounded(TableSchema schema, std::size_t length) {
  schema.fields[1].constraints.max_length = length;
  return schema;
}

store::MigrationEntry migration(std::uint64_t version, const TableSchema& from,
                                const TableSchema& to, const std::string& mapping) {
  return {.id = static_cast<std::int64_t>(version) * 10,
          .dataset = record::DatasetId("enterprise"),
          .version = {version},
          .from_schema = record::canonical_json(from),
          .to_schema = record::canonical_json(to),
          .mapping = mapping,
          .records = {},
          .applied_at = {},
          .statement = {}};
}
// As the center states it, with these beside the first and the last.
void sign_schemas(store::MigrationEntry& entry, const std::vector<TableSchema>& between) {
  entry.schemas = {record::sha256(entry.from_schema)};
  for (const TableSchema& schema : between)
    entry.schemas.push_back(record::schema_digest(schema));
  std::ranges::sort(entry.schemas);
  entry.statement.json = record::to_json(stated(entry));
}
DatasetVersions versions(std::vector<store::MigrationEntry> migrations, TableSchema present,
                         std::vector<record::Digest> schemas = {}) {
  return DatasetVersions::read(std::move(migrations), {std::move(present), std::move(schemas)})
      .value();
}
std::string turned(std::expected<LineConversion, NotReadable> conversion, const std::string& line) {
  if (!conversion) return "not readable: " + conversion.error().why;
  const auto result = conversion->turn(line);
  return result ? std::string(*result) : result.error().field + ": " + result.error().rule;
}

// The same columns before and after: what the state means is another thing.
const TableSchema same_columns = schema_of({"code", "state"});
constexpr auto other_states =
    R"({"fields":[{"field":"state","steps":[{"codes":{"1":"2","2":"1"}}]}],"ignore":[]})";

TEST(DatasetVersionsTest, SchemaThatEndedAVersionIsOfThatThoughThePresentTablesHaveItsColumns) {
  const auto of = versions({migration(2, same_columns, bounded(same_columns, 5), other_states)},
                           bounded(same_columns, 5));
  EXPECT_EQ(turned(of.to_present(same_columns), "U\t\\N\ta\t1"), "U\t\\N\ta\t2");
  EXPECT_EQ(turned(of.to_present(bounded(same_columns, 5)), "U\t\\N\ta\t1"), "U\t\\N\ta\t1");
}

TEST(DatasetVersionsTest, PresentSchemaMayBeKnownLaterAndIsNotOneOfBefore) {
  const TableSchema wider = schema_of({"code", "state", "name"});
  auto of =
      DatasetVersions::read({migration(2, same_columns, wider, R"({"fields":[],"ignore":[]})")}, {})
          .value();
  EXPECT_FALSE(of.may_be_of_last(same_columns));
  EXPECT_EQ(turned(of.to_present(same_columns), "U\t\\N\ta\t1"), "U\t\\N\ta\t1\t\\N");
  const TableSchema present = schema_of({"code", "state", "name", "town"});
  ASSERT_TRUE(of.may_be_of_last(present));
  of.know_present(present);
  EXPECT_EQ(turned(of.to_present(same_columns), "U\t\\N\ta\t1"), "U\t\\N\ta\t1\t\\N\t\\N");
}

TEST(DatasetVersionsTest, SchemaThatSeveralVersionsMayHaveHadIsTakenForNone) {
  const auto of = versions({migration(2, same_columns, bounded(same_columns, 5), other_states)},
                           bounded(same_columns, 9));
  const auto refused = of.to_present(bounded(same_columns, 7));
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().of_before);
  EXPECT_THAT(refused.error().why, HasSubstr("it fits 1 and 2"));
  // Where such a one was applied, it was the present one.
  EXPECT_TRUE(of.as_applied(bounded(same_columns, 7), {1}));
  auto present = of.as_applied(bounded(same_columns, 7), {2});
  ASSERT_TRUE(present);
  EXPECT_EQ(present->conversion.turn("U\t\\N\ta\t1").value(), "U\t\\N\ta\t1");
}

// Neither a first schema nor a last, and the columns fit every version.
TEST(DatasetVersionsTest, SchemaThatAVersionIsKnownToHaveHadIsOfThat) {
  const TableSchema early = bounded(same_columns, 7);
  const TableSchema late = bounded(same_columns, 8);
  auto entry = migration(2, same_columns, bounded(same_columns, 5), other_states);
  const auto of = [&](std::vector<record::Digest> present) {
    return versions({entry}, bounded(same_columns, 9), std::move(present));
  };
  EXPECT_TRUE(of({record::schema_digest(late)}).to_present(late));
  EXPECT_FALSE(of({record::schema_digest(late)}).to_present(early));
  // The center has signed it: its values go through the mapping, whenever the batch was applied.
  sign_schemas(entry, {early});
  const auto signed_so = of({record::schema_digest(late)});
  EXPECT_EQ(turned(signed_so.to_present(early), "U\t\\N\ta\t1"), "U\t\\N\ta\t2");
  EXPECT_EQ(turned(signed_so.to_present(late), "U\t\\N\ta\t1"), "U\t\\N\ta\t1");
  EXPECT_EQ(turned(of({record::schema_digest(early)}).to_present(early), "U\t\\N\ta\t1"),
            "U\t\\N\ta\t2")
      << "whatever the store says of the present version, which nobody has signed";
  auto applied = signed_so.as_applied(early, {2});
  ASSERT_TRUE(applied);
  EXPECT_EQ(applied->conversion.turn("U\t\\N\ta\t1").value(), "U\t\\N\ta\t2");
  applied = signed_so.as_applied(early, {1});
  ASSERT_TRUE(applied);
  EXPECT_EQ(applied->conversion.turn("U\t\\N\ta\t1").value(), "U\t\\N\ta\t1");
}

TEST(DatasetVersionsTest, SchemaOfAnOlderVersionStaysOfThatThoughALaterOneIsStatedToHaveHadIt) {
  const TableSchema early = bounded(same_columns, 7);
  auto first = migration(2, same_columns, bounded(same_columns, 5), other_states);
  sign_schemas(first, {early});
  auto second = migration(3, bounded(same_columns, 5), bounded(same_columns, 6), other_states);
  sign_schemas(second, {early});
  const auto of = versions({first, second}, bounded(same_columns, 6));
  EXPECT_EQ(turned(of.to_present(early), "U\t\\N\ta\t1"), "U\t\\N\ta\t1")
      << "twice through the mapping";
  auto applied = of.as_applied(early, {2});
  ASSERT_TRUE(applied);
  EXPECT_EQ(applied->conversion.turn("U\t\\N\ta\t1").value(), "U\t\\N\ta\t2");
}

// What the store's table says of an older version nobody has signed.
TEST(DatasetVersionsTest, SchemaThatIsNotSignedIsNotTakenForOneOfAnOlderVersion) {
  auto entry = migration(2, same_columns, bounded(same_columns, 5), other_states);
  entry.schemas = {record::schema_digest(bounded(same_columns, 7))};
  EXPECT_FALSE(versions({entry}, bounded(same_columns, 9)).to_present(bounded(same_columns, 7)));
}

TEST(DatasetVersionsTest, SchemaFromWithinAVersionIsOfTheOneThatMayHaveHadIt) {
  const TableSchema ended = schema_of({"phone", "code", "name"});
  const TableSchema began = schema_of({"code", "title"});
  const auto of =
      versions({migration(2, ended, began,
                          R"({"fields":[{"field":"title","from":"name"}],"ignore":["phone"]})")},
               schema_of({"title", "mail", "code"}));
  EXPECT_EQ(turned(of.to_present(schema_of({"code", "name"})), "U\t\\N\ta\tAlpha"),
            "U\t\\N\tAlpha\t\\N\ta");
  EXPECT_EQ(turned(of.to_present(began), "D\t\\N\ta\t\\N"), "D\t\\N\t\\N\t\\N\ta");
  EXPECT_EQ(turned(of.to_present(schema_of({"code", "colour"})), ""),
            "not readable: none of the versions of its tables had that schema");
  const auto newer = of.to_present(schema_of({"code", "title", "colour"}));
  ASSERT_FALSE(newer);
  EXPECT_FALSE(newer.error().of_before) << "only the present version may come to have it";
  EXPECT_THAT(newer.error().why, HasSubstr("has a field colour"));
}

TEST(DatasetVersionsTest, LinesGoThroughEachMigrationAndWhatDoesNotFitIsTold) {
  TableSchema third = schema_of({"code", "staff"});
  third.fields[1].type = FieldType::integer;
  const auto of = versions(
      {migration(2, schema_of({"number", "staff"}, {"number"}), schema_of({"code", "staff"}),
                 R"({"fields":[{"field":"code","from":"number"}],"ignore":[]})"),
       migration(3, schema_of({"code", "staff"}), third, R"({"fields":[],"ignore":[]})")},
      third);
  const TableSchema first = schema_of({"number", "staff"}, {"number"});
  EXPECT_EQ(turned(of.to_present(first), "U\t2026-01-01T00:00:00Z\ta\t12"),
            "U\t2026-01-01T00:00:00Z\ta\t12");
  EXPECT_EQ(turned(of.to_present(first), "U\t\\N\ta\tmany"), "staff: type");
  EXPECT_EQ(turned(of.to_present(first), "U\t\\N\ta"), "") << "no line";
  EXPECT_EQ(turned(of.to_present(first), "X\t\\N\ta\t1"), "") << "nor that";
  EXPECT_EQ(of.to_present(first)->why_no_deletes(), std::nullopt);
}

TEST(DatasetVersionsTest, DeletesAreTurnedOnlyWhereTheirKeyTellsTheNewOne) {
  const TableSchema before = schema_of({"code", "name"});
  const auto to = [&](const TableSchema& after, const std::string& mapping) {
    return versions({migration(2, before, after, mapping)}, after)
        .to_present(before)
        ->why_no_deletes()
        .value_or("none");
  };
  EXPECT_EQ(to(schema_of({"district", "code", "name"}, {"district", "code"}),
               R"({"fields":[{"field":"district","constant":"1"}],"ignore":[]})"),
            "none");
  EXPECT_EQ(to(schema_of({"code", "title"}, {"code", "title"}),
               R"({"fields":[{"field":"title","from":"name"}],"ignore":[]})"),
            "title of the key is made of name, which a delete does not tell");
}

TEST(DatasetVersionsTest, MappingThatCanNotBeReadKeepsNothingFromBeingTakenButWhatNeedsIt) {
  const auto of = versions({migration(2, same_columns, bounded(same_columns, 5), "[]")},
                           bounded(same_columns, 5));
  const auto refused = of.to_present(same_columns);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().why, HasSubstr("the mapping to version 2 can not be read here"));
  EXPECT_TRUE(of.to_present(bounded(same_columns, 5)));
}

}  // namespace
}  // namespace sluice::exchange::test
