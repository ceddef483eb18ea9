// The steps on any text: what they give is text still, and those that tidy up do nothing twice.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "intake/conversion.h"
#include "record/record_checker.h"
#include "record/value_syntax.h"
#include "tests/fuzz/record/demand.h"

namespace {

using namespace sluice::intake;
using sluice::fuzz::demand;

void tidies_once(const Step& step, std::string_view text) {
  std::string first_buffer;
  std::string second_buffer;
  const auto first = convert(step, text, first_buffer);
  demand(first.has_value(), "tidying never fails");
  demand(sluice::record::is_valid_utf8(*first), "text stays text");
  const auto second = convert(step, *first, second_buffer);
  demand(second && *second == *first, "tidying twice changes nothing");
}

void reads_real_dates(const std::string& format, std::string_view text, bool has_time) {
  std::string buffer;
  std::string canonical;
  const auto date = convert(step::DateFormat{format}, text, buffer);
  if (!date) return;
  if (!has_time) {
    demand(sluice::record::syntax::date(*date).has_value(), "a date is ISO 8601");
  } else {
    demand(date->size() == 25, "a moment is ISO 8601 with its offset");
  }
}

void reads_plain_sums(std::string_view text) {
  const auto money = read_money(text);
  if (!money) {
    demand(money.error().rule == "amount", "a refusal names its rule");
    return;
  }
  std::string buffer;
  demand(sluice::record::syntax::number(money->amount, {}, buffer).has_value(),
         "an amount is a number");
  demand(money->amount.find_first_not_of("0123456789.") == std::string::npos,
         "an amount has digits and a point only");
  demand(money->currency.size() == 3, "a currency has three letters");
  const auto again = read_money(money->amount);
  demand(!again || again->amount == money->amount, "an amount is its own amount");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // The door lets nothing else in.
  if (!sluice::record::is_valid_utf8(text) || text.find('\0') != std::string_view::npos) return 0;
  tidies_once(step::Trim{}, text);
  tidies_once(step::HalfWidth{}, text);
  tidies_once(step::UpperCase{}, text);
  reads_plain_sums(text);
  for (const char* format : {"%Y年%m月%d日", "%Y-%m-%d", "%d %b %y", "%Y%j"}) {
    reads_real_dates(format, text, false);
  }
  for (const char* format : {"%Y/%m/%d %H:%M", "%Y-%m-%dT%H:%M:%S%z", "%F %I:%M %p"}) {
    reads_real_dates(format, text, true);
  }
  return 0;
}
