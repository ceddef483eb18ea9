#include "record/canonical_schema.h"

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::record {
namespace {

using ::testing::HasSubstr;

// Says something in every place where a schema can.
TableSchema rich_schema() {
  TableSchema schema;
  schema.fields = {
      {.name = "code",
       .constraints = {.required = true, .pattern = "[0-9A-Z]{18}"},
       .check = Check::uscc,
       .sensitivity = Sensitivity::open},
      {.name = "名称 \"x\"",
       .constraints =
           {.unique = true, .min_length = 1, .max_length = 200, .enumeration = {"a", "b\n", "\\"}}},
      {.name = "mail", .format = StringFormat::email, .sensitivity = Sensitivity::personal},
      {.name = "capital",
       .type = FieldType::number,
       .constraints = {.minimum = "0.5", .exclusive_maximum = "1e9"},
       .decimal_char = ',',
       .group_char = " "},
      {.name = "staff",
       .type = FieldType::integer,
       .constraints = {.maximum = "9", .exclusive_minimum = "-1"}},
      {.name = "active",
       .type = FieldType::boolean,
       .true_values = {"是"},
       .false_values = {"否", ""}},
      {.name = "raw",
       .type = FieldType::object,
       .constraints = {.json_schema = R"({"type":"object"})"}},
      {.name = "case", .carries_case_number = true},
  };
  schema.primary_key = {"code", "staff"};
  schema.unique_keys = {{"mail", "case"}, {"capital"}};
  schema.foreign_keys = {{{"code"}, DatasetId("licence"), {"number"}}, {{"case"}, DatasetId(), {}}};
  schema.missing_values = {"", "-"};
  schema.fields_match = FieldsMatch::subset;
  return schema;
}

TEST(CanonicalSchema, IsReadAsItWasWritten) {
  const TableSchema schema = rich_schema();
  const auto read = parse_canonical_schema(canonical_json(schema));
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(*read, schema);
}

TEST(CanonicalSchema, EveryTypeFormatCheckAndSensitivityIsReadAsItWasWritten) {
  for (int value = 0; value <= static_cast<int>(FieldType::duration); ++value) {
    TableSchema schema{.fields = {{.name = "a"}}, .primary_key = {"a"}};
    schema.fields[0].type = static_cast<FieldType>(value);
    EXPECT_EQ(parse_canonical_schema(canonical_json(schema)).value(), schema) << value;
  }
  const std::vector<std::function<void(TableSchema&)>> changes = {
      [](TableSchema& s) { s.fields[0].format = StringFormat::uri; },
      [](TableSchema& s) { s.fields[0].format = StringFormat::uuid; },
      [](TableSchema& s) { s.fields[0].format = StringFormat::binary; },
      [](TableSchema& s) { s.fields[0].check = Check::citizen_id; },
      [](TableSchema& s) { s.fields[0].check = Check::region_code; },
      [](TableSchema& s) { s.fields_match = FieldsMatch::equal; },
      [](TableSchema& s) { s.fields_match = FieldsMatch::superset; },
      [](TableSchema& s) { s.fields_match = FieldsMatch::partial; },
  };
  for (const auto& change : changes) {
    TableSchema schema{.fields = {{.name = "a"}}, .primary_key = {"a"}};
    change(schema);
    EXPECT_EQ(parse_canonical_schema(canonical_json(schema)).value(), schema);
  }
}

TEST(CanonicalSchema, WhatIsForReadersOnlyComesBackAsNobodyHadSaidIt) {
  TableSchema described = rich_schema();
  described.fields[0].title = "统一社会信用代码";
  described.fields[0].keying.group = "主体";
  EXPECT_EQ(parse_canonical_schema(canonical_json(described)).value(), rich_schema());
}

TEST(CanonicalSchema, AnythingElseIsRefusedWithAReason) {
  const auto refusal = [](const std::string& json) {
    const auto read = parse_canonical_schema(json);
    EXPECT_FALSE(read) << json;
    return read ? std::string() : to_string(read.error());
  };
  const std::string whole = canonical_json(rich_schema());
  EXPECT_THAT(refusal(""), HasSubstr("not JSON"));
  EXPECT_THAT(refusal("[]"), HasSubstr("object"));
  EXPECT_THAT(refusal("{}"), HasSubstr("member"));
  EXPECT_THAT(refusal(" " + whole), HasSubstr("member"));
  EXPECT_THAT(refusal(whole.substr(0, whole.size() - 1)), HasSubstr("not JSON"));
  EXPECT_THAT(refusal(whole.substr(0, whole.size() - 1) + R"(,"later":1})"), HasSubstr("member"));
  EXPECT_THAT(refusal(std::string(1000, '[')), HasSubstr("not JSON"));
  const auto with = [&](std::string_view from, std::string_view to) {
    std::string changed = whole;
    changed.replace(changed.find(from), from.size(), to);
    return changed;
  };
  EXPECT_THAT(refusal(with(R"("type":"number")", R"("type":"money")")), HasSubstr("member"));
  EXPECT_THAT(refusal(with(R"("decimalChar":",")", R"("decimalChar":",,")")), HasSubstr("member"));
  EXPECT_THAT(refusal(with(R"("maxLength":200)", R"("maxLength":-200)")), HasSubstr("member"));
  EXPECT_THAT(refusal(with(R"("required":true)", R"("required":1)")), HasSubstr("member"));
}

TEST(CanonicalSchema, KeyThatIsNoFieldIsRefused) {
  TableSchema schema{.fields = {{.name = "a"}}, .primary_key = {"b"}};
  EXPECT_THAT(to_string(parse_canonical_schema(canonical_json(schema)).error()),
              HasSubstr("b, which is no field"));
  schema.primary_key.clear();
  EXPECT_THAT(to_string(parse_canonical_schema(canonical_json(schema)).error()),
              HasSubstr("no primary key"));
}

}  // namespace
}  // namespace sluice::record
