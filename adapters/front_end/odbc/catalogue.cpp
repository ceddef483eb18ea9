#include "adapters/front_end/odbc/catalogue.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "adapters/front_end/odbc/narrow_text.h"
#include "adapters/front_end/odbc/utf16.h"
#include "record/lower_case.h"
#include "record/record_checker.h"

namespace sluice::adapters::front_end::odbc {
namespace {

constexpr std::size_t most_names = 20;
// SQL Server's wide tables have 30,000 columns; several schemas may have a table of one name.
constexpr std::size_t most_lines = 100'000;

// An argument of a catalogue function: null where it is to be any.
class Argument {
 public:
  explicit Argument(const std::string& text) : text_(to_utf16(text)) {}
  [[nodiscard]] SQLWCHAR* data() {
    return text_.empty() ? nullptr : reinterpret_cast<SQLWCHAR*>(text_.data());
  }
  [[nodiscard]] SQLSMALLINT length() const { return static_cast<SQLSMALLINT>(text_.size()); }

 private:
  std::u16string text_;
};

// What a driver says that knows no wide characters, in whichever encoding it does.
std::string narrow_text_at(const StatementHandle& statement, SQLUSMALLINT column) {
  std::array<char, 1024> bytes{};
  SQLLEN length = 0;
  const SQLRETURN result = SQLGetData(statement.get(), column, SQL_C_CHAR, bytes.data(),
                                      static_cast<SQLLEN>(sizeof(bytes)), &length);
  if (!SQL_SUCCEEDED(result) || length < 0) return {};
  std::string told(bytes.data(), std::min(static_cast<std::size_t>(length), bytes.size() - 1));
  if (record::is_valid_utf8(told)) return told;
  std::string text;
  return NarrowText().to_utf8(told, text) ? text : std::string();
}

std::string text_at(const StatementHandle& statement, SQLUSMALLINT column) {
  std::array<char16_t, 512> units{};
  SQLLEN bytes = 0;
  const SQLRETURN result = SQLGetData(statement.get(), column, SQL_C_WCHAR, units.data(),
                                      static_cast<SQLLEN>(sizeof(units)), &bytes);
  if (!SQL_SUCCEEDED(result)) return narrow_text_at(statement, column);
  if (bytes < 0) return {};
  const std::size_t count =
      std::min(static_cast<std::size_t>(bytes) / sizeof(char16_t), units.size() - 1);
  std::string text;
  static_cast<void>(to_utf8({units.data(), count}, text));
  return text;
}

SQLINTEGER number_at(const StatementHandle& statement, SQLUSMALLINT column) {
  SQLINTEGER number = 0;
  SQLLEN length = 0;
  const SQLRETURN result =
      SQLGetData(statement.get(), column, SQL_C_SLONG, &number, sizeof(number), &length);
  return SQL_SUCCEEDED(result) && length != SQL_NULL_DATA ? number : 0;
}

// ODBC, SQLColumns: the result's columns in their order, as far as we read them.
SourceColumn read_column(const StatementHandle& statement, const Dialect& dialect,
                         std::string name) {
  SourceColumn column{.name = std::move(name)};
  column.sql_type = static_cast<short>(number_at(statement, 5));
  column.type_name = text_at(statement, 6);
  column.size = static_cast<std::uint64_t>(std::max(number_at(statement, 7), 0));
  column.digits = static_cast<short>(number_at(statement, 9));
  column.is_nullable = number_at(statement, 11) != SQL_NO_NULLS;
  column.octets = static_cast<std::uint64_t>(std::max(number_at(statement, 16), 0));
  column.kind = kind_of(dialect, column.sql_type, column.type_name);
  column.is_in_utc = column.kind != ValueKind::zoned_timestamp || dialect.session_is_in_utc;
  column.expression = selected_as(dialect, column);
  return column;
}

// All lines of a catalogue function's result. One that breaks off in the middle must not look like
// a table that has fewer columns.
std::expected<void, CatalogueProblem> read_lines(const StatementHandle& statement,
                                                 const std::function<void()>& each) {
  for (std::size_t lines = 0; lines < most_lines; ++lines) {
    const SQLRETURN result = SQLFetch(statement.get());
    if (result == SQL_NO_DATA) return {};
    if (!SQL_SUCCEEDED(result)) return std::unexpected(CatalogueProblem::failed);
    each();
  }
  return std::unexpected(CatalogueProblem::endless);
}

// The type as a person writes it, so that VARCHAR(20) made VARCHAR(40) is noticed.
void name_type_whole(SourceColumn& column) {
  if (column.type_name.find('(') != std::string::npos) return;
  if (column.kind == ValueKind::decimal) {
    column.type_name += fmt::format("({},{})", column.size, column.digits);
  } else if (column.kind == ValueKind::text || column.kind == ValueKind::binary) {
    if (column.size > 0) column.type_name += fmt::format("({})", column.size);
  }
}

}  // namespace

ValueKind kind_of(const Dialect& dialect, short sql_type, std::string_view type_name) {
  const std::string name = record::lower_case(type_name);
  // SQLite's driver calls them text.
  const bool is_decimal = name.starts_with("decimal") || name.starts_with("numeric");
  if (dialect.has_loose_types && is_decimal) return ValueKind::decimal;
  switch (sql_type) {
    case SQL_BIT:
      return ValueKind::boolean;
    case SQL_TINYINT:
    case SQL_SMALLINT:
    case SQL_INTEGER:
    case SQL_BIGINT:
      return ValueKind::integer;
    case SQL_DECIMAL:
    case SQL_NUMERIC:
      return ValueKind::decimal;
    case SQL_REAL:
    case SQL_FLOAT:
    case SQL_DOUBLE:
      return ValueKind::floating;
    case SQL_DATE:
    case SQL_TYPE_DATE:
      return ValueKind::date;
    case SQL_TIME:
    case SQL_TYPE_TIME:
      return ValueKind::time;
    case SQL_TIMESTAMP:
    case SQL_TYPE_TIMESTAMP: {
      const bool is_mysql = record::lower_case(dialect.driver).find("maodbc") != std::string::npos;
      const bool is_zoned =
          name == "timestamptz" || name.find("with time zone") != std::string::npos;
      return is_zoned || (is_mysql && name == "timestamp") ? ValueKind::zoned_timestamp
                                                           : ValueKind::timestamp;
    }
    case SQL_GUID:
      return ValueKind::guid;
    case SQL_BINARY:
    case SQL_VARBINARY:
    case SQL_LONGVARBINARY:
      return ValueKind::binary;
    default:
      return ValueKind::text;
  }
}

std::expected<FoundColumns, CatalogueProblem> find_columns(const StatementHandle& statement,
                                                           const Dialect& dialect,
                                                           const TableName& table) {
  Argument catalog(table.catalog);
  Argument schema(table.schema);
  Argument name(table.name);
  if (!SQL_SUCCEEDED(SQLColumnsW(statement.get(), catalog.data(), catalog.length(), schema.data(),
                                 schema.length(), name.data(), name.length(), nullptr, 0))) {
    return std::unexpected(CatalogueProblem::failed);
  }
  // The arguments are patterns, in which `_` is any character: what does not fit is passed over.
  std::map<std::string, std::vector<SourceColumn>> by_schema;
  const auto read = read_lines(statement, [&] {
    const std::string in_schema = text_at(statement, 2);
    if (text_at(statement, 3) != table.name) return;
    if (!table.schema.empty() && in_schema != table.schema) return;
    SourceColumn column = read_column(statement, dialect, text_at(statement, 4));
    name_type_whole(column);
    by_schema[in_schema].push_back(std::move(column));
  });
  if (!read) return std::unexpected(read.error());
  FoundColumns found;
  for (auto& [in_schema, columns] : by_schema) {
    found.schemas.push_back(in_schema);
    if (found.columns.empty()) found.columns = std::move(columns);
  }
  return found;
}

std::expected<std::vector<std::string>, CatalogueProblem> find_primary_key(
    const StatementHandle& statement, const TableName& table) {
  Argument catalog(table.catalog);
  Argument schema(table.schema);
  Argument name(table.name);
  if (!SQL_SUCCEEDED(SQLPrimaryKeysW(statement.get(), catalog.data(), catalog.length(),
                                     schema.data(), schema.length(), name.data(), name.length()))) {
    return std::unexpected(CatalogueProblem::failed);
  }
  std::map<SQLINTEGER, std::string> by_place;
  const auto read = read_lines(statement, [&] {
    std::string column = text_at(statement, 4);
    by_place[number_at(statement, 5)] = std::move(column);
  });
  if (!read) return std::unexpected(read.error());
  std::vector<std::string> key;
  key.reserve(by_place.size());
  for (auto& [place, column] : by_place)
    key.push_back(std::move(column));
  return key;
}

std::vector<std::string> table_names(const StatementHandle& statement, const std::string& catalog) {
  std::vector<std::string> names;
  Argument in(catalog);
  Argument types("TABLE,VIEW");
  if (!SQL_SUCCEEDED(SQLTablesW(statement.get(), in.data(), in.length(), nullptr, 0, nullptr, 0,
                                types.data(), types.length()))) {
    return names;
  }
  while (names.size() < most_names && SQL_SUCCEEDED(SQLFetch(statement.get())))
    names.push_back(text_at(statement, 3));
  return names;
}

}  // namespace sluice::adapters::front_end::odbc
