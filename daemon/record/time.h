// A moment, as everything that is signed, kept or told says it.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::record {

using Time = std::chrono::sys_time<std::chrono::milliseconds>;

// RFC 3339 in UTC with milliseconds: 2026-11-23T04:44:00.000Z.
[[nodiscard]] std::string to_string(Time time);
[[nodiscard]] std::optional<Time> parse_time(std::string_view text);

}  // namespace sluice::record
