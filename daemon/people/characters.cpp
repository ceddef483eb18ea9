#include "people/characters.h"

#include <algorithm>
#include <cstdint>

#include "record/record_checker.h"

namespace sluice::people {
namespace {

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

// The code point at the beginning of valid UTF-8, if it has at most three bytes; no control
// character has four that is not a tag of an emoji.
std::uint32_t first_code_point(std::string_view text) {
  const auto byte = [&](std::size_t at) {
    return std::uint32_t{static_cast<unsigned char>(text[at])};
  };
  if (byte(0) < 0x80) return byte(0);
  if (byte(0) < 0xE0) return (byte(0) & 0x1FU) << 6U | (byte(1) & 0x3FU);
  if (byte(0) >= 0xF0) return 0xFFFD;
  return (byte(0) & 0x0FU) << 12U | (byte(1) & 0x3FU) << 6U | (byte(2) & 0x3FU);
}

bool is_control(std::uint32_t point) {
  return point < 0x20 || (point >= 0x7F && point <= 0x9F) ||  // Cc
         point == 0x61C || point == 0x200E || point == 0x200F ||
         (point >= 0x2028 && point <= 0x202E) ||  // separators, embeddings and overrides
         (point >= 0x2066 && point <= 0x2069) ||  // isolates
         point == 0xFEFF;
}

}  // namespace

std::optional<std::size_t> characters_of(std::string_view text) {
  if (!record::is_valid_utf8(text)) return std::nullopt;
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return !is_continuation(c); }));
}

bool has_control_characters(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!is_continuation(text[at]) && is_control(first_code_point(text.substr(at)))) return true;
  }
  return false;
}

}  // namespace sluice::people
