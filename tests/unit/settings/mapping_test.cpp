#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "configuration.h"

namespace sluice::settings::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::StartsWith;

constexpr std::string_view number_field = "- {field: number, from: 文号}";

std::vector<std::string> complaints_of_fields(std::string_view fields) {
  return Configuration().with("bureaus/park.yaml", number_field, fields).complaints();
}

intake::Mapping mapping_with(std::string_view fields) {
  Configuration configuration;
  configuration.with("bureaus/park.yaml", number_field, fields);
  return configuration.settings().bureaus.at(record::BureauId("park")).publishes.at(0).mapping;
}

TEST(Mapping, HasItsStepsInTheOrderWritten) {
  const auto mapping = mapping_with(
      "- {field: number, from: 文号, steps: [trim, half-width, upper-case, {codes: {a: '1'}}], "
      "missing: [N/A, '-']}\n"
      "        - {field: approved_on, constant: '2026-01-02', steps: [{date: '%Y-%m-%d'}]}\n"
      "        - {field: amount, steps: [amount]}\n"
      "      ignore: [备注]");
  ASSERT_EQ(mapping.fields.size(), 3U);
  const auto& [field, from, constant, steps, missing] = mapping.fields[0];
  EXPECT_EQ(field, "number");
  EXPECT_EQ(from, "文号");
  EXPECT_FALSE(constant);
  ASSERT_EQ(steps.size(), 4U);
  EXPECT_TRUE(std::holds_alternative<intake::step::Trim>(steps[0]));
  EXPECT_TRUE(std::holds_alternative<intake::step::HalfWidth>(steps[1]));
  EXPECT_TRUE(std::holds_alternative<intake::step::UpperCase>(steps[2]));
  EXPECT_THAT(std::get<intake::step::CodeTable>(steps[3]).codes, ElementsAre(Pair("a", "1")));
  EXPECT_THAT(missing, ElementsAre("N/A", "-"));
  EXPECT_EQ(mapping.fields[1].constant, "2026-01-02");
  EXPECT_EQ(std::get<intake::step::DateFormat>(mapping.fields[1].steps.at(0)).format, "%Y-%m-%d");
  EXPECT_THAT(mapping.ignore, ElementsAre("备注"));
}

TEST(Mapping, RefusesAFieldThatTheSchemaDoesNotHave) {
  EXPECT_THAT(
      complaints_of_fields("- {field: numbr, from: 文号}"),
      ElementsAre("bureaus/park.yaml:13:19: found `numbr`, expected a field of the dataset's "
                  "schema for `field`; did you mean `number`?"));
}

TEST(Mapping, RefusesAFieldMappedTwice) {
  EXPECT_THAT(
      complaints_of_fields("- {field: number, from: a}\n        - {field: number, from: b}"),
      ElementsAre("bureaus/park.yaml:14:11: found a second mapping of `number`, expected each "
                  "field once"));
}

TEST(Mapping, RefusesBothASourceAndAConstant) {
  EXPECT_THAT(
      complaints_of_fields("- {field: number, from: a, constant: b}"),
      ElementsAre("bureaus/park.yaml:13:46: found both `from` and `constant`, expected one of "
                  "them for `constant`"));
}

TEST(Mapping, RefusesAnUnknownStep) {
  const std::string expected =
      "expected a step: trim, half-width, upper-case, amount, currency, {date: FORMAT}, {codes: "
      "{…}} "
      "or {codes_file: FILE.csv}";
  EXPECT_THAT(
      complaints_of_fields("- {field: number, steps: [halfwidth, [x], {}, {trim: x}]}"),
      ElementsAre("bureaus/park.yaml:13:35: found `halfwidth`, " + expected +
                      "; did you mean `half-width`?",
                  "bureaus/park.yaml:13:46: found a list, " + expected,
                  "bureaus/park.yaml:13:51: found 0 keys, " + expected,
                  "bureaus/park.yaml:13:56: found `trim`, expected one of codes, codes_file, "
                  "date"));
}

TEST(Mapping, RefusesStepsWhoseResultTheFieldCanNotHold) {
  EXPECT_THAT(
      complaints_of_fields("- {field: approved_on, steps: [amount]}\n"
                           "        - {field: amount, steps: [currency]}"),
      ElementsAre("bureaus/park.yaml:13:40: found `amount` for a field of type date, expected a "
                  "field of type number, integer or string",
                  "bureaus/park.yaml:14:35: found `currency` for a field of type number, "
                  "expected a field of type string"));
}

TEST(Mapping, RefusesADateFormatThatDoesNotFitTheField) {
  EXPECT_THAT(
      complaints_of_fields("- {field: approved_on, steps: [{date: '%Y-%m-%d %H:%M'}]}\n"
                           "        - {field: approved_at, steps: [{date: '%Y-%m-%d'}]}"),
      ElementsAre("bureaus/park.yaml:13:47: found `%Y-%m-%d %H:%M` for a field of type date, "
                  "expected a field of type datetime: the format has an hour",
                  "bureaus/park.yaml:14:47: found `%Y-%m-%d` for a field of type datetime, "
                  "expected a field of type date: the format has no hour"));
}

TEST(Mapping, RefusesADateFormatThatStrptimeDoesNotKnow) {
  for (const char* format : {"%Y-%q", "%Y%", "%Y-%-m"}) {
    EXPECT_THAT(complaints_of_fields("- {field: approved_on, steps: [{date: '" +
                                     std::string(format) + "'}]}"),
                ElementsAre("bureaus/park.yaml:13:47: found `" + std::string(format) +
                            "`, expected conversions of strptime for numbers, names of months and "
                            "offsets, for `date`"));
  }
  EXPECT_THAT(
      complaints_of_fields("- {field: approved_on, steps: [{date: 'x'}]}"),
      ElementsAre("bureaus/park.yaml:13:47: found `x`, expected a format with a year, such as "
                  "%Y/%m/%d, for `date`"));
}

TEST(Mapping, RefusesACodeWithoutAText) {
  EXPECT_THAT(
      complaints_of_fields("- {field: number, steps: [{codes: {a: [b]}}]}"),
      ElementsAre("bureaus/park.yaml:13:44: found a list, expected a text for the code `a`"));
}

TEST(Mapping, RefusesToIgnoreAColumnThatAFieldComesFrom) {
  EXPECT_THAT(
      complaints_of_fields("- {field: number, from: a}\n      ignore: [a]"),
      ElementsAre("bureaus/park.yaml:14:15: found `a`, which a field comes `from`, expected "
                  "columns that no field needs for `ignore`"));
}

TEST(Mapping, AsksForQuotesWhereAWordOfYamlStands) {
  EXPECT_THAT(
      complaints_of_fields("- {field: number, missing: [null]}"),
      ElementsAre("bureaus/park.yaml:13:37: found nothing, expected a text (in quotes, if it is "
                  "a word such as null) in `missing`"));
}

}  // namespace
}  // namespace sluice::settings::test
