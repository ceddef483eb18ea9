#include "settings/quantity.h"

#include <array>
#include <charconv>
#include <cmath>
#include <span>

namespace sluice::settings {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::array byte_units = {Unit{"", 1},
                                   Unit{"B", 1},
                                   Unit{"KiB", 1ULL << 10},
                                   Unit{"MiB", 1ULL << 20},
                                   Unit{"GiB", 1ULL << 30},
                                   Unit{"TiB", 1ULL << 40}};
// No bare number: nobody can tell seconds from milliseconds.
constexpr std::array time_units = {Unit{"ms", 1}, Unit{"s", 1000}, Unit{"m", 60'000},
                                   Unit{"h", 3'600'000}, Unit{"d", 86'400'000}};
// Ten years: what adds a duration to the time of day does not overflow.
constexpr std::uint64_t longest_duration = 3650ULL * 86'400'000;

std::optional<std::uint64_t> with_unit(std::string_view text, std::span<const Unit> units,
                                       std::uint64_t most) {
  std::uint64_t value = 0;
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, value);
  if (error != std::errc{}) return std::nullopt;
  std::string_view rest(end, static_cast<std::size_t>(last - end));
  while (rest.starts_with(' '))
    rest.remove_prefix(1);
  for (const Unit& unit : units) {
    if (rest != unit.name) continue;
    if (value > most / unit.factor) return std::nullopt;
    return value * unit.factor;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> parse_count(std::string_view text) {
  return with_unit(text, std::array{Unit{"", 1}}, INT64_MAX);
}

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
  return with_unit(text, byte_units, INT64_MAX);
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const auto value = with_unit(text, time_units, longest_duration);
  if (!value) return std::nullopt;
  return std::chrono::milliseconds(*value);
}

std::optional<double> parse_share(std::string_view text) {
  const bool percent = text.ends_with('%');
  if (percent) text.remove_suffix(1);
  double value = 0;
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, value, std::chars_format::fixed);
  if (error != std::errc{} || end != last) return std::nullopt;
  if (percent) value /= 100;
  if (std::isnan(value) || value < 0 || value > 1) return std::nullopt;
  return value;
}

}  // namespace sluice::settings
