#include "people/characters.h"

#include <algorithm>

#include "record/character.h"
#include "record/record_checker.h"

namespace sluice::people {

std::optional<std::size_t> characters_of(std::string_view text) {
  if (!record::is_valid_utf8(text)) return std::nullopt;
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return !record::is_continuation(c); }));
}

bool has_control_characters(std::string_view text) {
  while (!text.empty()) {
    const record::Character character = record::first_character(text);
    const char32_t code = character.code;
    if (character.bytes == 0 || code < 0x20 || code == 0x7F || record::hides_or_turns(code)) {
      return true;
    }
    text.remove_prefix(character.bytes);
  }
  return false;
}

}  // namespace sluice::people
