// When a task is due, as people write it: in a form, in a command, in a sheet that went through a
// spreadsheet. And the days of a node, which its figures are of.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include <date/tz.h>

#include "record/failure.h"
#include "record/time.h"
#include "settings/settings.h"

namespace sluice::jobs {

// In which the node's people say times, and are told them.
[[nodiscard]] const date::time_zone& zone_of(const settings::Node& node);
// When the day began there.
[[nodiscard]] record::Time midnight(record::Time now, const date::time_zone& zone);

// "2026-11-29T12:00" or "2026-11-29 12:00", with `/` for `-`, one digit for two, seconds: in the
// zone. "2026-11-29": to the end of that day. "2026-11-29T12:00:00+08:00" (RFC 3339): as it says.
// Empty: never.
[[nodiscard]] std::expected<std::optional<record::Time>, record::Flaw> due_time(
    std::string_view text, const date::time_zone& zone);

// From the lowest, which is its negative; higher ones first.
inline constexpr std::int64_t highest_priority = 100;

// "2026-11-29T12:00:00+08:00" or with Z (RFC 3339), and nothing that leaves the zone open. Nothing
// where it is not such a time.
[[nodiscard]] std::optional<record::Time> time_with_offset(std::string_view text);

// A whole number from -100 to 100; empty: 0.
[[nodiscard]] std::expected<std::int64_t, record::Flaw> task_priority(std::string_view text);

}  // namespace sluice::jobs
