#include "adapters/front_end/watermark.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <limits>

#include <fmt/format.h>

namespace sluice::adapters::front_end {
namespace {

constexpr std::int64_t microseconds_in_second = 1'000'000;
constexpr std::int64_t microseconds_in_day = 86'400 * microseconds_in_second;
// 0001-01-01, which every database can write.
constexpr std::int64_t first_moment =
    std::chrono::sys_days(std::chrono::year{1} / 1 / 1).time_since_epoch().count() *
    microseconds_in_day;

// Takes exactly `digits` digits from the front.
std::optional<int> take_digits(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(0, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::int64_t> take_date(std::string_view& text) {
  const auto year = take_digits(text, 4);
  if (!year || !take(text, "-")) return std::nullopt;
  const auto month = take_digits(text, 2);
  if (!month || !take(text, "-")) return std::nullopt;
  const auto day = take_digits(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok() || *year == 0) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count() * microseconds_in_day;
}

// The fraction of a second in microseconds; what is finer is cut, so that a window begins early
// rather than late.
std::optional<std::int64_t> take_fraction(std::string_view& text) {
  if (!take(text, ".")) return 0;
  std::int64_t value = 0;
  std::size_t digits = 0;
  for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1)) {
    if (digits++ < 6) value = value * 10 + (text.front() - '0');
  }
  if (digits == 0) return std::nullopt;
  for (; digits < 6; ++digits)
    value *= 10;
  return value;
}

std::optional<std::int64_t> take_time(std::string_view& text) {
  const auto hour = take_digits(text, 2);
  if (!hour || *hour > 23 || !take(text, ":")) return std::nullopt;
  const auto minute = take_digits(text, 2);
  if (!minute || *minute > 59 || !take(text, ":")) return std::nullopt;
  const auto second = take_digits(text, 2);
  if (!second || *second > 60) return std::nullopt;
  const auto fraction = take_fraction(text);
  if (!fraction) return std::nullopt;
  return ((*hour * 60 + *minute) * 60 + *second) * microseconds_in_second + *fraction;
}

}  // namespace

std::optional<Watermark> parse_watermark(WatermarkKind kind, std::string_view text) {
  if (kind == WatermarkKind::number) {
    Watermark number;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number.value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
  }
  const auto date = take_date(text);
  if (!date) return std::nullopt;
  if (text.empty()) return Watermark{*date};
  if (!take(text, " T")) return std::nullopt;
  const auto time = take_time(text);
  if (!time || !text.empty()) return std::nullopt;
  return Watermark{*date + *time};
}

std::string to_text(WatermarkKind kind, Watermark watermark) {
  if (kind == WatermarkKind::number) return fmt::to_string(watermark.value);
  using namespace std::chrono;
  const sys_time<microseconds> moment{microseconds(watermark.value)};
  const sys_days day = floor<days>(moment);
  const year_month_day date(day);
  std::string text =
      fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  if (kind == WatermarkKind::date) return text;
  const hh_mm_ss time(moment - day);
  text += fmt::format(" {:02}:{:02}:{:02}.{:06}", time.hours().count(), time.minutes().count(),
                      time.seconds().count(), time.subseconds().count());
  return text;
}

Watermark shifted_back(WatermarkKind kind, Watermark watermark, std::int64_t by) {
  const std::int64_t least =
      kind == WatermarkKind::number ? std::numeric_limits<std::int64_t>::min() : first_moment;
  if (watermark.value < least + by) return {least};
  return {watermark.value - by};
}

}  // namespace sluice::adapters::front_end
