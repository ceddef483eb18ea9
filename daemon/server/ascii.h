// ASCII without a locale: what HTTP compares and classifies by.
#pragma once

#include <cstddef>
#include <string_view>

namespace sluice::server {

[[nodiscard]] constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}
[[nodiscard]] constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
[[nodiscard]] constexpr bool is_letter(char c) {
  return lower(c) >= 'a' && lower(c) <= 'z';
}

// -1: not a hexadecimal digit.
[[nodiscard]] constexpr int hexadecimal(char c) {
  if (is_digit(c)) return c - '0';
  const char letter = lower(c);
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

[[nodiscard]] constexpr bool same_but_case(std::string_view left, std::string_view right) {
  if (left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (lower(left[i]) != lower(right[i])) return false;
  }
  return true;
}

// What stands before the first `mark`; `text` is then what stands behind it.
[[nodiscard]] constexpr std::string_view take_piece(std::string_view& text, char mark) {
  std::size_t end = 0;
  while (end < text.size() && text[end] != mark)
    ++end;
  const std::string_view piece = text.substr(0, end);
  text.remove_prefix(end < text.size() ? end + 1 : end);
  return piece;
}

// The byte that stands percent-encoded (RFC 3986, 2.1) at `at`, where a `%` is; -1: none.
[[nodiscard]] constexpr int encoded_byte(std::string_view text, std::size_t at) {
  if (text.size() - at < 3) return -1;
  const int high = hexadecimal(text[at + 1]);
  const int low = hexadecimal(text[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

}  // namespace sluice::server
