#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "configuration.h"

namespace sluice::settings::test {
namespace {

using record::FieldType;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view amount_field = R"({"name": "amount", "type": "number"})";

std::vector<std::string> complaints_of_schema(std::string_view old_text, std::string_view text) {
  return Configuration().with("schemas/approval.json", old_text, text).complaints();
}

// What is said of line 5 of the schema when a field stands there.
std::vector<std::string> complaints_of_field(const std::string& field) {
  return complaints_of_schema(amount_field, field);
}

record::Field read(const std::string& field) {
  Configuration configuration;
  configuration.with("schemas/approval.json", amount_field, field);
  return configuration.settings().datasets.at(record::DatasetId("approval")).schema.fields.at(1);
}

TEST(Schema, IsADatasetNamedAsItsFile) {
  Configuration configuration;
  configuration
      .with("schemas/approval.json", R"({"owner": "park"})",
            R"({"id": "approval", "owner": "park", "title": "审批"})")
      .with("schemas/approval.json", R"("primaryKey": "number")",
            R"("primaryKey": ["number"], "uniqueKeys": [["amount", "approved_on"]], "fieldsMatch":
               "subset", "missingValues": ["", {"value": "N/A", "label": "unknown"}],
               "$schema": "x", "name": "x", "title": "x", "description": "x")");
  const Settings settings = configuration.settings();
  const record::Dataset& dataset = settings.datasets.at(record::DatasetId("approval"));
  EXPECT_EQ(dataset.owner.str(), "park");
  EXPECT_EQ(dataset.schema.fields.size(), 4U);
  EXPECT_THAT(dataset.schema.primary_key, ElementsAre("number"));
  EXPECT_THAT(dataset.schema.unique_keys, ElementsAre(ElementsAre("amount", "approved_on")));
  EXPECT_THAT(dataset.schema.missing_values, ElementsAre("", "N/A"));
  EXPECT_EQ(dataset.schema.fields_match, record::FieldsMatch::subset);
}

TEST(Schema, TakesEveryTypeThatAColumnCanHave) {
  for (const char* name : {"string", "number", "integer", "boolean", "object", "array", "date",
                           "datetime", "time", "year", "yearmonth", "duration"}) {
    EXPECT_EQ(
        read(std::string(R"({"name": "x", "format": "default", "type": ")") + name + "\"}").type,
        record::field_type(name));
  }
  EXPECT_EQ(read(R"({"name": "x"})").type, FieldType::string);
}

TEST(Schema, TakesEveryFormatOfStrings) {
  using record::StringFormat;
  const std::vector<std::pair<std::string, StringFormat>> formats = {
      {"default", StringFormat::any},
      {"email", StringFormat::email},
      {"uri", StringFormat::uri},
      {"uuid", StringFormat::uuid},
      {"binary", StringFormat::binary}};
  for (const auto& [name, format] : formats) {
    EXPECT_EQ(read(R"({"name": "x", "format": ")" + name + "\"}").format, format);
  }
}

TEST(Schema, TakesEveryConstraint) {
  const auto field = read(R"({"name": "x", "title": "T", "description": "D", "example": "y",
    "rdfType": "z", "categories": ["a"], "categoriesOrdered": true,
    "constraints": {"required": true, "unique": true, "minLength": 1, "maxLength": 9,
                    "pattern": "[a-z]+", "enum": ["a", "b"]}})");
  EXPECT_EQ(field.title, "T");
  EXPECT_EQ(field.description, "D");
  EXPECT_TRUE(field.constraints.required);
  EXPECT_TRUE(field.constraints.unique);
  EXPECT_EQ(field.constraints.min_length, 1U);
  EXPECT_EQ(field.constraints.max_length, 9U);
  EXPECT_EQ(field.constraints.pattern, "[a-z]+");
  EXPECT_THAT(field.constraints.enumeration, ElementsAre("a", "b"));
  const auto number = read(R"({"name": "x", "type": "number", "decimalChar": ",", "groupChar": ".",
    "bareNumber": true, "constraints": {"minimum": 0, "maximum": "9.5", "exclusiveMinimum": -1,
    "exclusiveMaximum": 10}})");
  EXPECT_EQ(number.constraints.minimum, "0");
  EXPECT_EQ(number.constraints.maximum, "9.5");
  EXPECT_EQ(number.constraints.exclusive_minimum, "-1");
  EXPECT_EQ(number.constraints.exclusive_maximum, "10");
  EXPECT_EQ(number.decimal_char, ',');
  EXPECT_EQ(number.group_char, ".");
  const auto object = read(R"({"name": "x", "type": "object", "constraints":
    {"jsonSchema": {"required": ["a"], "properties": {"a": {"type": "integer", "const": 1}}}}})");
  EXPECT_EQ(object.constraints.json_schema,
            R"({"required":["a"],"properties":{"a":{"type":"integer","const":1}}})");
  const auto boolean = read(R"({"name": "x", "type": "boolean", "trueValues": ["是"],
                                "falseValues": ["否"]})");
  EXPECT_THAT(boolean.true_values, ElementsAre("是"));
  EXPECT_THAT(boolean.false_values, ElementsAre("否"));
}

