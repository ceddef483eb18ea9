#include "pages/view/wording.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace sluice::pages {
namespace {

using std::chrono::duration_cast;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// The largest unit of which there are at least two, as a key ends with it; seconds otherwise.
struct Amount {
  std::string_view unit;
  long long count;
};
Amount amount(milliseconds duration) {
  constexpr std::array<std::pair<std::string_view, seconds>, 3> units = {
      {{"days", hours(24)}, {"hours", hours(1)}, {"minutes", minutes(1)}}};
  for (const auto& [name, unit] : units) {
    if (duration >= 2 * unit) return {name, duration / milliseconds(unit)};
  }
  return {"seconds", duration_cast<seconds>(duration).count()};
}

std::string local_text(const char* format, record::Time moment, const date::time_zone& zone) {
  return date::format(format, zone.to_local(date::floor<seconds>(moment)));
}

}  // namespace

std::string Wording::text(const std::string& key, std::initializer_list<Named> values) const {
  const std::string* found = texts_.find(language_, key);
  if (found == nullptr) return {};
  return fill(*found, [values](std::string_view name) {
    const auto* value = std::ranges::find(values, name, &Named::first);
    return value == values.end() ? std::string() : value->second;
  });
}

std::string Wording::word(std::string_view family, std::string_view word) const {
  const std::string* found = texts_.find(language_, fmt::format("{}{}", family, word));
  return found == nullptr ? std::string(word) : *found;
}

std::string Wording::number(std::uint64_t number) const {
  std::string digits = std::to_string(number);
  for (std::size_t i = digits.size(); i > 3; i -= 3)
    digits.insert(i - 3, 1, ',');
  return digits;
}

std::string Wording::bytes(std::uint64_t bytes) const {
  constexpr std::array<std::string_view, 5> units = {"B", "KiB", "MiB", "GiB", "TiB"};
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; size >= 1024 && unit + 1 < units.size(); ++unit)
    size /= 1024;
  return fmt::format("{:.{}f} {}", size, unit == 0 || size >= 100 ? 0 : 1, units[unit]);
}

std::string Wording::duration(milliseconds duration) const {
  duration = std::max(duration, milliseconds(0));
  if (duration < seconds(10)) {
    const double length = static_cast<double>(duration.count()) / 1000;
    return text("duration.seconds", {{"n", fmt::format("{:.1f}", length)}});
  }
  const auto [unit, count] = amount(duration);
  return fill(word("duration.", unit),
              [count = count](std::string_view) { return std::to_string(count); });
}

std::string Wording::age(record::Time moment) const {
  const milliseconds passed = std::max(now_ - moment, milliseconds(0));
  const auto [unit, count] = amount(passed);
  return fill(word("age.", unit),
              [count = count](std::string_view) { return std::to_string(count); });
}

std::string Wording::moment(record::Time moment) const {
  if (local_text("%F", moment, zone_) == local_text("%F", now_, zone_))
    return local_text("%T", moment, zone_);
  const bool is_this_year = local_text("%Y", moment, zone_) == local_text("%Y", now_, zone_);
  return local_text(is_this_year ? "%m-%d %H:%M" : "%F %H:%M", moment, zone_);
}

std::string Wording::whole(record::Time moment) const {
  return local_text("%F %T", moment, zone_);
}

std::string Wording::zone() const {
  const auto offset = zone_.get_info(date::floor<seconds>(now_)).offset;
  const auto distance = duration_cast<minutes>(offset < seconds(0) ? -offset : offset).count();
  return fmt::format("{} (UTC{}{:02}:{:02})", zone_.name(), offset < seconds(0) ? '-' : '+',
                     distance / 60, distance % 60);
}

Values Wording::told(record::Time moment, const std::string& shortly) const {
  return Values()
      .text("iso", record::to_string(moment))
      .text("full", whole(moment))
      .text("short", shortly);
}

Values Wording::at(record::Time moment) const {
  return told(moment, this->moment(moment));
}

Values Wording::since(record::Time moment) const {
  return told(moment, age(moment));
}

std::optional<Values> Wording::at(const std::optional<record::Time>& moment) const {
  if (!moment) return std::nullopt;
  return at(*moment);
}

std::optional<Values> Wording::since(const std::optional<record::Time>& moment) const {
  if (!moment) return std::nullopt;
  return since(*moment);
}

std::optional<Values> Wording::lasting(const std::optional<record::Time>& since) const {
  if (!since) return std::nullopt;
  return told(*since, duration(now_ - *since));
}

}  // namespace sluice::pages
