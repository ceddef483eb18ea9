#include "adapters/front_end/odbc/result_buffers.h"

#include <algorithm>
#include <limits>

namespace sluice::adapters::front_end::odbc {
namespace {

// Characters beyond which a column is fetched in pieces: else a block's memory would be mostly air.
constexpr std::uint64_t longest_bound = 4000;
constexpr std::size_t utf_8_bytes = 4;
constexpr std::size_t short_value = 64;
// No database has a longer value: more is a driver's mistake.
constexpr SQLLEN longest_value = std::numeric_limits<std::int32_t>::max();

}  // namespace

std::optional<std::string_view> ColumnBuffer::value(std::size_t row, bool& cut) const {
  const SQLLEN length = lengths[row];
  if (length == SQL_NULL_DATA) return std::nullopt;
  if (stride == 0) {
    cut = is_cut;
    return whole;
  }
  cut = length < 0 || static_cast<std::size_t>(length) > room();
  return std::string_view(bytes.data() + row * stride,
                          cut ? room() : static_cast<std::size_t>(length));
}

std::size_t ColumnBuffer::room() const {
  return stride - terminator_of(c_type);
}

void ColumnBuffer::forget_lengths() {
  const auto fixed = fixed_length(c_type);
  std::ranges::fill(lengths, fixed ? static_cast<SQLLEN>(*fixed) : untold_length);
}

bool ColumnBuffer::is_possible(SQLLEN length, bool may_be_cut) const {
  if (length == SQL_NULL_DATA) return true;
  if (length == SQL_NO_TOTAL) return may_be_cut;
  if (const auto fixed = fixed_length(c_type)) return length == static_cast<SQLLEN>(*fixed);
  const bool is_half_a_unit = c_type == SQL_C_WCHAR && length % 2 != 0;
  return length >= 0 && length <= longest_value && !is_half_a_unit;
}

std::optional<std::size_t> fixed_length(SQLSMALLINT c_type) {
  if (c_type == SQL_C_DOUBLE) return sizeof(double);
  if (c_type == SQL_C_BIT) return sizeof(unsigned char);
  return std::nullopt;
}

std::size_t terminator_of(SQLSMALLINT c_type) {
  return c_type == SQL_C_CHAR ? sizeof(char) : c_type == SQL_C_WCHAR ? sizeof(char16_t) : 0;
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
      if (column.size > longest_bound) return std::nullopt;
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
