// Text that people, databases and drivers write in either case, made comparable. Of ASCII letters
// alone, whatever the process's locale.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace sluice::record {

[[nodiscard]] inline std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

}  // namespace sluice::record
