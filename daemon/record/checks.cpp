#include "record/checks.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <initializer_list>

namespace sluice::record {
namespace {

constexpr std::string_view uscc_alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
constexpr int not_in_alphabet = -1;

constexpr std::array<int, 256> uscc_values = [] {
  std::array<int, 256> values{};
  values.fill(not_in_alphabet);
  for (std::size_t i = 0; i < uscc_alphabet.size(); ++i) {
    values[static_cast<unsigned char>(uscc_alphabet[i])] = static_cast<int>(i);
  }
  return values;
}();

// 3^i mod 31 (GB 32100-2015, 5.5).
constexpr std::array<int, 17> uscc_weights = [] {
  std::array<int, 17> weights{};
  int weight = 1;
  for (int& w : weights) {
    w = weight;
    weight = weight * 3 % 31;
  }
  return weights;
}();

constexpr std::array<int, 17> citizen_weights = {7, 9, 10, 5,  8, 4, 2, 1, 6,
                                                 3, 7, 9,  10, 5, 8, 4, 2};
constexpr std::string_view citizen_check_characters = "10X98765432";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

int number(std::string_view digits) {
  int value = 0;
  for (const char c : digits)
    value = value * 10 + (c - '0');
  return value;
}

// The two-digit provinces of GB/T 2260, Taiwan, Hong Kong and Macao included.
bool is_province(std::string_view digits) {
  switch (number(digits)) {
    case 11:
    case 12:
    case 13:
    case 14:
    case 15:
    case 21:
    case 22:
    case 23:
    case 31:
    case 32:
    case 33:
    case 34:
    case 35:
    case 36:
    case 37:
    case 41:
    case 42:
    case 43:
    case 44:
    case 45:
    case 46:
    case 50:
    case 51:
    case 52:
    case 53:
    case 54:
    case 61:
    case 62:
    case 63:
    case 64:
    case 65:
    case 71:
    case 81:
    case 82:
    case 83:
      return true;
    default:
      return false;
  }
}

using Kind = CheckFault::Kind;

// Length and alphabet at once, by characters and not by bytes: `may_stand(position, character)`.
template <class MayStand>
std::optional<CheckFault> fault_of_form(std::string_view text,
                                        std::initializer_list<std::size_t> lengths,
                                        MayStand may_stand) {
  std::size_t length = 0;
  std::size_t first_wrong = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) == 0x80) continue;  // within a character
    ++length;
    if (first_wrong == 0 && (byte >= 0x80 || !may_stand(length, c))) first_wrong = length;
  }
  if (std::ranges::find(lengths, length) == lengths.end()) {
    return CheckFault{.kind = Kind::length, .count = length};
  }
  if (first_wrong != 0) return CheckFault{.kind = Kind::character, .position = first_wrong};
  return std::nullopt;
}

std::optional<CheckFault> fault_of_uscc(std::string_view text) {
  // Nearly all are good: these are walked over once.
  if (text.size() == 18 && uscc_check_character(text.substr(0, 17)) == text[17]) {
    return std::nullopt;
  }
  const auto may_stand = [](std::size_t, char c) {
    return uscc_values[static_cast<unsigned char>(c)] != not_in_alphabet;
  };
  if (auto fault = fault_of_form(text, {18}, may_stand)) return fault;
  return CheckFault{.kind = Kind::check_character,
                    .position = 18,
                    .expected = uscc_check_character(text.substr(0, 17))};
}

std::optional<CheckFault> fault_of_birth_date(std::string_view eight_digits) {
  const std::chrono::year year(number(eight_digits.substr(0, 4)));
  const std::chrono::month month(static_cast<unsigned>(number(eight_digits.substr(4, 2))));
  const std::chrono::day day(static_cast<unsigned>(number(eight_digits.substr(6, 2))));
  if (year < std::chrono::year(1800)) {
    return CheckFault{.kind = Kind::birth_date, .position = 7, .count = 4};
  }
  if (!month.ok()) return CheckFault{.kind = Kind::birth_date, .position = 11, .count = 2};
  if (std::chrono::year_month_day(year, month, day).ok()) return std::nullopt;
  return CheckFault{.kind = Kind::birth_date, .position = 13, .count = 2};
}

std::optional<CheckFault> fault_of_citizen_id(std::string_view text) {
  const auto may_stand = [](std::size_t position, char c) {
    return is_digit(c) || (position == 18 && c == 'X');
  };
  if (auto fault = fault_of_form(text, {18}, may_stand)) return fault;
  if (!is_province(text.substr(0, 2))) return CheckFault{Kind::province, 1, 2};
  if (auto fault = fault_of_birth_date(text.substr(6, 8))) return fault;
  int sum = 0;
  for (std::size_t i = 0; i < citizen_weights.size(); ++i) {
    sum += (text[i] - '0') * citizen_weights[i];
  }
  const char expected = citizen_check_characters[static_cast<std::size_t>(sum % 11)];
  if (expected == text[17]) return std::nullopt;
  return CheckFault{.kind = Kind::check_character, .position = 18, .expected = expected};
}

std::optional<CheckFault> fault_of_region_code(std::string_view text) {
  const auto may_stand = [](std::size_t, char c) { return is_digit(c); };
  if (auto fault = fault_of_form(text, {6, 9, 12}, may_stand)) return fault;
  if (!is_province(text.substr(0, 2))) return CheckFault{Kind::province, 1, 2};
  return std::nullopt;
}

}  // namespace

std::optional<char> uscc_check_character(std::string_view first_17) {
  if (first_17.size() != uscc_weights.size()) return std::nullopt;
  int sum = 0;
  for (std::size_t i = 0; i < uscc_weights.size(); ++i) {
    const int value = uscc_values[static_cast<unsigned char>(first_17[i])];
    if (value == not_in_alphabet) return std::nullopt;
    sum += value * uscc_weights[i];
  }
  return uscc_alphabet[static_cast<std::size_t>((31 - sum % 31) % 31)];
}

bool is_uscc(std::string_view text) {
  return !fault_of_uscc(text);
}

bool is_citizen_id(std::string_view text) {
  return !fault_of_citizen_id(text);
}

bool is_region_code(std::string_view text) {
  return !fault_of_region_code(text);
}

std::optional<CheckFault> find_fault(Check check, std::string_view text) {
  switch (check) {
    case Check::none:
      break;
    case Check::uscc:
      return fault_of_uscc(text);
    case Check::citizen_id:
      return fault_of_citizen_id(text);
    case Check::region_code:
      return fault_of_region_code(text);
  }
  return std::nullopt;
}

std::optional<std::string> failed_check(Check check, std::string_view text) {
  if (!find_fault(check, text)) return std::nullopt;
  switch (check) {
    case Check::none:
      break;
    case Check::uscc:
      return "expected a unified social credit code: 18 characters with a right check character "
             "(GB 32100)";
    case Check::citizen_id:
      return "expected a citizen identity number: 18 characters with a real birth date and a right "
             "check character (GB 11643)";
    case Check::region_code:
      return "expected an administrative division code: 6, 9 or 12 digits under a province "
             "(GB/T 2260)";
  }
  return std::nullopt;
}

}  // namespace sluice::record
