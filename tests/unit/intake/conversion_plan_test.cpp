#include "intake/conversion_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "intake_builder.h"

namespace sluice::intake::test {
namespace {

using testing::HasSubstr;

struct Converted {
  std::string line;
  record::RowDigest key;
  RowProblem problem;
};

Converted convert(const ConversionPlan& plan, std::vector<SourceValue> values,
                  record::Operation operation = record::Operation::upsert) {
  ConversionPlan::Buffers buffers;
  const auto done = plan.convert({.values = values, .operation = operation}, buffers);
  if (!done) return {.problem = done.error()};
  return {.line = buffers.line, .key = buffers.key.digest()};
}

ConversionPlan plan_of(const Register& reg) {
  return ConversionPlan::bind(reg.dataset, reg.checker, reg.mapping, reg.columns).value();
}

TEST(ConversionPlan, RenamesConvertsAndSplitsOneColumnIntoTwoFields) {
  const Register reg;
  EXPECT_EQ(convert(plan_of(reg), {"A1", " 海淀店　", "　１，０００（万美元） "}).line,
            "U\t\\N\tA1\t海淀店\t10000000\tUSD\n");
}

TEST(ConversionPlan, ConvertsOneFieldAsItWouldTheRow) {
  const Register reg;
  const ConversionPlan plan = plan_of(reg);
  ConversionPlan::Buffers buffers;
  EXPECT_EQ(plan.source_of(2), 2U);
  EXPECT_EQ(plan.source_of(3), 2U) << "both come from 资金";
  EXPECT_EQ(plan.convert_field(2, "１，０００（万美元）", buffers).value(), "10000000");
  EXPECT_EQ(plan.convert_field(3, "１，０００（万美元）", buffers).value(), "USD");
  EXPECT_EQ(plan.convert_field(2, "N/A", buffers).value(), SourceValue());
  EXPECT_EQ(plan.convert_field(0, "", buffers).error().rule, "required");
  EXPECT_EQ(plan.convert_field(2, "much", buffers).error().rule, "amount");
}

TEST(ConversionPlan, OfAConstantNoColumnIsTheSource) {
  Register reg;
  reg.mapping.fields[0] = {.field = "name", .constant = " 海淀 ", .steps = {step::Trim{}}};
  const std::vector<std::string> columns = {"code", "资金"};
  const auto plan = ConversionPlan::bind(reg.dataset, reg.checker, reg.mapping, columns).value();
  ConversionPlan::Buffers buffers;
  EXPECT_EQ(plan.source_of(1), std::nullopt);
  EXPECT_EQ(plan.convert_field(1, std::nullopt, buffers).value(), "海淀");
}

TEST(ConversionPlan, WritesMissingValuesAsNone) {
  const Register reg;
  EXPECT_EQ(convert(plan_of(reg), {"A1", "", "N/A"}).line, "U\t\\N\tA1\t\\N\t\\N\t\\N\n");
  EXPECT_EQ(convert(plan_of(reg), {"A1", std::nullopt, " 　"}).line, "U\t\\N\tA1\t\\N\t\\N\t\\N\n");
}

TEST(ConversionPlan, EscapesWhatWouldBreakTheLine) {
  const Register reg;
  EXPECT_EQ(convert(plan_of(reg), {"A1", "a\tb\\c\nd", "N/A"}).line,
            "U\t\\N\tA1\ta\\tb\\\\c\\nd\t\\N\t\\N\n");
}

TEST(ConversionPlan, RefusesARowWithoutItsKey) {
  const Register reg;
  const Converted converted = convert(plan_of(reg), {"", "x", "N/A"});
  EXPECT_EQ(converted.problem.field, "code");
  EXPECT_EQ(converted.problem.rule, "required");
}

TEST(ConversionPlan, NamesTheFieldWhoseStepFailed) {
  const Register reg;
  const Converted converted = convert(plan_of(reg), {"A1", "x", "much"});
  EXPECT_EQ(converted.problem.field, "capital");
  EXPECT_EQ(converted.problem.rule, "amount");
}

TEST(ConversionPlan, ADeleteCarriesNothingButTheKey) {
  const Register reg;
  EXPECT_EQ(convert(plan_of(reg), {"A1", "x", "much"}, record::Operation::remove).line,
            "D\t\\N\tA1\t\\N\t\\N\t\\N\n");
}

TEST(ConversionPlan, CarriesATimeAtTheSourceOnlyInTheFormThatTheCenterTakes) {
  const Register reg;
  const ConversionPlan plan = plan_of(reg);
  const std::vector<SourceValue> values = {"A1", "x", "N/A"};
  ConversionPlan::Buffers buffers;
  for (const char* good : {"2026-11-23T04:44:00Z", "2026-11-23T04:44:00.5Z"}) {
    ASSERT_TRUE(plan.convert({.values = values, .source_time = good}, buffers)) << good;
    buffers.line.pop_back();
    EXPECT_TRUE(buffers.line.starts_with("U\t" + std::string(good) + "\t"));
    EXPECT_FALSE(reg.checker.check_line(buffers.line, buffers.canonical)) << good;
  }
  for (const char* bad : {"2026-11-23T04:44:00.000Z", "2026-11-23T12:44:00+08:00", "now", ""}) {
    const auto refused = plan.convert({.values = values, .source_time = bad}, buffers);
    ASSERT_FALSE(refused) << bad;
    EXPECT_EQ(refused.error().rule, "source-time");
  }
}

TEST(ConversionPlan, EqualKeysHaveEqualDigests) {
  const Register reg;
  const ConversionPlan plan = plan_of(reg);
  EXPECT_EQ(convert(plan, {"A1", "x", "N/A"}).key, convert(plan, {"A1", "y", "N/A"}).key);
  EXPECT_NE(convert(plan, {"A1", "x", "N/A"}).key, convert(plan, {"A2", "x", "N/A"}).key);
}

TEST(ConversionPlan, AConstantNeedsNoColumn) {
  Register reg;
  reg.mapping.fields[0] = {.field = "name", .constant = "fixed"};
  reg.columns = {"code", "资金"};
  EXPECT_EQ(convert(plan_of(reg), {"A1", "N/A"}).line, "U\t\\N\tA1\tfixed\t\\N\t\\N\n");
}

TEST(ConversionPlan, EveryStepReadsWhatTheStepBeforeItLeft) {
  Register reg;
  // Steps that write a buffer, that return a view, and that return a text of their own, by turns.
  reg.mapping.fields[0].steps = {step::HalfWidth{},
                                 step::Trim{},
                                 step::UpperCase{},
                                 step::Trim{},
                                 step::HalfWidth{},
                                 step::UpperCase{},
                                 step::CodeTable{{{"AB C", "　long enough for the heap ｘｙ　"}}},
                                 step::HalfWidth{},
                                 step::Trim{},
                                 step::UpperCase{}};
  EXPECT_EQ(convert(plan_of(reg), {"A1", "　ａb　ｃ　", "N/A"}).line,
            "U\t\\N\tA1\tLONG ENOUGH FOR THE HEAP XY\t\\N\t\\N\n");
}

TEST(ConversionPlan, AValueMayTurnOutToBeMissingAfterAnyStep) {
  Register reg;
  reg.mapping.fields[0].steps = {step::CodeTable{{{"9", "unknown"}}}, step::UpperCase{}};
  reg.mapping.fields[0].missing = {"unknown"};
  EXPECT_EQ(convert(plan_of(reg), {"A1", "9", "N/A"}).line, "U\t\\N\tA1\t\\N\t\\N\t\\N\n");
}

TEST(ConversionPlan, RefusesAValueThatIsNotOfItsFieldsType) {
  Register reg;
  reg.mapping.fields[1].steps = {step::Trim{}};
  const Converted converted = convert(plan_of(reg), {"A1", "x", "much"});
  EXPECT_EQ(converted.problem.field, "capital");
  EXPECT_EQ(converted.problem.rule, "type");
}

TEST(ConversionPlan, NoReasonQuotesTheValue) {
  const Register reg;
  const Converted converted = convert(plan_of(reg), {"A1", "x", "secret-7"});
  EXPECT_THAT(converted.problem.sentence, testing::Not(HasSubstr("secret-7")));
}

TEST(ConversionPlan, AConstantGoesThroughTheStepsAndTheSchema) {
  Register reg;
  reg.mapping.fields[0] = {.field = "name", .constant = " fixed ", .steps = {step::Trim{}}};
  reg.mapping.fields[1] = {.field = "capital", .constant = "much"};
  reg.columns = {"code", "资金"};
  EXPECT_EQ(convert(plan_of(reg), {"A1", "N/A"}).problem.rule, "type");
}

TEST(ConversionPlan, WantsEachSourceColumnOnceInTheFieldsOrder) {
  const Register reg;
  EXPECT_EQ(wanted_columns(reg.dataset.schema, reg.mapping), reg.columns);
}

struct Match {
  record::FieldsMatch match;
  std::vector<std::string> columns;
  const char* complaint;  // empty: good
};

class FieldsMatchTest : public testing::TestWithParam<Match> {};

using enum record::FieldsMatch;
INSTANTIATE_TEST_SUITE_P(
    All, FieldsMatchTest,
    testing::Values(Match{exact, {"code", "名称", "资金"}, ""},
                    Match{exact, {"名称", "code", "资金"}, "the order is"},
                    Match{equal, {"名称", "code", "资金"}, ""},
                    Match{equal, {"code", "名称"}, "`资金` not found"},
                    Match{equal, {"code", "名称", "资金", "备注"}, "`备注` found"},
                    Match{subset, {"code", "名称", "资金", "备注"}, ""},
                    Match{subset, {"code", "备注"}, "not found"},
                    Match{equal,
                          {"code", "名称", "备注"},
                          "where `资金` was only renamed, name it in the mapping: `from: 备注`"},
                    Match{subset,
                          {"code", "名称", "备注"},
                          "where `资金` was only renamed, name it in the mapping: `from: 备注`"},
                    Match{superset, {"code"}, ""},
                    Match{superset, {"code", "备注"}, "`备注` found"},
                    Match{partial, {"code", "备注"}, ""},
                    Match{partial, {"备注"}, "none of the columns is known"}));

TEST_P(FieldsMatchTest, DecidesWhetherColumnsAreGoodEnough) {
  Register reg;
  reg.dataset.schema.fields_match = GetParam().match;
  const auto plan = ConversionPlan::bind(reg.dataset, reg.checker, reg.mapping, GetParam().columns);
  if (std::string(GetParam().complaint).empty()) {
    EXPECT_TRUE(plan) << plan.error().sentence;
  } else {
    ASSERT_FALSE(plan);
    EXPECT_THAT(plan.error().sentence, HasSubstr(GetParam().complaint));
  }
}

TEST(ConversionPlan, IgnoresColumnsThatTheMappingDropsKnowingly) {
  Register reg;
  reg.mapping.ignore = {"备注"};
  reg.columns.emplace_back("备注");
  EXPECT_EQ(convert(plan_of(reg), {"A1", "x", "N/A", "y"}).line, "U\t\\N\tA1\tx\t\\N\t\\N\n");
}

}  // namespace
}  // namespace sluice::intake::test
