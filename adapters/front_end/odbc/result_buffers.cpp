#include "adapters/front_end/odbc/result_buffers.h"

#include <algorithm>
namespace sluice::adapters::front_end::odbc {
namespace {

// Characters beyond which a column is fetched in pieces: else a block's memory would be mostly air.
constexpr std::uint64_t longest_bound = 4000;
constexpr std::size_t utf_8_bytes = 4;
constexpr std::size_t short_value = 64;

}  // namespace

std::optional<std::string_view> ColumnBuffer::value(std::size_t row, bool& cut) const {
  const SQLLEN length = lengths[row];
  if (length == SQL_NULL_DATA) return std::nullopt;
  if (stride == 0) {
    cut = is_cut;
    return whole;
  }
  const std::size_t terminator = c_type == SQL_C_CHAR ? 1 : c_type == SQL_C_WCHAR ? 2 : 0;
  const std::size_t room = stride - terminator;
  const bool is_sane = length >= 0 && static_cast<std::size_t>(length) <= room;
  cut = !is_sane;
  return std::string_view(bytes.data() + row * stride,
                          is_sane ? static_cast<std::size_t>(length) : room);
}

void ColumnBuffer::expect_fixed() {
  if (c_type != SQL_C_BIT && c_type != SQL_C_DOUBLE) return;
  std::ranges::fill(lengths, static_cast<SQLLEN>(stride));
}

SQLSMALLINT c_type_of(const SourceColumn& column, TextForm form) {
  switch (column.kind) {
    case ValueKind::binary:
      return SQL_C_BINARY;
    case ValueKind::floating:
      return SQL_C_DOUBLE;
    case ValueKind::boolean:
      // MariaDB's connector gives a BIT's byte where characters are asked for.
      return SQL_C_BIT;
    case ValueKind::text:
      return form == TextForm::wide ? SQL_C_WCHAR : SQL_C_CHAR;
    default:
      return SQL_C_CHAR;
  }
}

std::optional<std::size_t> bound_of(const SourceColumn& column, TextForm form) {
  switch (column.kind) {
    case ValueKind::floating:
      return sizeof(double);
    case ValueKind::boolean:
      return sizeof(unsigned char);
    case ValueKind::decimal:
      return column.size + short_value;
    case ValueKind::text:
      if (column.size == 0 || column.size > longest_bound) return std::nullopt;
      // Of both: a character of UTF-16 is two units at most, and a terminator.
      return (column.size + 1) * (form == TextForm::wide ? 2 * sizeof(char16_t) : utf_8_bytes);
    case ValueKind::binary:
      if (column.size == 0 || column.size > longest_bound) return std::nullopt;
      return column.size;
    default:
      return short_value;
  }
}

}  // namespace sluice::adapters::front_end::odbc
