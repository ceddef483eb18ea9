#include "adapters/front_end/odbc/parameter_buffers.h"

#include <algorithm>

#include "adapters/front_end/odbc/narrow_text.h"
#include "adapters/front_end/odbc/utf16.h"

namespace sluice::adapters::front_end::odbc {
namespace {

constexpr SQLSMALLINT microseconds = 6;
constexpr SQLULEN timestamp_size = 26;

std::string encoded(const std::string& text, TextForm form) {
  if (form == TextForm::narrow_utf_8) return text;
  if (form == TextForm::wide) {
    const std::u16string wide = to_utf16(text);
    // As bytes: that is how the driver is given it.
    return {reinterpret_cast<const char*>(wide.data()), wide.size() * sizeof(char16_t)};
  }
  std::string bytes;
  static_cast<void>(NarrowText().from_utf8(text, bytes));
  return bytes;
}

}  // namespace

ParameterBuffers::ParameterBuffers(std::span<const Parameter> parameters, TextForm form) {
  bound_.reserve(parameters.size());
  for (const Parameter& parameter : parameters) {
    const SourceColumn& column = parameter.column;
    Bound bound{.bytes = parameter.text,
                .sql_type = column.sql_type == 0 ? SQLSMALLINT{SQL_VARCHAR} : column.sql_type,
                .size = column.size,
                .digits = column.digits};
    if (column.kind == ValueKind::text) {
      bound.bytes = encoded(parameter.text, form);
      bound.c_type = c_type_of(column, form);
    } else if (column.kind == ValueKind::binary) {
      bound.c_type = SQL_C_BINARY;
    } else if (column.kind == ValueKind::boolean) {
      bound.bytes.assign(1, parameter.text == "0" ? '\0' : '\1');
      bound.c_type = SQL_C_BIT;
    } else if (column.kind == ValueKind::timestamp || column.kind == ValueKind::zoned_timestamp) {
      bound.size = timestamp_size;
      bound.digits = microseconds;
    }
    bound.size = std::max<SQLULEN>({bound.size, bound.bytes.size(), 1});
    bound.length = static_cast<SQLLEN>(bound.bytes.size());
    bound_.push_back(std::move(bound));
  }
}

bool ParameterBuffers::bind(SQLHSTMT statement) {
  for (std::size_t i = 0; i < bound_.size(); ++i) {
    Bound& each = bound_[i];
    const SQLRETURN result = SQLBindParameter(
        statement, static_cast<SQLUSMALLINT>(i + 1), SQL_PARAM_INPUT, each.c_type, each.sql_type,
        each.size, each.digits, each.bytes.data(), each.length, &each.length);
    if (!SQL_SUCCEEDED(result)) return false;
  }
  return true;
}

}  // namespace sluice::adapters::front_end::odbc
