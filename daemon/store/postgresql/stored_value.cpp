#include "store/postgresql/stored_value.h"

#include <algorithm>

#include <fmt/format.h>

#include "store/dataset_tables.h"

namespace sluice::store::postgresql {
namespace {

using record::FieldType;

constexpr std::string_view compared_text = R"(text COLLATE "C")";

std::string_view column_type(FieldType type) {
  switch (type) {
    case FieldType::number:
      return "numeric";
    case FieldType::integer:
      return "bigint";
    case FieldType::boolean:
      return "boolean";
    case FieldType::date:
      return "date";
    case FieldType::datetime:
      return "timestamptz";
    case FieldType::time:
      return "time";
    case FieldType::year:
      return "smallint";
    case FieldType::object:
    case FieldType::array:
      return "json";  // keeps the text as it came; jsonb would not
    case FieldType::string:
    case FieldType::yearmonth:
    case FieldType::duration:
      return "text";
  }
  return "text";
}

bool is_compared_as_text(FieldType type) {
  return type != FieldType::integer && type != FieldType::boolean && type != FieldType::year;
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

std::vector<StoredColumn> stored_columns(const record::TableSchema& schema) {
  std::vector<StoredColumn> columns;
  for (const record::Field& field : schema.fields) {
    const bool in_key = contains(schema.primary_key, field.name);
    StoredColumn column;
    column.name = quoted_name(field.name);
    column.definition =
        in_key && is_compared_as_text(field.type) ? compared_text : column_type(field.type);
    column.read = column.name;
    if (field.type == FieldType::year) {
      column.read = fmt::format("lpad({}::text, 4, '0')", column.name);
    } else if (field.type == FieldType::datetime && !in_key) {
      // The session's time zone is UTC: 2026-11-23 04:44:00.5+00 becomes 2026-11-23T04:44:00.5Z.
      column.read = fmt::format("replace(left({}::text, -3), ' ', 'T') || 'Z'", column.name);
    }
    column.key_text = fmt::format("{}::text", column.read);
    if (field.type == FieldType::boolean) {
      column.key_text = fmt::format("left({}, 1)", column.key_text);
    }
    column.key_cast = is_compared_as_text(field.type) ? R"( COLLATE "C")"
                                                      : fmt::format("::{}", column.definition);
    columns.push_back(std::move(column));
  }
  return columns;
}

}  // namespace sluice::store::postgresql
