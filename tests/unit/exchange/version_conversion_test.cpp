#include "exchange/version_conversion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::exchange::test {
namespace {

using record::FieldType;
using ::testing::HasSubstr;

// As the tables had it.
record::TableSchema old_schema() {
  return {.fields = {{.name = "code"},
                     {.name = "name"},
                     {.name = "staff"},
                     {.name = "active", .type = FieldType::boolean},
                     {.name = "capital", .type = FieldType::number}},
          .primary_key = {"code"}};
}

// The name has become a title, staff a number, and the kind is new; a district stands before the
// code in the key.
record::Dataset new_dataset() {
  record::Dataset dataset{.id = record::DatasetId("enterprise"),
                          .owner = record::BureauId("park"),
                          .schema = {.fields = {{.name = "district"},
                                                {.name = "code"},
                                                {.name = "title"},
                                                {.name = "staff", .type = FieldType::integer},
                                                {.name = "active", .type = FieldType::boolean},
                                                {.name = "capital", .type = FieldType::number},
                                                {.name = "kind"}},
                                     .primary_key = {"district", "code"}}};
  // How sources write numbers and booleans is no matter of what the tables hold.
  dataset.schema.fields[4].true_values = {"yes"};
  dataset.schema.fields[4].false_values = {"no"};
  dataset.schema.fields[5].decimal_char = ',';
  dataset.schema.fields[5].group_char = ".";
  return dataset;
}

intake::Mapping mapping() {
  return {
      .fields =
          {{.field = "title", .from = "name", .constant = {}, .steps = {}, .missing = {}},
           {.field = "district", .from = "", .constant = "haidian", .steps = {}, .missing = {}}},
      .ignore = {}};
}

std::string flaw(intake::Mapping mapping) {
  const auto bound = VersionConversion::bind(old_schema(), new_dataset(), std::move(mapping));
  return bound ? std::string("none") : bound.error().sentence;
}

TEST(VersionConversionTest, CanonicalTextIsReadAsSuchWhateverTheSchemaSaysOfSources) {
  auto conversion = VersionConversion::bind(old_schema(), new_dataset(), mapping());
  ASSERT_TRUE(conversion) << conversion.error().sentence;
  const std::optional<std::string_view> values[] = {"a", "Al\tpha", "12", "t", "1.500"};
  const auto converted = conversion->convert(values);
  ASSERT_TRUE(converted) << converted.error().sentence;
  EXPECT_EQ(*converted, "haidian\ta\tAl\\tpha\t12\tt\t1.5\t\\N");
}

TEST(VersionConversionTest, ValueThatDoesNotFitTheNewTypeIsNamed) {
  auto conversion = VersionConversion::bind(old_schema(), new_dataset(), mapping());
  ASSERT_TRUE(conversion) << conversion.error().sentence;
  const std::optional<std::string_view> values[] = {"a", "Alpha", "many", std::nullopt, "1"};
  const auto converted = conversion->convert(values);
  ASSERT_FALSE(converted);
  EXPECT_EQ(converted.error().field, "staff");
  EXPECT_EQ(converted.error().rule, "type");
  EXPECT_THAT(converted.error().sentence, ::testing::Not(HasSubstr("many")));
}

TEST(VersionConversionTest, NoFieldIsLostInPassing) {
  intake::Mapping without_title = mapping();
  without_title.fields.erase(without_title.fields.begin());
  EXPECT_THAT(flaw(without_title), HasSubstr("the tables' field name is taken by no field"));
  without_title.ignore = {"name"};
  EXPECT_EQ(flaw(without_title), "none");
  without_title.ignore = {"name", "staff"};
  EXPECT_THAT(flaw(without_title), HasSubstr("`ignore` names staff"));
}

TEST(VersionConversionTest, WhatTheTablesDoNotHaveIsNamed) {
  intake::Mapping misspelled = mapping();
  misspelled.fields.front().from = "nmae";
  EXPECT_THAT(flaw(misspelled), HasSubstr("`title` comes `from: nmae`"));
  intake::Mapping ignoring = mapping();
  ignoring.ignore = {"nmae"};
  EXPECT_THAT(flaw(ignoring), HasSubstr("`ignore` names nmae"));
}

}  // namespace
}  // namespace sluice::exchange::test
