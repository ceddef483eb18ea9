#include "schedule/blackout.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

namespace sluice::schedule {
namespace {

constexpr std::array<std::string_view, 7> days = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
constexpr std::chrono::minutes day_length = std::chrono::hours(24);

std::optional<std::chrono::minutes> time_of(std::string_view text) {
  const auto digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '9'; };
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  if (!digit(0) || !digit(1) || !digit(3) || !digit(4)) return std::nullopt;
  const int hours = (text[0] - '0') * 10 + (text[1] - '0');
  const int minutes = (text[3] - '0') * 10 + (text[4] - '0');
  if (minutes > 59 || hours > 24 || (hours == 24 && minutes > 0)) return std::nullopt;
  return std::chrono::hours(hours) + std::chrono::minutes(minutes);
}

// `mon`, `mon-fri`, `fri-mon` (over the week's end).
std::optional<std::bitset<7>> days_of(std::string_view text) {
  const std::size_t dash = std::min(text.find('-'), text.size());
  const auto first = std::ranges::find(days, text.substr(0, dash));
  const auto last = dash == text.size() ? first : std::ranges::find(days, text.substr(dash + 1));
  if (first == days.end() || last == days.end()) return std::nullopt;
  std::bitset<7> chosen;
  for (std::size_t day = static_cast<std::size_t>(first - days.begin());; day = (day + 1) % 7) {
    chosen.set(day);
    if (day == static_cast<std::size_t>(last - days.begin())) return chosen;
  }
}

}  // namespace

std::expected<Blackout, Misreading> parse_blackout(std::string_view text) {
  const auto bad = [&] {
    return std::unexpected(
        Misreading{fmt::format("`{}`", text),
                   "hours in which nothing runs, such as `12:00-13:30`, `22:00-06:00` or `mon-fri "
                   "08:00-18:00`,"});
  };
  Blackout blackout;
  std::string_view hours = text;
  if (const std::size_t blank = text.find(' '); blank != std::string_view::npos) {
    const auto chosen = days_of(text.substr(0, blank));
    if (!chosen) return bad();
    blackout.week_days = *chosen;
    hours = text.substr(blank + 1);
  }
  const std::size_t dash = std::min(hours.find('-'), hours.size());
  const auto from = time_of(hours.substr(0, dash));
  const auto to = dash < hours.size() ? time_of(hours.substr(dash + 1)) : std::nullopt;
  if (!from || !to || *from == *to || *from == day_length) return bad();
  blackout.from = *from;
  blackout.to = *to;
  return blackout;
}

bool covers(const Blackout& blackout, date::sys_seconds moment, const date::time_zone& zone) {
  const date::local_seconds local = zone.to_local(moment);
  const date::local_days day = date::floor<date::days>(local);
  const auto since_midnight = local - day;
  const auto begins_on = [&](date::local_days date) {
    return blackout.week_days.test(date::weekday(date).c_encoding());
  };
  if (blackout.from < blackout.to) {
    return begins_on(day) && since_midnight >= blackout.from && since_midnight < blackout.to;
  }
  return (begins_on(day) && since_midnight >= blackout.from) ||
         (begins_on(day - date::days(1)) && since_midnight < blackout.to);
}

}  // namespace sluice::schedule
