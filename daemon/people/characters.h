// What people type: characters, not bytes, are what their limits count.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace sluice::people {

// How many characters; nothing: it is not UTF-8.
[[nodiscard]] std::optional<std::size_t> characters_of(std::string_view text);

// Control characters (Unicode's Cc), and all else that shows nothing and changes how others are
// shown or read (record/character.h), with which one name could be made to look like another.
// `text` is UTF-8.
[[nodiscard]] bool has_control_characters(std::string_view text);

}  // namespace sluice::people
