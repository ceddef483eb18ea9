#include "adapters/front_end/fitting_text.h"

#include <algorithm>
#include <cstddef>

#include <sql.h>
#include <sqlext.h>
#include <sqlucode.h>

#include "adapters/front_end/odbc/narrow_text.h"

namespace sluice::adapters::front_end {
namespace {

enum class Unit { character, utf_16, byte };

Unit unit_of(const odbc::SourceColumn& column) {
  // A driver for which each character is one byte says that they are counted as such.
  if (column.octets == column.size) return Unit::byte;
  const bool is_wide = column.sql_type == SQL_WCHAR || column.sql_type == SQL_WVARCHAR ||
                       column.sql_type == SQL_WLONGVARCHAR;
  return is_wide ? Unit::utf_16 : Unit::character;
}

std::size_t length_of(std::string_view character, Unit unit, odbc::NarrowText& narrow) {
  constexpr std::size_t beyond_bmp = 4;
  switch (unit) {
    case Unit::character:
      return 1;
    case Unit::utf_16:
      return character.size() == beyond_bmp ? 2 : 1;
    case Unit::byte:
      break;
  }
  std::string bytes;
  const bool is_known = narrow.from_utf8(character, bytes);
  return is_known ? std::max(character.size(), bytes.size()) : beyond_bmp;
}

}  // namespace

std::string cut_to_fit(std::string_view text, const odbc::SourceColumn& column) {
  if (column.size == 0) return std::string(text);
  const Unit unit = unit_of(column);
  odbc::NarrowText narrow;
  std::uint64_t used = 0;
  std::size_t end = 0;
  while (end < text.size()) {
    std::size_t next = end + 1;
    while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xC0U) == 0x80U)
      ++next;
    used += length_of(text.substr(end, next - end), unit, narrow);
    if (used > column.size) break;
    end = next;
  }
  return std::string(text.substr(0, end));
}

}  // namespace sluice::adapters::front_end
