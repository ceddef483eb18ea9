#include "record/record_checker.h"

#include <gtest/gtest.h>

#include "record/copy_text.h"

namespace sluice::record {
namespace {

Field field(std::string name, FieldType type) {
  Field made;
  made.name = std::move(name);
  made.type = type;
  return made;
}

RecordChecker checker_of(Field one) {
  TableSchema schema;
  schema.primary_key = {one.name};
  schema.fields = {std::move(one)};
  auto checker = RecordChecker::compile(schema);
  if (!checker) throw std::runtime_error(checker.error().front().sentence);
  return std::move(*checker);
}

// The rule that a value breaks; "" where it is taken.
std::string broken_rule(const RecordChecker& checker, std::string_view text) {
  std::string buffer;
  const auto checked = checker.columns().front().check(text, buffer);
  if (checked) return "";
  EXPECT_FALSE(checked.error().sentence.empty());
  return checked.error().rule.text();
}

std::string canonical_text(const RecordChecker& checker, std::string_view text) {
  std::string buffer;
  const auto checked = checker.columns().front().check(text, buffer);
  return checked ? std::string(*checked) : "refused: " + checked.error().rule.text();
}

TEST(ColumnChecker, GivesTheCanonicalTextOfEachType) {
  const auto canonical = [](FieldType type, std::string_view text) {
    return canonical_text(checker_of(field("x", type)), text);
  };
  EXPECT_EQ(canonical(FieldType::string, " as it is "), " as it is ");
  EXPECT_EQ(canonical(FieldType::number, "+01.50"), "1.5");
  EXPECT_EQ(canonical(FieldType::integer, "+007"), "7");
  EXPECT_EQ(canonical(FieldType::boolean, "True"), "t");
  EXPECT_EQ(canonical(FieldType::object, R"({"a": 1})"), R"({"a": 1})");
  EXPECT_EQ(canonical(FieldType::array, "[1, 2]"), "[1, 2]");
  EXPECT_EQ(canonical(FieldType::date, "2026-11-23"), "2026-11-23");
  EXPECT_EQ(canonical(FieldType::datetime, "2026-11-23T04:44:00+08:00"), "2026-11-22T20:44:00Z");
  EXPECT_EQ(canonical(FieldType::time, "04:44:00.50"), "04:44:00.5");
  EXPECT_EQ(canonical(FieldType::year, "2026"), "2026");
  EXPECT_EQ(canonical(FieldType::yearmonth, "2026-11"), "2026-11");
  EXPECT_EQ(canonical(FieldType::duration, "P1DT12H"), "P1DT12H");
}

TEST(ColumnChecker, RefusesWhatIsNotOfTheType) {
  for (const FieldType type :
       {FieldType::number, FieldType::integer, FieldType::boolean, FieldType::object,
        FieldType::array, FieldType::date, FieldType::datetime, FieldType::time, FieldType::year,
        FieldType::yearmonth, FieldType::duration}) {
    EXPECT_EQ(broken_rule(checker_of(field("x", type)), "SECRET"), "type") << to_string(type);
  }
  EXPECT_EQ(broken_rule(checker_of(field("x", FieldType::object)), "[]"), "type");
  EXPECT_EQ(broken_rule(checker_of(field("x", FieldType::array)), "{}"), "type");
}

TEST(ColumnChecker, NeverQuotesTheValue) {
  std::string buffer;
  for (const FieldType type : {FieldType::number, FieldType::object, FieldType::date}) {
    const auto checked = checker_of(field("x", type)).columns().front().check("SECRET", buffer);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().sentence.find("SECRET"), std::string::npos);
  }
}

TEST(ColumnChecker, CountsLengthInCodePointsBytesOrMembers) {
  Field text = field("x", FieldType::string);
  text.constraints.min_length = 2;
  text.constraints.max_length = 3;
  const auto strings = checker_of(text);
  EXPECT_EQ(broken_rule(strings, "海"), "minLength");
  EXPECT_EQ(broken_rule(strings, "海淀"), "");
  EXPECT_EQ(broken_rule(strings, "海淀区"), "");
  EXPECT_EQ(broken_rule(strings, "海淀区内"), "maxLength");
  text.format = StringFormat::binary;
  const auto binaries = checker_of(text);
  EXPECT_EQ(broken_rule(binaries, "QQ=="), "minLength");
  EXPECT_EQ(broken_rule(binaries, "QUI="), "");
  EXPECT_EQ(broken_rule(binaries, "QUJDRA=="), "maxLength");
  Field members = field("x", FieldType::array);
  members.constraints.min_length = 1;
  members.constraints.max_length = 2;
  const auto arrays = checker_of(members);
  EXPECT_EQ(broken_rule(arrays, "[]"), "minLength");
  EXPECT_EQ(broken_rule(arrays, "[\"a long member\"]"), "");
  EXPECT_EQ(broken_rule(arrays, "[1,2,3]"), "maxLength");
}

TEST(ColumnChecker, HoldsTheBounds) {
  Field number = field("x", FieldType::number);
  number.constraints.minimum = "-1.5";
  number.constraints.maximum = "10";
  const auto inclusive = checker_of(number);
  EXPECT_EQ(broken_rule(inclusive, "-1.50"), "");
  EXPECT_EQ(broken_rule(inclusive, "10"), "");
  EXPECT_EQ(broken_rule(inclusive, "9.99"), "");
  EXPECT_EQ(broken_rule(inclusive, "-2"), "minimum");
  EXPECT_EQ(broken_rule(inclusive, "10.01"), "maximum");
  Field date = field("x", FieldType::date);
  date.constraints.exclusive_minimum = "2000-01-01";
  date.constraints.exclusive_maximum = "2026-01-01";
  const auto exclusive = checker_of(date);
  EXPECT_EQ(broken_rule(exclusive, "2000-01-01"), "exclusiveMinimum");
  EXPECT_EQ(broken_rule(exclusive, "2000-01-02"), "");
  EXPECT_EQ(broken_rule(exclusive, "2026-01-01"), "exclusiveMaximum");
  EXPECT_EQ(broken_rule(exclusive, "2025-12-31"), "");
}

TEST(ColumnChecker, MatchesAPatternAgainstTheWholeValue) {
  Field text = field("x", FieldType::string);
  text.constraints.pattern = "[A-Z]{2}[0-9]+|x";
  const auto checker = checker_of(text);
  EXPECT_EQ(broken_rule(checker, "AB12"), "");
  EXPECT_EQ(broken_rule(checker, "x"), "");
  EXPECT_EQ(broken_rule(checker, "AB12 "), "pattern");
  EXPECT_EQ(broken_rule(checker, " AB12"), "pattern");
  EXPECT_EQ(broken_rule(checker, "AB12\n"), "pattern");
}

TEST(ColumnChecker, TakesOnlyListedValues) {
  Field text = field("x", FieldType::string);
  text.constraints.enumeration = {"存续（在营、开业、在册）", "注销"};
  EXPECT_EQ(broken_rule(checker_of(text), "注销"), "");
  EXPECT_EQ(broken_rule(checker_of(text), "吊销"), "enum");
  Field number = field("x", FieldType::number);
  number.constraints.enumeration = {"1.0", "2"};
  EXPECT_EQ(broken_rule(checker_of(number), "1"), "");
  EXPECT_EQ(broken_rule(checker_of(number), "2.00"), "");
  EXPECT_EQ(broken_rule(checker_of(number), "3"), "enum");
  Field boolean = field("x", FieldType::boolean);
  boolean.constraints.enumeration = {"true"};
  EXPECT_EQ(broken_rule(checker_of(boolean), "1"), "");
  EXPECT_EQ(broken_rule(checker_of(boolean), "0"), "enum");
}

TEST(ColumnChecker, RunsTheFieldsOwnCheckUnderItsName) {
  Field text = field("x", FieldType::string);
  text.check = Check::uscc;
  EXPECT_EQ(broken_rule(checker_of(text), "91350100M000100Y43"), "");
  EXPECT_EQ(broken_rule(checker_of(text), "91350100M000100Y4Z"), "uscc");
  text.check = Check::citizen_id;
  EXPECT_EQ(broken_rule(checker_of(text), "1"), "citizen-id");
  text.check = Check::region_code;
  EXPECT_EQ(broken_rule(checker_of(text), "1"), "region-code");
}

TEST(ColumnChecker, HoldsTheJsonSchema) {
  Field object = field("x", FieldType::object);
  object.constraints.json_schema =
      R"({"required": ["a"], "properties": {"a": {"type": "string", "enum": ["b"]}}})";
  const auto checker = checker_of(object);
  EXPECT_EQ(broken_rule(checker, R"({"a": "b"})"), "");
  EXPECT_EQ(broken_rule(checker, R"({"a": "B"})"), "jsonSchema");
  EXPECT_EQ(broken_rule(checker, R"({"a": 1})"), "jsonSchema");
  EXPECT_EQ(broken_rule(checker, "{}"), "jsonSchema");
  EXPECT_EQ(broken_rule(checker, R"({"a": "b"} x)"), "type");
}

TEST(ColumnChecker, RefusesDeepJsonInsteadOfFallingOffTheStack) {
  const auto checker = checker_of(field("x", FieldType::array));
  EXPECT_EQ(broken_rule(checker, std::string(1'000'000, '[')), "type");
  EXPECT_EQ(broken_rule(checker, std::string(1000, '[') + std::string(1000, ']')), "type");
}

TEST(Bounds, AreReadInCanonicalTextWhateverTheSourcesDecimalCharacter) {
  Field number = field("x", FieldType::number);
  number.decimal_char = ',';
  number.group_char = ".";
  number.constraints.minimum = "1.5";
  number.constraints.maximum = "1.75";
  const auto checker = checker_of(number);
  EXPECT_EQ(broken_rule(checker, "1,6"), "");
  EXPECT_EQ(broken_rule(checker, "1,4"), "minimum");
  EXPECT_EQ(broken_rule(checker, "1,8"), "maximum");
}

std::vector<SchemaFailure> failures_of(const TableSchema& schema) {
  const auto checker = RecordChecker::compile(schema);
  return checker ? std::vector<SchemaFailure>{} : checker.error();
}

TEST(Schemas, TellAllThatIsWrongWithThem) {
  TableSchema schema;
  schema.fields = {field("a", FieldType::string), field("b", FieldType::integer),
                   field("c", FieldType::object), field("d", FieldType::boolean),
                   field("e", FieldType::date)};
  schema.fields[0].constraints.pattern = "(";
  schema.fields[1].constraints.minimum = "many";
  schema.fields[2].constraints.json_schema = "{";
  schema.fields[3].constraints.maximum = "t";
  schema.fields[4].constraints.enumeration = {"2026-11-23", "yesterday"};
  schema.primary_key = {"nowhere"};
  const auto failures = failures_of(schema);
  ASSERT_EQ(failures.size(), 6U);
  std::vector<std::string> places;
  for (const SchemaFailure& failure : failures)
    places.push_back(failure.place);
  EXPECT_EQ(places, (std::vector<std::string>{"a", "b", "c", "d", "e", "nowhere"}));
}

// valijson's pattern engine recurses by character: a long value would exhaust the stack.
TEST(Schemas, MayNotUsePatternsInsideAJsonSchema) {
  TableSchema schema;
  schema.fields = {field("a", FieldType::object)};
  schema.primary_key = {"a"};
  for (const std::string json_schema :
       {R"({"properties": {"x": {"pattern": "^(a|b)*$"}}})", R"({"patternProperties": {"x": {}}})",
        R"({"items": [{"format": "date"}]})", R"({"allOf": [{"not": {"pattern": "x"}}]})"}) {
    schema.fields[0].constraints.json_schema = json_schema;
    const auto failures = failures_of(schema);
    ASSERT_EQ(failures.size(), 1U) << json_schema;
    EXPECT_EQ(failures.front().code, SchemaProblem::bad_json_schema);
  }
  schema.fields[0].constraints.json_schema =
      R"({"properties": {"pattern": {"type": "string"}, "format": {}}})";
  EXPECT_TRUE(failures_of(schema).empty());
}

TEST(Schemas, ListTheirMissingValues) {
  TableSchema schema;
  schema.fields = {field("a", FieldType::string)};
  schema.primary_key = {"a"};
  schema.missing_values = {"", "N/A", "-"};
  const auto checker = RecordChecker::compile(schema);
  ASSERT_TRUE(checker);
  EXPECT_TRUE(checker->is_missing(""));
  EXPECT_TRUE(checker->is_missing("N/A"));
  EXPECT_FALSE(checker->is_missing("n/a"));
}

// A register of enterprises whose source writes numbers and booleans in a way of its own.
RecordChecker register_checker() {
  TableSchema schema;
  schema.fields = {field("code", FieldType::string), field("name", FieldType::string),
                   field("capital", FieldType::number), field("active", FieldType::boolean),
                   field("changed", FieldType::datetime)};
  schema.fields[0].check = Check::uscc;
  schema.fields[1].constraints.required = true;
  schema.fields[2].decimal_char = ',';
  schema.fields[2].group_char = ".";
  schema.fields[3].true_values = {"是"};
  schema.fields[3].false_values = {"否"};
  schema.primary_key = {"code"};
  return std::move(RecordChecker::compile(schema).value());
}

// "" where the line is taken, else "field: rule".
std::string line_violation(std::string_view line) {
  static const RecordChecker checker = register_checker();
  std::string buffer;
  const auto violation = checker.check_line(line, buffer);
  return violation ? violation->field + ": " + violation->violation.rule.text() : "";
}

TEST(CheckLine, TakesCanonicalValuesWhateverTheSourcesWayOfWriting) {
  EXPECT_EQ(line_violation("U\t2026-11-23T04:44:00Z\t91350100M000100Y43\t海淀\\t店\t1234.5\tt\t"
                           "2026-11-22T20:44:00.5Z"),
            "");
  EXPECT_EQ(line_violation("U\t\\N\t91350100M000100Y43\tname\t\\N\t\\N\t\\N"), "");
}

TEST(CheckLine, RefusesValuesThatAreNotCanonical) {
  const auto with = [](std::string_view capital, std::string_view active,
                       std::string_view changed) {
    return line_violation("U\t\\N\t91350100M000100Y43\tname\t" + std::string(capital) + "\t" +
                          std::string(active) + "\t" + std::string(changed));
  };
  EXPECT_EQ(with("1234,5", "t", "\\N"), "capital: type");
  EXPECT_EQ(with("01", "t", "\\N"), "capital: format");
  EXPECT_EQ(with("1", "是", "\\N"), "active: type");
  EXPECT_EQ(with("1", "true", "\\N"), "active: type");
  EXPECT_EQ(with("1", "t", "2026-11-23T04:44:00+08:00"), "changed: format");
}

TEST(CheckLine, RefusesMissingKeysAndRequiredFields) {
  EXPECT_EQ(line_violation("U\t\\N\t\\N\tname\t\\N\t\\N\t\\N"), "code: required");
  EXPECT_EQ(line_violation("U\t\\N\t91350100M000100Y43\t\\N\t\\N\t\\N\t\\N"), "name: required");
}

TEST(CheckLine, LetsADeleteCarryOnlyTheKey) {
  EXPECT_EQ(line_violation("D\t\\N\t91350100M000100Y43\t\\N\t\\N\t\\N\t\\N"), "");
  EXPECT_EQ(line_violation("D\t\\N\t91350100M000100Y43\tname\t\\N\t\\N\t\\N"), "name: format");
  EXPECT_EQ(line_violation("D\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N"), "code: required");
  EXPECT_EQ(line_violation("D\t\\N\t91350100M000100Y4Z\t\\N\t\\N\t\\N\t\\N"), "code: uscc");
}

TEST(CheckLine, RefusesLinesOfAnotherShape) {
  const std::string tail = "\t91350100M000100Y43\tname\t\\N\t\\N\t\\N";
  EXPECT_EQ(line_violation("U\t\\N" + tail), "");
  EXPECT_EQ(line_violation(""), ": format");
  EXPECT_EQ(line_violation("\\."), ": format");
  EXPECT_EQ(line_violation("X\t\\N" + tail), ": format");
  EXPECT_EQ(line_violation("\t\\N" + tail), ": format");
  EXPECT_EQ(line_violation("UU\t\\N" + tail), ": format");
  EXPECT_EQ(line_violation("U\t" + tail), ": format");
  EXPECT_EQ(line_violation("U\tyesterday" + tail), ": format");
  EXPECT_EQ(line_violation("U\t2026-11-23T04:44:00+08:00" + tail), ": format");
  EXPECT_EQ(line_violation("U\t2026-11-23T04:44:00.50Z" + tail), ": format");
  EXPECT_EQ(line_violation("U\t2026-02-29T04:44:00Z" + tail), ": format");
  EXPECT_EQ(line_violation("U\t\\N" + tail + "\tmore"), ": format");
  EXPECT_EQ(line_violation("U\t\\N\t91350100M000100Y43\tname\t\\N\t\\N"), ": format");
}

TEST(CheckLine, RefusesWhatPostgresqlWouldReadAsSomethingElse) {
  const auto with_name = [](std::string_view name) {
    return line_violation("U\t\\N\t91350100M000100Y43\t" + std::string(name) + "\t\\N\t\\N\t\\N");
  };
  EXPECT_EQ(with_name("a\rb"), "name: format");
  EXPECT_EQ(with_name("a\\x41"), "name: format");
  EXPECT_EQ(with_name("a\\"), "name: format");
  EXPECT_EQ(with_name(std::string_view("a\0b", 3)), ": encoding");
  EXPECT_EQ(with_name("a\xffz"), ": encoding");
  EXPECT_EQ(with_name("\xed\xa0\x80"), ": encoding");  // a surrogate
}

TEST(CheckLine, WorksForMoreColumnsThanFitOnTheStack) {
  TableSchema schema;
  std::string line = "U\t\\N";
  for (int i = 0; i < 200; ++i) {
    schema.fields.push_back(field("f" + std::to_string(i), FieldType::integer));
    line += "\t" + std::to_string(i);
  }
  schema.primary_key = {"f199"};
  const auto checker = RecordChecker::compile(schema);
  ASSERT_TRUE(checker);
  std::string buffer;
  EXPECT_FALSE(checker->check_line(line, buffer));
  EXPECT_TRUE(checker->check_line(line + "x", buffer));
}

}  // namespace
}  // namespace sluice::record