TEST(Schema, TakesSluicesOwnProperties) {
  const auto field = read(R"({"name": "x", "sluice:check": "citizen-id",
                              "sluice:sensitivity": "personal", "sluice:caseNumber": true})");
  EXPECT_EQ(field.check, record::Check::citizen_id);
  EXPECT_EQ(field.sensitivity, record::Sensitivity::personal);
  EXPECT_TRUE(field.carries_case_number);
}

TEST(Schema, RefusesTypesThatNoColumnHasAndSaysWhatToUse) {
  EXPECT_THAT(
      complaints_of_field(R"({"name": "x", "type": "any"})"),
      ElementsAre("schemas/approval.json:5:27: found `any`, expected one type: a column of any "
                  "type could not be checked or compared for `type`"));
  EXPECT_THAT(
      complaints_of_field(R"({"name": "x", "type": "geopoint"})"),
      ElementsAre("schemas/approval.json:5:27: found `geopoint`, expected two number fields, for "
                  "longitude and latitude for `type`"));
  EXPECT_THAT(complaints_of_field(R"({"name": "x", "type": "list"})"),
              ElementsAre(HasSubstr("array")));
  EXPECT_THAT(complaints_of_field(R"({"name": "x", "type": "geojson"})"),
              ElementsAre(HasSubstr("object")));
  EXPECT_THAT(complaints_of_field(R"({"name": "x", "type": "interger"})"),
              ElementsAre(HasSubstr("did you mean `integer`?")));
}

TEST(Schema, RefusesFormatsThatAreABureausBusiness) {
  EXPECT_THAT(complaints_of_field(R"({"name": "x", "type": "date", "format": "%Y"})"),
              ElementsAre("schemas/approval.json:5:45: found `%Y`, expected default: how a bureau "
                          "writes its values is said in its mapping, for `format`"));
}

TEST(Schema, RefusesConstraintsThatDoNotFitTheType) {
  EXPECT_THAT(
      complaints_of_field(R"({"name": "x", "type": "date", "constraints": {"maxLength": 3}})"),
      ElementsAre("schemas/approval.json:5:64: found a field of type date, expected type "
                  "string, object or array for `maxLength`"));
  EXPECT_THAT(
      complaints_of_field(R"({"name": "x", "type": "date", "constraints": {"pattern": "a"}})"),
      ElementsAre(HasSubstr("expected type string for `pattern`")));
  EXPECT_THAT(complaints_of_field(R"({"name": "x", "type": "date", "trueValues": ["a"]})"),
              ElementsAre(HasSubstr("expected type boolean for `trueValues`")));
  EXPECT_THAT(complaints_of_field(R"({"name": "x", "type": "date", "groupChar": " "})"),
              ElementsAre(HasSubstr("expected type number or integer for `groupChar`")));
  EXPECT_THAT(complaints_of_field(R"({"name": "x", "type": "date", "sluice:check": "uscc"})"),
              ElementsAre(HasSubstr("expected type string for `sluice:check`")));
  EXPECT_THAT(
      complaints_of_field(R"({"name": "x", "constraints": {"minimum": "a"}})"),
      ElementsAre(
          "schemas/approval.json:5:5: found a field `x` that can not be checked: "
          "`minimum` of a string field must be left out, expected constraints that fit the field"));
}

