// Text of people and of sources as a page may show it: nothing in it hides, and nothing in it
// changes how what stands around it is read.
#pragma once

#include <string>
#include <string_view>

namespace sluice::pages {

// Characters that can not be seen, or that change the order of those around them, are written so
// that a reader sees them (U+202E as "‹U+202E›"); each byte that is no UTF-8 is U+FFFD.
[[nodiscard]] std::string visible(std::string_view text);

// The first of it, at most so many bytes and no half of a character.
[[nodiscard]] std::string_view beginning(std::string_view text, std::size_t bytes);

}  // namespace sluice::pages
