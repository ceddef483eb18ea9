// How configuration writes amounts: a size as 8MiB, a duration as 30s, a share as 5%.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::settings {

// Nothing where the text is not an amount of the kind, or too large for it.
[[nodiscard]] std::optional<std::uint64_t> parse_count(std::string_view text);
[[nodiscard]] std::optional<std::uint64_t> parse_bytes(std::string_view text);
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
[[nodiscard]] std::optional<double> parse_share(std::string_view text);  // 0 to 1

}  // namespace sluice::settings