TEST(Schema, RefusesLimitsThatNoValueMeets) {
  EXPECT_THAT(
      complaints_of_field(R"({"name": "x", "constraints": {"minLength": 3, "maxLength": 2}})"),
      ElementsAre("schemas/approval.json:5:48: found more than `maxLength`, expected at most as "
                  "much for `minLength`"));
  EXPECT_THAT(
      complaints_of_field(
          R"({"name": "x", "type": "number", "constraints": {"minimum": 10, "maximum": 9.5}})"),
      ElementsAre("schemas/approval.json:5:79: found less than `minimum`, expected at least as "
                  "much for `maximum`"));
  EXPECT_THAT(
      complaints_of_field(
          R"({"name": "x", "type": "integer", "constraints": {"minimum": 9, "maximum": 10}})"),
      IsEmpty());
}

TEST(Schema, RefusesBoundsAndEnumerationsOfAnotherType) {
  EXPECT_THAT(
      complaints_of_field(R"({"name": "x", "type": "date", "constraints": {"minimum": "x"}})"),
      ElementsAre(HasSubstr("checked: `minimum` of a date field must be a date such as")));
  EXPECT_THAT(
      complaints_of_field(R"({"name": "x", "type": "integer", "constraints": {"enum": [1, "a"]}})"),
      ElementsAre(HasSubstr("checked: every `enum` value must be a whole number")));
  EXPECT_THAT(complaints_of_field(R"({"name": "x", "constraints": {"enum": []}})"),
              ElementsAre("schemas/approval.json:5:43: found no value, expected at least one for "
                          "`enum`"));
}

