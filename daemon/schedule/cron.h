// When something runs: the five fields of cron (as Vixie's cron reads them), its @ names, or
// `@every 30s`. Debian has no library for it.
#pragma once

#include <array>
#include <bitset>
#include <chrono>
#include <expected>
#include <string_view>
#include <variant>

#include <date/tz.h>

#include "schedule/misreading.h"

namespace sluice::schedule {

// Minutes, hours, days of the month and months in local time, and days of the week, 0 is Sunday.
struct Fields {
  std::bitset<60> minutes;
  std::bitset<24> hours;
  std::bitset<32> days;      // 1 to 31
  std::bitset<13> months;    // 1 to 12
  std::bitset<7> week_days;  // 0 to 6
  // Where both are limited, either will do: cron's own rule.
  bool days_are_limited = false;
  bool week_days_are_limited = false;
  friend bool operator==(const Fields&, const Fields&) = default;
};

struct Every {
  std::chrono::seconds interval{0};
  friend bool operator==(const Every&, const Every&) = default;
};

using Cron = std::variant<Every, Fields>;

// The error says which field was found to be what. A date that never comes (`0 0 31 2 *`) is one.
[[nodiscard]] std::expected<Cron, Misreading> parse_cron(std::string_view text);

using Moment = date::sys_seconds;

// The first moment after `after`. Local times that the zone leaves out when its clocks go forward
// run once, at the moment of the jump; those that come twice run once, the first time.
// For @every: an interval after `after`.
[[nodiscard]] Moment next_after(const Cron& cron, Moment after, const date::time_zone& zone);

}  // namespace sluice::schedule
