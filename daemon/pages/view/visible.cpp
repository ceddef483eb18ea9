#include "pages/view/visible.h"

#include <cstdint>

#include <fmt/format.h>

namespace sluice::pages {
namespace {

struct Character {
  char32_t code = 0;
  std::size_t bytes = 0;  // 0: no UTF-8
};

bool is_continuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

// The first character of a text that is not empty.
Character first_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return {lead, 1};
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < bytes) return {};
  char32_t code = lead & (0x7FU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if (!is_continuation(text[i])) return {};
    code = (code << 6U) | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  constexpr char32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < smallest[bytes] || code > 0x10FFFF || is_surrogate) return {};
  return {code, bytes};
}

// Marks, embeddings and isolates of the bidirectional algorithm, and what has no width.
bool hides_or_reorders(char32_t code) {
  return (code >= 0x200B && code <= 0x200F) || (code >= 0x202A && code <= 0x202E) ||
         (code >= 0x2060 && code <= 0x2069) || code == 0x061C || code == 0xFEFF ||
         (code >= 0x80 && code < 0xA0) || code == 0x2028 || code == 0x2029;
}

bool is_plain(std::string_view text) {
  for (const char byte : text) {
    const auto value = static_cast<unsigned char>(byte);
    if (value >= 0x7F || (value < 0x20 && byte != '\n' && byte != '\t')) return false;
  }
  return true;
}

}  // namespace

std::string visible(std::string_view text) {
  if (is_plain(text)) return std::string(text);
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const Character character = first_character(text);
    const char32_t code = character.code;
    if (character.bytes == 0) {
      shown += "\uFFFD";
    } else if (code < 0x20 && code != '\n' && code != '\t') {
      shown += "\xE2\x90";  // U+2400 and on: a picture of each control character
      shown += static_cast<char>(0x80U + code);
    } else if (code == 0x7F) {
      shown += "\u2421";
    } else if (hides_or_reorders(code)) {
      shown += fmt::format("‹U+{:04X}›", static_cast<std::uint32_t>(code));
    } else {
      shown += text.substr(0, character.bytes);
    }
    text.remove_prefix(character.bytes == 0 ? 1 : character.bytes);
  }
  return shown;
}

std::string_view beginning(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && is_continuation(text[bytes]))
    --bytes;
  return text.substr(0, bytes);
}

}  // namespace sluice::pages
