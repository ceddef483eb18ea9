#include "record/table_schema.h"

#include <functional>

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace sluice::record {
namespace {

TableSchema sample_schema() {
  TableSchema schema;
  schema.fields.resize(3);
  schema.fields[0].name = "code";
  schema.fields[1].name = "capital";
  schema.fields[1].type = FieldType::number;
  schema.fields[2].name = "active";
  schema.fields[2].type = FieldType::boolean;
  schema.primary_key = {"code"};
  schema.unique_keys = {{"capital", "active"}};
  schema.foreign_keys = {{{"code"}, DatasetId("licence"), {"number"}}};
  return schema;
}

TEST(CanonicalJson, IsJsonOfTheWholeSchema) {
  const auto object = boost::json::parse(canonical_json(sample_schema())).as_object();
  ASSERT_EQ(object.at("fields").as_array().size(), 3U);
  EXPECT_EQ(object.at("fields").at(0).at("name").as_string(), "code");
  EXPECT_EQ(object.at("primaryKey").as_array().size(), 1U);
  EXPECT_EQ(object.at("uniqueKeys").at(0).as_array().size(), 2U);
  EXPECT_EQ(object.at("foreignKeys").at(0).at("dataset").as_string(), "licence");
  EXPECT_EQ(object.at("foreignKeys").at(0).at("fields").at(0).as_string(), "code");
}

TEST(CanonicalJson, LeavesOutWhatIsOnlyForReaders) {
  TableSchema described = sample_schema();
  described.fields[0].title = "统一社会信用代码";
  described.fields[0].description = "see GB 32100";
  described.fields[0].keying = {.group = "主体",
                                .order = 3,
                                .verify = Verify::blind,
                                .codes = "codes/type.csv",
                                .prefill = FieldReference{DatasetId("other"), "name"}};
  EXPECT_EQ(canonical_json(described), canonical_json(sample_schema()));
  EXPECT_EQ(schema_digest(described), schema_digest(sample_schema()));
}

TEST(CanonicalJson, TellsApartSchemasThatDifferInAnything) {
  const std::vector<std::function<void(TableSchema&)>> changes = {
      [](TableSchema& s) { s.fields[0].name = "uscc"; },
      [](TableSchema& s) { s.fields[0].type = FieldType::date; },
      [](TableSchema& s) { s.fields[0].format = StringFormat::uuid; },
      [](TableSchema& s) { s.fields[0].check = Check::uscc; },
      [](TableSchema& s) { s.fields[0].sensitivity = Sensitivity::personal; },
      [](TableSchema& s) { s.fields[0].carries_case_number = true; },
      [](TableSchema& s) { s.fields[0].constraints.required = true; },
      [](TableSchema& s) { s.fields[0].constraints.unique = true; },
      [](TableSchema& s) { s.fields[0].constraints.min_length = 1; },
      [](TableSchema& s) { s.fields[0].constraints.max_length = 1; },
      [](TableSchema& s) { s.fields[0].constraints.pattern = "x"; },
      [](TableSchema& s) { s.fields[0].constraints.enumeration = {"x"}; },
      [](TableSchema& s) { s.fields[1].constraints.minimum = "1"; },
      [](TableSchema& s) { s.fields[1].constraints.maximum = "1"; },
      [](TableSchema& s) { s.fields[1].constraints.exclusive_minimum = "1"; },
      [](TableSchema& s) { s.fields[1].constraints.exclusive_maximum = "1"; },
      [](TableSchema& s) { s.fields[1].constraints.json_schema = "{}"; },
      [](TableSchema& s) { s.fields[1].decimal_char = ','; },
      [](TableSchema& s) { s.fields[1].group_char = ","; },
      [](TableSchema& s) { s.fields[2].true_values = {"是"}; },
      [](TableSchema& s) { s.fields[2].false_values = {"否"}; },
      [](TableSchema& s) {
        s.primary_key = {"code", "active"};
      },
      [](TableSchema& s) {
        s.unique_keys = {{"capital"}, {"active"}};
      },
      [](TableSchema& s) { s.foreign_keys.clear(); },
      [](TableSchema& s) {
        s.missing_values = {"", "-"};
      },
      [](TableSchema& s) { s.fields_match = FieldsMatch::superset; },
      [](TableSchema& s) { std::swap(s.fields[0], s.fields[1]); },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    TableSchema changed = sample_schema();
    changes[i](changed);
    ASSERT_NE(changed, sample_schema()) << i;
    EXPECT_NE(canonical_json(changed), canonical_json(sample_schema())) << "change " << i;
  }
}

TEST(TableSchema, FindsItsFieldsAndItsKey) {
  TableSchema schema = sample_schema();
  schema.primary_key = {"active", "code"};
  EXPECT_EQ(field_index(schema, "capital"), 1U);
  EXPECT_EQ(field_index(schema, "Capital"), std::nullopt);
  EXPECT_EQ(key_columns(schema), (std::vector<std::size_t>{2, 0}));
}

TEST(FieldTypes, ReadBackByTheirNames) {
  for (const std::string_view name :
       {"string", "number", "integer", "boolean", "object", "array", "date", "datetime", "time",
        "year", "yearmonth", "duration"}) {
    ASSERT_TRUE(field_type(name)) << name;
    EXPECT_EQ(to_string(*field_type(name)), name);
  }
  EXPECT_EQ(field_type("geopoint"), std::nullopt);
  EXPECT_EQ(field_type(""), std::nullopt);
}

}  // namespace
}  // namespace sluice::record
