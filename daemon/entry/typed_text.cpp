#include "entry/typed_text.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <optional>

#include <fmt/format.h>

#include "intake/conversion.h"

namespace sluice::entry {
namespace {

// Nothing where it is neither a date nor a moment in UTC.
std::optional<std::chrono::sys_seconds> moment_of(std::string_view canonical) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hours = 0;
  int minutes = 0;
  int seconds = 0;
  const std::string text(canonical);
  const int read = std::sscanf(text.c_str(), "%4d-%2u-%2uT%2d:%2d:%2d", &year, &month, &day, &hours,
                               &minutes, &seconds);
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  if (read < 3 || !date.ok()) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(hours) + std::chrono::minutes(minutes) +
         std::chrono::seconds(seconds);
}

std::string written_by(const std::string& format, std::chrono::sys_seconds moment) {
  const std::time_t time = std::chrono::system_clock::to_time_t(moment);
  std::tm parts{};
  gmtime_r(&time, &parts);
  std::array<char, 200> text{};
  return {text.data(), std::strftime(text.data(), text.size(), format.c_str(), &parts)};
}

// A mapping reads a time that does not say its zone as China Standard Time.
void add_by_format(std::vector<std::string>& ways, const std::string& format,
                   std::string_view canonical) {
  const auto moment = moment_of(canonical);
  if (!moment) return;
  const bool is_a_day = canonical.find('T') == std::string_view::npos;
  if (!is_a_day) ways.push_back(written_by(format, *moment + std::chrono::hours(8)));
  ways.push_back(written_by(format, *moment));
}

}  // namespace

std::vector<std::string> ways_to_type(const FormField& field, const KeptValue& value) {
  std::vector<std::string> ways;
  std::string plain(value.canonical);
  switch (field.control) {
    case Control::code_table:
      // As the list of codes puts it into the field.
      if (const CodeEntry* meant =
              value.codes == nullptr ? nullptr : value.codes->meant_by(value.canonical)) {
        ways.push_back(fmt::format("{} {}", meant->code, meant->name));
      }
      break;
    case Control::yes_no:
    case Control::choice:
      // Only what can be chosen; the value itself first, which it mostly is.
      for (const Choice& choice : field.choices)
        ways.push_back(choice.value);
      if (const auto same = std::ranges::find(ways, plain); same != ways.end()) {
        std::rotate(ways.begin(), same, same + 1);
      }
      return ways;
    case Control::amount:
      if (!value.currency.empty()) {
        ways.push_back(plain + std::string(intake::name_of_currency(value.currency)));
      }
      break;
    case Control::number:
      std::ranges::replace(plain, '.', value.decimal_char);
      break;
    case Control::datetime:
      add_by_format(ways, "%Y-%m-%dT%H:%M", value.canonical);
      break;
    case Control::text:
      if (!field.date_format.empty()) add_by_format(ways, field.date_format, value.canonical);
      break;
    case Control::date:
    case Control::long_text:
      break;
  }
  ways.push_back(std::move(plain));
  return ways;
}

}  // namespace sluice::entry
