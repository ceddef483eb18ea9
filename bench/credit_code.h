// Makes unified social credit codes (GB 32100) that pass every check, each number its own code.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace sluice::bench {

using CreditCode = std::array<char, 18>;

// An enterprise (91) of the division `region_code` (six digits of GB/T 2260). Different numbers
// give different codes, whatever the region. Both check characters are right: the organisation
// code's own (GB 11714) and the last.
[[nodiscard]] CreditCode credit_code(std::string_view region_code, std::uint32_t number);

// The same code with its last character wrong.
[[nodiscard]] CreditCode with_wrong_check(CreditCode code);

}  // namespace sluice::bench
