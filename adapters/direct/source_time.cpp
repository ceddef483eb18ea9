#include "adapters/direct/source_time.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include "record/manifest.h"

namespace sluice::adapters::direct {
namespace {

std::optional<int> number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

// Takes ".123456789" off the front of `rest`, if it is there.
std::optional<std::chrono::milliseconds> take_fraction(std::string_view& rest) {
  if (!rest.starts_with('.')) return std::chrono::milliseconds(0);
  const std::size_t end = std::min(rest.find_first_not_of("0123456789", 1), rest.size());
  if (end == 1) return std::nullopt;
  int value = 0;
  for (std::size_t i = 1; i < 4; ++i)
    value = value * 10 + (i < end ? rest[i] - '0' : 0);
  rest.remove_prefix(end);
  return std::chrono::milliseconds(value);
}

// "Z" or "+08:00", and nothing after it.
std::optional<std::chrono::minutes> offset(std::string_view text) {
  if (text == "Z" || text == "z") return std::chrono::minutes(0);
  if (text.size() != 6 || text[3] != ':' || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const auto hours = number(text.substr(1, 2));
  const auto minutes = number(text.substr(4, 2));
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const auto east = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
  return text[0] == '+' ? east : -east;
}

std::optional<record::Time> parse(std::string_view text) {
  constexpr std::string_view shape = "0000-00-00T00:00:00";
  if (text.size() <= shape.size()) return std::nullopt;
  for (const std::size_t i : {4U, 7U, 13U, 16U}) {
    if (text[i] != shape[i]) return std::nullopt;
  }
  if (text[10] != 'T' && text[10] != 't') return std::nullopt;
  const auto year = number(text.substr(0, 4));
  const auto month = number(text.substr(5, 2));
  const auto day = number(text.substr(8, 2));
  const auto hour = number(text.substr(11, 2));
  const auto minute = number(text.substr(14, 2));
  const auto second = number(text.substr(17, 2));
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  if (*hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok()) return std::nullopt;
  std::string_view rest = text.substr(shape.size());
  const auto fraction = take_fraction(rest);
  if (!fraction) return std::nullopt;
  const auto east = offset(rest);
  if (!east) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(*second) + *fraction - *east;
}

// An offset can carry a time over the edge of what four digits of a year can say.
bool has_four_digit_year(record::Time time) {
  const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(time));
  return date.year() >= std::chrono::year(0) && date.year() <= std::chrono::year(9999);
}

}  // namespace

std::expected<std::string_view, std::string> source_time(std::string_view text,
                                                         std::string& buffer) {
  if (text.size() == 24 && text.ends_with('Z') && record::parse_time(text)) return text;
  const auto time = parse(text);
  if (!time || !has_four_digit_year(*time)) {
    return std::unexpected(
        "the time at the source is not an RFC 3339 date and time; expected one such as "
        "2026-11-23T12:44:00+08:00");
  }
  const std::size_t begin = buffer.size();
  buffer += record::to_string(*time);
  return std::string_view(buffer).substr(begin);
}

}  // namespace sluice::adapters::direct
