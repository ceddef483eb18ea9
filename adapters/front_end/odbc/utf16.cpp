#include "adapters/front_end/odbc/utf16.h"

#include <cstddef>
#include <cstdint>

namespace sluice::adapters::front_end::odbc {
namespace {

constexpr char32_t first_supplementary = 0x10000;
constexpr char32_t replacement = 0xFFFD;

bool is_high(char16_t unit) {
  return unit >= 0xD800 && unit < 0xDC00;
}
bool is_low(char16_t unit) {
  return unit >= 0xDC00 && unit < 0xE000;
}

void append_utf8(std::string& text, char32_t point) {
  const auto byte = [&](char32_t value) { text += static_cast<char>(value); };
  if (point < 0x80) {
    byte(point);
  } else if (point < 0x800) {
    byte(0xC0 | (point >> 6U));
    byte(0x80 | (point & 0x3FU));
  } else if (point < first_supplementary) {
    byte(0xE0 | (point >> 12U));
    byte(0x80 | ((point >> 6U) & 0x3FU));
    byte(0x80 | (point & 0x3FU));
  } else {
    byte(0xF0 | (point >> 18U));
    byte(0x80 | ((point >> 12U) & 0x3FU));
    byte(0x80 | ((point >> 6U) & 0x3FU));
    byte(0x80 | (point & 0x3FU));
  }
}

}  // namespace

std::u16string to_utf16(std::string_view text) {
  std::u16string wide;
  wide.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<std::uint8_t>(text[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if ((lead >= 0x80 && lead < 0xC2) || lead > 0xF4 || i + length > text.size()) {
      ++i;
      continue;
    }
    char32_t point = length == 1 ? lead : lead & (0x7FU >> length);
    for (std::size_t k = 1; k < length; ++k) {
      point = (point << 6U) | (static_cast<std::uint8_t>(text[i + k]) & 0x3FU);
    }
    i += length;
    if (point < first_supplementary) {
      wide += static_cast<char16_t>(point);
    } else {
      point -= first_supplementary;
      wide += static_cast<char16_t>(0xD800 + (point >> 10U));
      wide += static_cast<char16_t>(0xDC00 + (point & 0x3FFU));
    }
  }
  return wide;
}

bool to_utf8(std::u16string_view wide, std::string& text) {
  text.clear();
  bool is_well_formed = true;
  for (std::size_t i = 0; i < wide.size(); ++i) {
    if (is_high(wide[i]) && i + 1 < wide.size() && is_low(wide[i + 1])) {
      const char32_t high = wide[i] - 0xD800U;
      append_utf8(text, first_supplementary + ((high << 10U) | (wide[++i] - 0xDC00U)));
    } else if (is_high(wide[i]) || is_low(wide[i])) {
      is_well_formed = false;
      append_utf8(text, replacement);
    } else {
      append_utf8(text, wide[i]);
    }
  }
  return is_well_formed;
}

}  // namespace sluice::adapters::front_end::odbc
