// A database's text of a value, whatever its column is said to be: UTF-8 without NUL in the form
// that the intake's checkers know, or a problem with a rule.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "adapters/front_end/odbc/told_value.h"
#include "record/record_checker.h"
#include "record/value_syntax.h"
#include "tests/fuzz/record/demand.h"

namespace {

using namespace sluice::adapters::front_end::odbc;
namespace syntax = sluice::record::syntax;
using sluice::fuzz::demand;

constexpr std::array kinds = {ValueKind::text,     ValueKind::integer,        ValueKind::decimal,
                              ValueKind::floating, ValueKind::boolean,        ValueKind::date,
                              ValueKind::time,     ValueKind::timestamp,      ValueKind::guid,
                              ValueKind::binary,   ValueKind::zoned_timestamp};

void check(ValueKind kind, std::string_view text, std::string_view told) {
  std::string buffer;
  demand(sluice::record::is_valid_utf8(told), "what is told is UTF-8");
  demand(told.find('\0') == std::string_view::npos, "what is told has no NUL");
  switch (kind) {
    case ValueKind::date:
      demand(syntax::date(told).has_value(), "a date is one");
      break;
    case ValueKind::timestamp:
    case ValueKind::zoned_timestamp:
      demand(syntax::datetime(told, buffer) == told, "a moment is canonical");
      break;
    case ValueKind::decimal: {
      std::string other;
      const auto before = syntax::number(text, {}, buffer);
      demand(!before || syntax::number(told, {}, other) == before, "a number stays the same");
      break;
    }
    case ValueKind::binary:
      demand(told.size() == (text.size() + 2) / 3 * 4, "all bytes are in the base64");
      break;
    case ValueKind::text:
      demand(told == text, "text stays as it is");
      break;
    default:
      break;
  }
}

void try_number(std::string_view text) {
  const std::string terminated(text);
  const double number = std::strtod(terminated.c_str(), nullptr);
  const std::string told = text_of(number);
  demand(!(number == number) || std::strtod(told.c_str(), nullptr) == number,
         "a float reads back as the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const std::array zones = {date::locate_zone("Asia/Shanghai"),
                                   date::locate_zone("America/New_York")};
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  const ValueKind kind = kinds[data[0] % kinds.size()];
  const SourceColumn column{.name = "column", .kind = kind};
  std::string buffer;
  const auto told = tell(column, text, *zones[data[0] / kinds.size() % zones.size()], buffer);
  if (told) {
    check(kind, text, *told);
  } else {
    demand(!told.error().rule.empty() && !told.error().sentence.empty(),
           "a problem has a rule and a sentence");
  }
  try_number(text);
  return 0;
}
