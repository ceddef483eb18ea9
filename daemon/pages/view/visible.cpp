#include "pages/view/visible.h"

#include <cstdint>

#include <fmt/format.h>

#include "record/character.h"

namespace sluice::pages {
namespace {

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
    const record::Character character = record::first_character(text);
    const char32_t code = character.code;
    if (character.bytes == 0) {
      shown += "\uFFFD";
    } else if (code < 0x20 && code != '\n' && code != '\t') {
      shown += "\xE2\x90";  // U+2400 and on: a picture of each control character
      shown += static_cast<char>(0x80U + code);
    } else if (code == 0x7F) {
      shown += "\u2421";
    } else if (record::hides_or_turns(code)) {
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
  while (bytes > 0 && record::is_continuation(text[bytes]))
    --bytes;
  return text.substr(0, bytes);
}

}  // namespace sluice::pages
