// What is done to a source's columns on their way to a dataset's fields, as its bureau's
// configuration says it. conversion_plan.h compiles it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace sluice::intake {

// One step from a source's text towards the schema's, applied in the order written.
namespace step {
struct Trim {};       // also full-width spaces
struct HalfWidth {};  // full-width ASCII (U+FF01–FF5E, U+3000) to ASCII
struct UpperCase {};  // ASCII letters
struct DateFormat {
  std::string format;
};  // strptime; result ISO 8601 date or datetime
struct CodeTable {
  std::map<std::string, std::string> codes;
};                   // unlisted: the row is quarantined
struct Amount {};    // `1,000(万元人民币)` to 10000000
struct Currency {};  // `1,000(万元人民币)` to CNY (ISO 4217)
}  // namespace step
using Step = std::variant<step::Trim, step::HalfWidth, step::UpperCase, step::DateFormat,
                          step::CodeTable, step::Amount, step::Currency>;

// Where one schema field's value comes from.
struct FieldMapping {
  std::string field;
  std::string from;  // source column; empty with `constant`
  std::optional<std::string> constant;
  std::vector<Step> steps;
  // Source texts that mean "no value", beside the schema's missingValues.
  std::vector<std::string> missing;
};

struct Mapping {
  std::vector<FieldMapping> fields;  // fields not named come from the column of their own name
  std::vector<std::string> ignore;   // source columns that are knowingly dropped
};

}  // namespace sluice::intake
