#include "store/sqlite/stored_value.h"

#include <charconv>
#include <cstdint>

#include <fmt/format.h>

#include "record/copy_text.h"

namespace sluice::store::sqlite {

using record::FieldType;

std::string_view column_type(FieldType type) {
  switch (type) {
    case FieldType::integer:
    case FieldType::year:
    case FieldType::boolean:
      return "INTEGER";
    default:
      return "TEXT";
  }
}

void bind_value(Statement& statement, int index, FieldType type, std::string_view escaped,
                std::string& buffer) {
  if (record::is_null(escaped)) {
    statement.bind_null(index);
    return;
  }
  // Inspection has made sure that the text is what its type writes.
  switch (type) {
    case FieldType::integer:
    case FieldType::year: {
      std::int64_t value = 0;
      std::from_chars(escaped.data(), escaped.data() + escaped.size(), value);
      statement.bind(index, value);
      return;
    }
    case FieldType::boolean:
      statement.bind(index, std::int64_t{escaped == "t"});
      return;
    default:
      statement.bind(index, record::unescape(escaped, buffer).value_or(escaped));
  }
}

void bind_plain_value(Statement& statement, int index, FieldType type, std::string_view plain) {
  if (column_type(type) == "INTEGER") {
    std::string unused;  // digits have nothing to unescape
    bind_value(statement, index, type, plain, unused);
  } else {
    statement.bind(index, plain);
  }
}

void append_plain_value(std::string& text, const Statement& statement, int column, FieldType type) {
  switch (type) {
    case FieldType::integer:
      fmt::format_to(std::back_inserter(text), "{}", statement.integer(column));
      return;
    case FieldType::year:
      fmt::format_to(std::back_inserter(text), "{:04}", statement.integer(column));
      return;
    case FieldType::boolean:
      text += statement.integer(column) != 0 ? 't' : 'f';
      return;
    default:
      text += statement.text(column);
  }
}

void append_value(std::string& columns, const Statement& statement, int column, FieldType type) {
  if (statement.is_null(column)) {
    record::append_null(columns);
  } else if (column_type(type) == "INTEGER") {
    append_plain_value(columns, statement, column, type);
  } else {
    record::append_escaped(columns, statement.text(column));
  }
}

}  // namespace sluice::store::sqlite
