// The rules of single fields that no pattern can express, each from its national standard.
#pragma once

#include <cstddef>
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

// What of a value fails its check: for whoever shows it beside what a person typed. No character of
// the value is in it, but the check character that its others ask for tells one of them.
struct CheckFault {
  enum class Kind {
    length,           // `count` is how many characters there are; `position` is 0
    character,        // one that can not stand there
    province,         // no province of GB/T 2260 has these digits
    birth_date,       // year, month or day: the calendar has none such
    check_character,  // it does not fit the others: `expected` would
  };
  Kind kind = Kind::length;
  std::size_t position = 0;  // of the first character at fault, from 1
  std::size_t count = 1;     // how many are at fault, from there
  std::optional<char> expected = std::nullopt;
  friend bool operator==(const CheckFault&, const CheckFault&) = default;
};
// The first fault; nothing where `text`, which may be any UTF-8, passes.
[[nodiscard]] std::optional<CheckFault> find_fault(Check check, std::string_view text);

// What the check expects, as a sentence, where `text` fails it.
[[nodiscard]] std::optional<std::string> failed_check(Check check, std::string_view text);

}  // namespace sluice::record
