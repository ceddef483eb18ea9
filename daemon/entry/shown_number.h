// A number as people read it: with commas before groups of three.
#pragma once

#include <string>
#include <string_view>

namespace sluice::entry {

// Of a number's canonical text: `12345.5` to `12,345.5`.
[[nodiscard]] std::string shown_number(std::string_view canonical);
// A sum of money has two places behind the point, or more where it has more: `10,000,000.00`.
[[nodiscard]] std::string shown_sum(std::string_view canonical);

}  // namespace sluice::entry
