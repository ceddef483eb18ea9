// A watermark's values as numbers, so that one can be compared, shifted back by the look-back
// window, and written again as the database wrote it. What they mean is the database's affair: they
// are never held against this machine's clock.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::adapters::front_end {

enum class WatermarkKind { number, date, timestamp };

// Microseconds of the database's own calendar for dates and timestamps; the number itself else.
struct Watermark {
  std::int64_t value = 0;
  friend auto operator<=>(const Watermark&, const Watermark&) = default;
};

// Nothing where the text is no such value: a fraction, a year beyond 9999, more than 64 bits.
[[nodiscard]] std::optional<Watermark> parse_watermark(WatermarkKind kind, std::string_view text);

// As a parameter: `42`, `2026-11-23`, `2026-11-23 04:44:00.000000`. Dates are cut to the day.
[[nodiscard]] std::string to_text(WatermarkKind kind, Watermark watermark);

// Never below the smallest value that can be written.
[[nodiscard]] Watermark shifted_back(WatermarkKind kind, Watermark watermark, std::int64_t by);

}  // namespace sluice::adapters::front_end
