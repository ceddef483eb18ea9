#include "record/character.h"

namespace sluice::record {

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

bool hides_or_turns(char32_t code) {
  return (code >= 0x80 && code < 0xA0) || code == 0x061C ||  // C1; Arabic letter mark
         (code >= 0x200B && code <= 0x200F) ||  // no width; left-to-right mark and so on
         (code >= 0x2028 && code <= 0x202E) ||  // separators, embeddings, overrides
         (code >= 0x2060 && code <= 0x2069) ||  // word joiner, isolates
         code == 0xFEFF;
}

}  // namespace sluice::record
