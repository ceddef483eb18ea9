#include "entry/pinyin.h"

#include <algorithm>

#include "entry/characters.h"
#include "entry/pinyin_readings.h"

namespace sluice::entry {

PinyinReadings::PinyinReadings() {
  std::string_view rest = pinyin_readings;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const std::size_t space = line.find(' ');
    if (line.starts_with('#') || space == std::string_view::npos) continue;
    for (const std::string_view character : characters_of(line.substr(space + 1)))
      readings_[character].push_back(line.substr(0, space));
  }
}

std::span<const std::string_view> PinyinReadings::of(std::string_view character) const {
  const auto found = readings_.find(character);
  if (found == readings_.end()) return {};
  return found->second;
}

}  // namespace sluice::entry
