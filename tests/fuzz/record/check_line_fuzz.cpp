// A line that is taken is in its one form: every value is what would be written again.
#include <array>
#include <cstdint>
#include <string_view>

#include "record/copy_text.h"
#include "record/record_checker.h"
#include "tests/fuzz/record/demand.h"

namespace {

using namespace sluice::record;

Field field(std::string name, FieldType type) {
  Field made;
  made.name = std::move(name);
  made.type = type;
  return made;
}

// One field of each type, with a constraint of each kind.
RecordChecker make_checker() {
  TableSchema schema;
  schema.fields = {field("key", FieldType::integer),     field("text", FieldType::string),
                   field("number", FieldType::number),   field("flag", FieldType::boolean),
                   field("object", FieldType::object),   field("array", FieldType::array),
                   field("date", FieldType::date),       field("moment", FieldType::datetime),
                   field("time", FieldType::time),       field("year", FieldType::year),
                   field("month", FieldType::yearmonth), field("span", FieldType::duration),
                   field("code", FieldType::string)};
  schema.primary_key = {"key"};
  schema.fields[1].constraints.max_length = 8;
  schema.fields[1].constraints.pattern = "[^x]*";
  schema.fields[2].constraints.minimum = "-1.5";
  schema.fields[2].constraints.exclusive_maximum = "1000";
  schema.fields[4].constraints.json_schema = R"({"properties": {"a": {"enum": [1, "b"]}}})";
  schema.fields[5].constraints.max_length = 2;
  schema.fields[7].constraints.minimum = "2000-01-01T00:00:00Z";
  schema.fields[12].check = Check::uscc;
  return std::move(RecordChecker::compile(schema).value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using sluice::fuzz::demand;
  static const RecordChecker checker = make_checker();
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  std::string buffer;
  if (const auto violation = checker.check_line(line, buffer)) {
    demand(!violation->violation.rule.empty() && !violation->violation.sentence.empty(),
           "a refusal has a rule and a sentence");
    return 0;
  }
  std::array<std::string_view, leading_columns + 13> columns;
  demand(split_line(line, columns), "a line that was taken splits");
  std::string again(columns[0]);
  again.append("\t").append(columns[1]);
  for (std::size_t i = leading_columns; i < columns.size(); ++i) {
    again += '\t';
    if (is_null(columns[i])) {
      append_null(again);
      continue;
    }
    std::string unescaped;
    const auto text = unescape(columns[i], unescaped);
    demand(text.has_value(), "a value that was taken unescapes");
    const auto canonical = checker.columns()[i - leading_columns].check_canonical(*text, buffer);
    demand(canonical.has_value(), "a value that was taken is taken again");
    append_escaped(again, *canonical);
  }
  demand(again == line, "there is one way to write a line");
  return 0;
}