TEST(Schema, RefusesAPatternThatDoesNotCompile) {
  EXPECT_THAT(complaints_of_field(R"({"name": "x", "constraints": {"pattern": "(a"}})"),
              ElementsAre(HasSubstr("schemas/approval.json:5:5: found a field `x` that can not be "
                                    "checked: `pattern` is not a regular expression")));
}

TEST(Schema, RefusesAFlagInQuotes) {
  EXPECT_THAT(
      complaints_of_field(R"({"name": "x", "constraints": {"required": "true"}})"),
      ElementsAre("schemas/approval.json:5:47: found `true` in quotes, expected true or false "
                  "for `required`"));
}

TEST(Schema, RefusesUnknownPropertiesAndNamesTheNearest) {
  EXPECT_THAT(complaints_of_field(R"({"name": "x", "sluice:chek": "uscc"})"),
              ElementsAre(HasSubstr("found `sluice:chek`, expected one of")));
  EXPECT_THAT(complaints_of_field(R"({"name": "x", "constraints": {"maxLenght": 3}})"),
              ElementsAre(HasSubstr("did you mean `maxLength`?")));
  EXPECT_THAT(
      complaints_of_field(R"({"name": "x", "missingValues": ["-"]})"),
      ElementsAre("schemas/approval.json:5:36: found missing values of one field, expected those "
                  "of the whole schema, or `missing` in the bureau's mapping, for "
                  "`missingValues`"));
  EXPECT_THAT(complaints_of_field(R"({"name": "x", "type": "number", "bareNumber": false})"),
              ElementsAre(HasSubstr("found `false`, expected true")));
}

TEST(Schema, RefusesNamesThatNoColumnCanHave) {
  EXPECT_THAT(
      complaints_of_field(R"({"name": "sluice_x"})"),
      ElementsAre("schemas/approval.json:5:14: found `sluice_x`, expected a name without the "
                  "reserved prefix sluice_ for `name`"));
  EXPECT_THAT(
      complaints_of_field("{\"name\": \"" + std::string(60, 'x') + "\"}"),
      ElementsAre("schemas/approval.json:5:14: found a name of 60 bytes, expected at most 59, so "
                  "that a column can be named so, for `name`"));
  EXPECT_THAT(complaints_of_field(R"({"name": "a\tb"})"),
              ElementsAre(HasSubstr("control characters")));
  EXPECT_THAT(
      complaints_of_field(R"({"name": "Number"})"),
      ElementsAre("schemas/approval.json:5:5: found a second field `Number`, expected each name "
                  "once, whatever the case of its letters"));
  EXPECT_THAT(complaints_of_field(R"({"type": "string"})"),
              ElementsAre("schemas/approval.json:5:5: found no `name`, expected `name: …`"));
}

TEST(Schema, MustHaveAPrimaryKeyOfFieldsThatCanBeOne) {
  EXPECT_THAT(
      complaints_of_schema(R"("primaryKey": "number")", R"("title": "x")"),
      ElementsAre("schemas/approval.json:1:1: found no `primaryKey`, expected the fields by which "
                  "a record is known"));
  EXPECT_THAT(complaints_of_schema(R"("primaryKey": "number")", R"("primaryKey": ["numbr"])"),
              ElementsAre("schemas/approval.json:9:17: found `numbr`, expected a field's name for "
                          "`primaryKey`; did you mean `number`?"));
  EXPECT_THAT(complaints_of_schema(R"("primaryKey": "number")", R"("primaryKey": ["approved_on"])"),
              ElementsAre("schemas/approval.json:9:17: found `approved_on`, which may be missing, "
                          "expected fields with `\"required\": true` among their constraints for "
                          "`primaryKey`"));
  EXPECT_THAT(
      complaints_of_schema(R"({"name": "number", "constraints")",
                           R"({"name": "number", "type": "object", "constraints")"),
      ElementsAre("schemas/approval.json:9:17: found `number` of type object, expected fields of "
                  "which one value is written in one way for `primaryKey`"));
}

TEST(Schema, MustSayItsOwner) {
  EXPECT_THAT(complaints_of_schema(R"("sluice:dataset": {"owner": "park"},)", "").front(),
              "schemas/approval.json:1:1: found no `sluice:dataset`, expected a section "
              "`sluice:dataset`");
  EXPECT_THAT(
      complaints_of_schema(R"({"owner": "park"})", R"({"owner": "prak"})"),
      testing::Contains("schemas/approval.json:2:31: found `prak`, expected a bureau that has a "
                        "file for `owner`; did you mean `park`?"));
  EXPECT_THAT(
      complaints_of_schema(R"({"owner": "park"})", R"({"owner": "park", "id": "aproval"})"),
      ElementsAre("schemas/approval.json:2:45: found `aproval`, expected the file's own name, "
                  "`approval`, for `id`"));
}

TEST(Schema, RefusesForeignKeysThatReferToNothing) {
  const auto with_key = [](const std::string& key) {
    return complaints_of_schema(R"("primaryKey": "number")",
                                R"("primaryKey": "number", "foreignKeys": [)" + key + "]");
  };
  EXPECT_THAT(with_key(R"({"fields": "number", "reference": {"fields": "number"}})"), IsEmpty());
  EXPECT_THAT(
      with_key(R"({"fields": "number", "reference": {"resource": "aproval", "fields": "number"}})"),
      ElementsAre(
          "schemas/approval.json:9:43: found `aproval` as a foreign key's `resource`, expected a "
          "dataset that has a schema; did you mean `approval`?"));
  EXPECT_THAT(
      with_key(R"({"fields": "number", "reference": {"fields": "numbr"}})"),
      ElementsAre("schemas/approval.json:9:43: found `numbr`, expected a field of `approval`; did "
                  "you mean `number`?"));
  EXPECT_THAT(
      with_key(R"({"fields": "approved_on", "reference": {"fields": "number"}})"),
      ElementsAre("schemas/approval.json:9:43: found `approved_on` of type date, expected string, "
                  "the type of what it refers to"));
  EXPECT_THAT(
      with_key(R"({"fields": ["number", "amount"], "reference": {"fields": "number"}})"),
      ElementsAre("schemas/approval.json:9:43: found 2 fields that refer to 1, expected as many "
                  "on both sides, at least one"));
  EXPECT_THAT(with_key(R"({"fields": "number"})"),
              testing::Contains(HasSubstr("found no `reference`, expected a section `reference`")));
}

}  // namespace
}  // namespace sluice::settings::test
