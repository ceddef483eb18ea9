// Hours in which nothing is to run: `12:00-13:30`, over midnight `22:00-06:00`, on some days only
// `mon-fri 08:00-18:00`; local time, the end not included.
#pragma once

#include <bitset>
#include <chrono>
#include <expected>
#include <string_view>

#include <date/tz.h>

#include "schedule/misreading.h"

namespace sluice::schedule {

struct Blackout {
  std::chrono::minutes from{0};
  std::chrono::minutes to{0};       // of the next day where it is not after `from`
  std::bitset<7> week_days = 0x7F;  // on which it begins; 0 is Sunday
  friend bool operator==(const Blackout&, const Blackout&) = default;
};

[[nodiscard]] std::expected<Blackout, Misreading> parse_blackout(std::string_view text);

[[nodiscard]] bool covers(const Blackout& blackout, date::sys_seconds moment,
                          const date::time_zone& zone);

}  // namespace sluice::schedule
