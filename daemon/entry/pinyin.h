// How characters are read (Hanyu Pinyin without tones), for finding a name by what one would say.
#pragma once

#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sluice::entry {

// Of the characters of today's usage, several readings each where there are several: 重 is chong
// and zhong. A value that is made once; reading it is thread-safe.
class PinyinReadings {
 public:
  PinyinReadings();

  // Empty for what has none. `v` stands for u with a diaeresis. The texts live for ever.
  [[nodiscard]] std::span<const std::string_view> of(std::string_view character) const;

 private:
  std::unordered_map<std::string_view, std::vector<std::string_view>> readings_;
};

}  // namespace sluice::entry
