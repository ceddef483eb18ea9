// Text by its characters (Unicode's code points), which is how people count and see it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::entry {

// Views of `text`, one a code point. Bytes that are no UTF-8 make characters of some kind too, and
// are never lost.
[[nodiscard]] std::vector<std::string_view> characters_of(std::string_view text);

// As it is searched for: without blanks around it, full-width ASCII narrow, ASCII letters small.
[[nodiscard]] std::string folded(std::string_view text);

}  // namespace sluice::entry
