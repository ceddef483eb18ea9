#include "jobs/due_time.h"

#include <charconv>
#include <chrono>

namespace sluice::jobs {
namespace {

// Takes digits, at least one and at most so many, from the front of the text.
std::optional<int> take_number(std::string_view& text, std::size_t most_digits) {
  std::size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9')
    ++digits;
  if (digits == 0 || digits > most_digits) return std::nullopt;
  int number = 0;
  std::from_chars(text.data(), text.data() + digits, number);
  text.remove_prefix(digits);
  return number;
}

bool take(std::string_view& text, std::string_view one_of) {
  if (text.empty() || !one_of.contains(text.front())) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<date::local_days> take_day(std::string_view& text) {
  const auto year = take_number(text, 4);
  if (!year || *year < 1970) return std::nullopt;
  const char separator = text.empty() ? '\0' : text.front();
  if (!take(text, "-/")) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || text.empty() || text.front() != separator) return std::nullopt;
  text.remove_prefix(1);
  const auto day = take_number(text, 2);
  if (!day) return std::nullopt;
  const date::year_month_day found{date::year(*year), date::month(static_cast<unsigned>(*month)),
                                   date::day(static_cast<unsigned>(*day))};
  if (!found.ok()) return std::nullopt;
  return date::local_days(found);
}

// A fraction of a second as milliseconds.
std::optional<std::chrono::milliseconds> take_fraction(std::string_view& text) {
  std::chrono::milliseconds fraction(0);
  std::chrono::milliseconds digit_is(100);
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    fraction += (text.front() - '0') * digit_is;
    digit_is /= 10;
    text.remove_prefix(1);
  }
  return fraction;
}

std::optional<std::chrono::milliseconds> take_time_of_day(std::string_view& text) {
  const auto hours = take_number(text, 2);
  if (!hours || *hours > 23 || !take(text, ":")) return std::nullopt;
  const auto minutes = take_number(text, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  std::chrono::milliseconds time = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
  if (!take(text, ":")) return time;
  const auto seconds = take_number(text, 2);
  if (!seconds || *seconds > 59) return std::nullopt;
  time += std::chrono::seconds(*seconds);
  if (!take(text, ".")) return time;
  const auto fraction = take_fraction(text);
  if (!fraction) return std::nullopt;
  return time + *fraction;
}

std::optional<record::Time> local_time(std::string_view text, const date::time_zone& zone) {
  const auto day = take_day(text);
  if (!day) return std::nullopt;
  std::chrono::milliseconds time = std::chrono::hours(24);
  if (!text.empty()) {
    if (!take(text, "T ")) return std::nullopt;
    const auto found = take_time_of_day(text);
    if (!found || !text.empty()) return std::nullopt;
    time = *found;
  }
  const auto local = std::chrono::time_point_cast<std::chrono::milliseconds>(*day) + time;
  return zone.to_sys(local, date::choose::earliest);
}

}  // namespace

const date::time_zone& zone_of(const settings::Node& node) {
  return *date::locate_zone(node.pages ? node.pages->time_zone : settings::Pages().time_zone);
}

record::Time midnight(record::Time now, const date::time_zone& zone) {
  return zone.to_sys(date::floor<date::days>(zone.to_local(now)), date::choose::earliest);
}

std::optional<record::Time> time_with_offset(std::string_view text) {
  const auto day = take_day(text);
  if (!day || !take(text, "Tt ")) return std::nullopt;
  const auto time = take_time_of_day(text);
  if (!time) return std::nullopt;
  std::chrono::minutes offset(0);
  if (!take(text, "Zz")) {
    const int sign = text.starts_with('-') ? -1 : 1;
    if (!take(text, "+-")) return std::nullopt;
    const auto hours = take_number(text, 2);
    if (!hours || *hours > 23 || !take(text, ":")) return std::nullopt;
    const auto minutes = take_number(text, 2);
    if (!minutes || *minutes > 59) return std::nullopt;
    offset = sign * (std::chrono::hours(*hours) + std::chrono::minutes(*minutes));
  }
  if (!text.empty()) return std::nullopt;
  return record::Time(day->time_since_epoch()) + *time - offset;
}

std::expected<std::optional<record::Time>, record::Flaw> due_time(std::string_view text,
                                                                  const date::time_zone& zone) {
  if (text.empty()) return std::nullopt;
  if (const auto local = local_time(text, zone)) return local;
  if (const auto exact = time_with_offset(text)) return exact;
  return std::unexpected(record::Flaw{
      "expected a day and a time such as 2026-11-29 12:00, a day such as 2026-11-29, or nothing"});
}

std::expected<std::int64_t, record::Flaw> task_priority(std::string_view text) {
  if (text.empty()) return 0;
  if (text.front() == '+') text.remove_prefix(1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  if (is_number && number >= -highest_priority && number <= highest_priority) return number;
  return std::unexpected(record::Flaw{"a priority is a whole number from -100 to 100"});
}

}  // namespace sluice::jobs
