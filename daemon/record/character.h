// The characters of UTF-8, one at a time, and which of them a reader does not see for what they
// are.
#pragma once

#include <cstddef>
#include <string_view>

namespace sluice::record {

struct Character {
  char32_t code = 0;
  std::size_t bytes = 0;  // 0: no UTF-8
};

// Of a text that is not empty.
[[nodiscard]] Character first_character(std::string_view text);

// Not the first byte of a character.
[[nodiscard]] constexpr bool is_continuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

// Shows nothing and changes how others are shown or read: what has no width, separators of lines
// and paragraphs, the marks that turn the direction of writing, and C1 controls. Those of ASCII are
// not among them: a tab or a line feed is where it belongs in some texts.
[[nodiscard]] bool hides_or_turns(char32_t code);

}  // namespace sluice::record
