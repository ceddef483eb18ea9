#include "entry/characters.h"

#include "intake/conversion.h"

namespace sluice::entry {

std::vector<std::string_view> characters_of(std::string_view text) {
  std::vector<std::string_view> characters;
  std::size_t begin = 0;
  for (std::size_t at = 1; at <= text.size(); ++at) {
    const bool is_within =
        at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
    if (is_within) continue;
    characters.push_back(text.substr(begin, at - begin));
    begin = at;
  }
  return characters;
}

std::string folded(std::string_view text) {
  std::string buffer;
  // Neither step can fail.
  const std::string_view narrow = intake::convert(intake::step::HalfWidth{}, text, buffer).value();
  std::string unused;
  std::string folded(intake::convert(intake::step::Trim{}, narrow, unused).value());
  for (char& c : folded) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return folded;
}

}  // namespace sluice::entry
