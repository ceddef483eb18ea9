#include "schedule/cron.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include <fmt/format.h>

namespace sluice::schedule {
namespace {

using Error = std::unexpected<Misreading>;

struct Field {
  const char* name;
  int least;
  int most;
  std::vector<std::string_view> words;  // for least, least + 1 …
};

const std::array<Field, 5> fields = {
    {{"minute", 0, 59, {}},
     {"hour", 0, 23, {}},
     {"day of the month", 1, 31, {}},
     {"month",
      1,
      12,
      {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}},
     {"day of the week", 0, 7, {"sun", "mon", "tue", "wed", "thu", "fri", "sat"}}}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> names = {
    {{"@hourly", "0 * * * *"},
     {"@daily", "0 0 * * *"},
     {"@weekly", "0 0 * * 0"},
     {"@monthly", "0 0 1 * *"},
     {"@yearly", "0 0 1 1 *"}}};

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = std::min(text.find(separator), text.size());
    parts.push_back(text.substr(0, end));
    if (end == text.size()) return parts;
    text.remove_prefix(end + 1);
  }
}

std::optional<int> number_of(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_whole = error == std::errc{} && end == text.data() + text.size() && !text.empty();
  return is_whole ? std::optional(number) : std::nullopt;
}

std::optional<int> value_of(const Field& field, std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  const auto word = std::ranges::find(field.words, std::string_view(lower));
  if (word != field.words.end()) return field.least + static_cast<int>(word - field.words.begin());
  const auto number = number_of(text);
  return number && *number >= field.least && *number <= field.most ? number : std::nullopt;
}

// One of a list's parts: `*`, `5`, `1-5`, each with `/step` behind it.
std::expected<void, Misreading> parse_part(const Field& field, std::string_view part,
                                           std::vector<int>& values) {
  const auto bad = [&](std::string_view expected) {
    return Error({fmt::format("`{}` for the {}", part, field.name), std::string(expected)});
  };
  const auto halves = split(part, '/');
  const auto step = halves.size() == 1 ? std::optional(1) : number_of(halves[1]);
  if (halves.size() > 2 || !step || *step < 1 || *step > field.most) {
    return bad(fmt::format("a step of 1 to {} behind the slash", field.most));
  }
  int first = field.least;
  int last = field.most;
  if (halves[0] != "*") {
    const auto ends = split(halves[0], '-');
    const auto from = value_of(field, ends[0]);
    const auto to = ends.size() == 2 ? value_of(field, ends[1]) : from;
    if (!from || !to || ends.size() > 2) {
      return bad(fmt::format("numbers of {} to {}{}", field.least, field.most,
                             field.words.empty() ? "" : " or names of three letters"));
    }
    if (*from > *to) return bad("a range that begins with the smaller one");
    first = *from;
    // `5/10` means from 5 on.
    last = ends.size() == 1 && halves.size() == 2 ? field.most : *to;
  }
  for (int value = first; value <= last; value += *step)
    values.push_back(value);
  return {};
}

std::expected<std::vector<int>, Misreading> parse_field(const Field& field, std::string_view text) {
  std::vector<int> values;
  for (const std::string_view part : split(text, ',')) {
    if (auto parsed = parse_part(field, part, values); !parsed) return Error(parsed.error());
  }
  return values;
}

template <std::size_t size>
void set_all(std::bitset<size>& bits, const std::vector<int>& values) {
  for (const int value : values)
    bits.set(static_cast<std::size_t>(value));
}

// Whether the date can ever come: February has 29 days at most.
bool can_come(const Fields& parsed) {
  if (!parsed.days_are_limited || parsed.week_days_are_limited) return true;
  constexpr std::array<std::size_t, 13> longest = {0,  31, 29, 31, 30, 31, 30,
                                                   31, 31, 30, 31, 30, 31};
  for (std::size_t month = 1; month <= 12; ++month) {
    if (!parsed.months.test(month)) continue;
    for (std::size_t day = 1; day <= longest.at(month); ++day) {
      if (parsed.days.test(day)) return true;
    }
  }
  return false;
}

std::expected<Cron, Misreading> parse_fields(std::string_view text) {
  std::vector<std::string_view> words = split(text, ' ');
  std::erase(words, std::string_view());
  if (words.size() != fields.size()) {
    return Error({fmt::format("{} fields (`{}`)", words.size(), text),
                  "five: minute, hour, day of the month, month, day of the week, such as "
                  "`*/5 8-18 * * mon-fri`; or `@every 30s`;"});
  }
  std::array<std::vector<int>, 5> values;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    auto parsed = parse_field(fields.at(i), words[i]);
    if (!parsed) return Error(parsed.error());
    values.at(i) = std::move(*parsed);
  }
  // Sunday may be written 7.
  for (int& day : values[4])
    day %= 7;
  Fields parsed;
  set_all(parsed.minutes, values[0]);
  set_all(parsed.hours, values[1]);
  set_all(parsed.days, values[2]);
  set_all(parsed.months, values[3]);
  set_all(parsed.week_days, values[4]);
  parsed.days_are_limited = !words[2].starts_with('*');
  parsed.week_days_are_limited = !words[4].starts_with('*');
  if (!can_come(parsed)) {
    return Error({fmt::format("`{}`, a date that never comes", text), "one that does"});
  }
  return parsed;
}

