// Any row of values, separated by US (0x1F), through a plan with every step: what comes out is one
// line with the schema's columns that the center's check takes, or a reason with a field and a
// rule.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "intake/conversion_plan.h"
#include "tests/fuzz/record/demand.h"

namespace {

using namespace sluice::intake;
using sluice::fuzz::demand;
using sluice::record::FieldType;

struct Register {
  sluice::record::Dataset dataset{
      .id = sluice::record::DatasetId("register"),
      .owner = sluice::record::BureauId("park"),
      .schema = {.fields = {{.name = "code", .constraints = {.required = true, .max_length = 40}},
                            {.name = "name"},
                            {.name = "day", .type = FieldType::date},
                            {.name = "moment", .type = FieldType::datetime},
                            {.name = "capital", .type = FieldType::number},
                            {.name = "currency", .constraints = {.max_length = 3}},
                            {.name = "state", .constraints = {.enumeration = {"存续", "注销"}}}},
                 .primary_key = {"code"}}};
  sluice::record::RecordChecker checker =
      sluice::record::RecordChecker::compile(dataset.schema).value();
  std::vector<std::string> columns = {"code", "name", "day", "moment", "capital", "state"};
  Mapping mapping{
      .fields = {
          {.field = "code", .steps = {step::HalfWidth{}, step::Trim{}, step::UpperCase{}}},
          {.field = "name", .steps = {step::Trim{}}, .missing = {"N/A"}},
          {.field = "day", .steps = {step::HalfWidth{}, step::DateFormat{"%Y年%m月%d日"}}},
          {.field = "moment", .steps = {step::Trim{}, step::DateFormat{"%Y-%m-%d %H:%M:%S"}}},
          {.field = "capital", .steps = {step::HalfWidth{}, step::Trim{}, step::Amount{}}},
          {.field = "currency", .from = "capital", .steps = {step::HalfWidth{}, step::Currency{}}},
          {.field = "state",
           .steps = {step::UpperCase{},
                     step::CodeTable{{{"A", "存续"}, {"B", "注销"}, {"C", ""}}}}},
      }};
  ConversionPlan plan = ConversionPlan::bind(dataset, checker, mapping, columns).value();
};

std::vector<SourceValue> values_of(std::string_view text, std::size_t count) {
  std::vector<SourceValue> values;
  while (values.size() < count) {
    const std::size_t end = std::min(text.find('\x1F'), text.size());
    values.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return values;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Register reg;
  static ConversionPlan::Buffers buffers;  // used again and again, as an intake does
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (!sluice::record::is_valid_utf8(text) || text.find('\0') != std::string_view::npos) return 0;
  const auto values = values_of(text, reg.columns.size());
  for (const auto operation :
       {sluice::record::Operation::upsert, sluice::record::Operation::remove}) {
    const auto done = reg.plan.convert({.values = values, .operation = operation}, buffers);
    if (!done) {
      demand(!done.error().field.empty() && !done.error().rule.empty() &&
                 !done.error().sentence.empty(),
             "a refusal says field, rule and reason");
      continue;
    }
    const std::string line = buffers.line;
    demand(std::ranges::count(line, '\n') == 1 && line.ends_with('\n'), "a row is one line");
    demand(std::ranges::count(line, '\t') == 8, "a line has all columns");
    std::string buffer;
    demand(!reg.checker.check_line(std::string_view(line).substr(0, line.size() - 1), buffer),
           "what the intake takes, the center takes");
  }
  return 0;
}
