// The name that whatever is signed bears in its first member, as `sluice-batch/1`: a kind and a
// number. A higher number than the reader knows is of a later version: nothing is wrong with the
// text, and the reader is to be upgraded.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>

namespace sluice::record {

// The number, where the name is of this kind and in no other way odd.
[[nodiscard]] inline std::optional<std::uint32_t> format_number(std::string_view name,
                                                                std::string_view kind) {
  if (!name.starts_with(kind) || name.substr(kind.size(), 1) != "/") return std::nullopt;
  const std::string_view digits = name.substr(kind.size() + 1);
  std::uint32_t number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stopped, error] = std::from_chars(digits.data(), end, number);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return number;
}

// `newest`: the name of the latest that the reader knows. Such a name is harmless to print.
[[nodiscard]] inline bool is_later_format(std::string_view name, std::string_view newest) {
  const std::string_view kind = newest.substr(0, newest.find('/'));
  const auto found = format_number(name, kind);
  return found && *found > format_number(newest, kind).value_or(0);
}

}  // namespace sluice::record