std::expected<Cron, Misreading> parse_every(std::string_view text) {
  constexpr std::chrono::seconds longest = std::chrono::hours(24 * 366);
  const auto bad = [&] {
    return Error({fmt::format("`{}` behind @every", text),
                  "a whole number and s, m, h or d, at least 1s and at most a year,"});
  };
  if (text.size() < 2) return bad();
  const auto number = number_of(text.substr(0, text.size() - 1));
  constexpr std::string_view units = "smhd";
  constexpr std::array<int, 4> seconds = {1, 60, 3600, 86400};
  const std::size_t unit = units.find(text.back());
  if (!number || *number < 1 || unit == std::string_view::npos) return bad();
  const std::chrono::seconds interval{std::int64_t{*number} * seconds.at(unit)};
  if (interval > longest) return bad();
  return Every{interval};
}

bool day_matches(const Fields& cron, const date::year_month_day& day, date::weekday week_day) {
  if (!cron.months.test(static_cast<unsigned>(day.month()))) return false;
  const bool by_month = cron.days.test(static_cast<unsigned>(day.day()));
  const bool by_week = cron.week_days.test(week_day.c_encoding());
  if (cron.days_are_limited && cron.week_days_are_limited) return by_month || by_week;
  return by_month && by_week;
}

}  // namespace

std::expected<Cron, Misreading> parse_cron(std::string_view text) {
  constexpr std::string_view every = "@every ";
  if (text.starts_with(every)) return parse_every(text.substr(every.size()));
  const auto named = std::ranges::find(names, text, [](const auto& pair) { return pair.first; });
  if (named != names.end()) return parse_fields(named->second);
  if (text.starts_with('@')) {
    return Error({fmt::format("`{}`", text),
                  "`@every 30s`, @hourly, @daily, @weekly, @monthly or @yearly, or five fields,"});
  }
  return parse_fields(text);
}

Moment next_after(const Cron& cron, Moment after, const date::time_zone& zone) {
  if (const auto* every = std::get_if<Every>(&cron)) return after + every->interval;
  const auto& wanted = std::get<Fields>(cron);
  // `0 0 29 2 */6`, a leap day on a weekend: 28 years apart, and 40 over 2100, which has none.
  constexpr int longest_wait_days = 366 * 41;
  const date::local_seconds local = zone.to_local(after);
  date::local_days day = date::floor<date::days>(local);
  for (int passed = 0; passed < longest_wait_days; ++passed, day += date::days(1)) {
    if (!day_matches(wanted, date::year_month_day(day), date::weekday(day))) continue;
    for (std::size_t hour = 0; hour < 24; ++hour) {
      if (!wanted.hours.test(hour)) continue;
      for (std::size_t minute = 0; minute < 60; ++minute) {
        if (!wanted.minutes.test(minute)) continue;
        const date::local_seconds at =
            day + std::chrono::hours(hour) + std::chrono::minutes(minute);
        const auto moment =
            date::floor<std::chrono::seconds>(zone.to_sys(at, date::choose::earliest));
        if (moment > after) return moment;
      }
    }
  }
  return Moment::max();
}

}  // namespace sluice::schedule
