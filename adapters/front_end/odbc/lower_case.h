// Names that databases and drivers write in either case.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace sluice::adapters::front_end::odbc {

// Of ASCII letters only.
[[nodiscard]] inline std::string lower_case(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return result;
}

}  // namespace sluice::adapters::front_end::odbc
