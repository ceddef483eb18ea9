// The rules of single fields that no pattern can express, each from its national standard.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "record/table_schema.h"

namespace sluice::record {

// GB 32100-2015: 18 characters of the standard's alphabet, the last one a check character.
[[nodiscard]] bool is_uscc(std::string_view text);
// The check character for the first 17; nothing where they are not of the alphabet.
[[nodiscard]] std::optional<char> uscc_check_character(std::string_view first_17);

// GB 11643-1999: province, birth date and check character of an 18-character citizen number.
[[nodiscard]] bool is_citizen_id(std::string_view text);

// GB/T 2260 (6 digits) and its town and village extensions (9 and 12 digits): digits under a
// province code that exists. Which counties exist changes every year: that is a code table's
// business.
[[nodiscard]] bool is_region_code(std::string_view text);

// What the check expects, as a sentence, where `text` fails it.
[[nodiscard]] std::optional<std::string> failed_check(Check check, std::string_view text);

}  // namespace sluice::record
