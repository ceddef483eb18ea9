#include "adapters/front_end/odbc/dialect.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "record/lower_case.h"

namespace sluice::adapters::front_end::odbc {
namespace {

struct Product {
  std::string_view mark;  // in the product's name, lower case
  Dialect::Limit limit;
  const char* current_timestamp;
};

// The session of PostgreSQL and MariaDB is set to UTC when it is opened.
constexpr std::array products = {
    Product{"postgres", Dialect::Limit::limit, "SELECT CURRENT_TIMESTAMP"},
    Product{"kingbase", Dialect::Limit::limit, "SELECT CURRENT_TIMESTAMP"},
    Product{"mariadb", Dialect::Limit::limit, "SELECT UTC_TIMESTAMP(6)"},
    Product{"mysql", Dialect::Limit::limit, "SELECT UTC_TIMESTAMP(6)"},
    Product{"sqlite", Dialect::Limit::limit, "SELECT CURRENT_TIMESTAMP"},
    Product{"dm", Dialect::Limit::limit, ""},
    Product{"microsoft sql server", Dialect::Limit::top, "SELECT SYSUTCDATETIME()"},
    Product{"sql server", Dialect::Limit::top, "SELECT SYSUTCDATETIME()"},
    Product{"adaptive server", Dialect::Limit::top, "SELECT GETUTCDATE()"},
    Product{"oracle", Dialect::Limit::fetch_first,
            "SELECT SYS_EXTRACT_UTC(SYSTIMESTAMP) FROM DUAL"},
};

// PostgreSQL's types that have a hash function, as its driver calls them: JSON and XML have none.
// Of the texts the collation may take two for equal that are not.
constexpr std::array<std::string_view, 3> collated_types = {"text", "varchar", "bpchar"};
constexpr std::array<std::string_view, 13> digestible_types = {
    "int2", "int4",      "int8", "float4",      "float8", "numeric", "bool",
    "date", "timestamp", "time", "timestamptz", "uuid",   "bytea"};

// Those whose values are texts that an array can be written with, and come back the same.
constexpr std::array<std::string_view, 10> ordered_types = {
    "text", "varchar", "bpchar", "int2", "int4", "int8", "numeric", "date", "timestamp", "uuid"};

template <std::size_t Size>
bool contains(const std::array<std::string_view, Size>& types, std::string_view type) {
  return std::ranges::find(types, type) != types.end();
}

// Without its size.
std::string base_type(const SourceColumn& column) {
  return record::lower_case(column.type_name.substr(0, column.type_name.find('(')));
}

// Of `14.05.0010`; 0 where it says none.
int major_version(std::string_view version) {
  int major = 0;
  std::from_chars(version.data(), version.data() + version.size(), major);
  return major;
}

}  // namespace

Dialect dialect_of(Introduction introduction) {
  Dialect dialect;
  const std::string name = record::lower_case(introduction.product);
  const std::string library = record::lower_case(introduction.driver);
  const auto known = std::ranges::find_if(
      products, [&](const Product& each) { return name.starts_with(each.mark); });
  if (known != products.end()) {
    dialect.limit = known->limit;
    dialect.current_timestamp = known->current_timestamp;
  }
  dialect.has_loose_types = name.starts_with("sqlite");
  // MariaDB knows the form, but reads the index from its start.
  for (const std::string_view product : {"postgres", "kingbase", "sqlite"}) {
    dialect.compares_rows = dialect.compares_rows || name.starts_with(product);
  }
  for (const std::string_view utf_8 : {"psqlodbc", "libmaodbc", "maodbc", "sqlite3odbc"}) {
    dialect.tells_utf_8 = dialect.tells_utf_8 || library.find(utf_8) != std::string::npos;
  }
  // Of PostgreSQL 14 and later.
  if (name.starts_with("postgres") && major_version(introduction.version) >= 14) {
    dialect.row_digest = "hash_record_extended";
  }
  dialect.product = std::move(introduction.product);
  dialect.driver = std::move(introduction.driver);
  // A blank says that there is no quoting (ODBC, SQL_IDENTIFIER_QUOTE_CHAR); standard SQL has one.
  if (!introduction.quote.empty() && introduction.quote != " ") {
    dialect.quote = std::move(introduction.quote);
  }
  return dialect;
}

std::optional<SourceColumn> row_digest(const Dialect& dialect,
                                       std::span<const SourceColumn> columns) {
  if (dialect.row_digest.empty()) return std::nullopt;
  std::string list;
  for (const SourceColumn& column : columns) {
    const std::string type = base_type(column);
    const bool is_collated = contains(collated_types, type);
    if (!is_collated && !contains(digestible_types, type)) return std::nullopt;
    list += (list.empty() ? "" : ", ") + quoted(dialect, column.name);
    if (is_collated) list += R"( COLLATE "C")";
  }
  // The row's own number is linear in those of its values: two rows that swap a value would have
  // the sum that they had. The number of its text is not.
  const std::string expression = fmt::format(
      R"(hashtextextended({}(ROW({}), 0)::text COLLATE "C", 0))", dialect.row_digest, list);
  return SourceColumn{.name = expression,
                      .type_name = "bigint",
                      .sql_type = -5,  // SQL_BIGINT
                      .size = 20,
                      .kind = ValueKind::integer,
                      .expression = expression};
}

std::optional<std::string> stretch_number(const Dialect& dialect, const SourceColumn& column) {
  const std::string type = base_type(column);
  if (dialect.row_digest.empty() || !contains(ordered_types, type)) return std::nullopt;
  return fmt::format("width_bucket({}, CAST(? AS {}[]))", quoted(dialect, column.name), type);
}

// PostgreSQL, 8.15.2: in quotes, with a backslash before quotes and backslashes.
std::string array_text(std::span<const std::string> values) {
  std::string text = "{";
  for (const std::string& value : values) {
    text += text.size() > 1 ? ",\"" : "\"";
    for (const char c : value) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    text += '"';
  }
  return text + "}";
}

std::string selected_as(const Dialect& dialect, const SourceColumn& column) {
  if (!record::lower_case(dialect.product).starts_with("postgres")) return {};
  switch (column.kind) {
    case ValueKind::date:
    case ValueKind::timestamp:
      return quoted(dialect, column.name) + "::text";
    case ValueKind::zoned_timestamp:
      return fmt::format("({} AT TIME ZONE 'UTC')::text", quoted(dialect, column.name));
    default:
      return {};
  }
}

std::string quoted(const Dialect& dialect, std::string_view name) {
  std::string text = dialect.quote;
  for (const char c : name) {
    text += c;
    if (dialect.quote.size() == 1 && c == dialect.quote.front()) text += c;
  }
  return text + dialect.quote;
}

std::string qualified(const Dialect& dialect, const TableName& table) {
  std::string text;
  for (const std::string* part : {&table.catalog, &table.schema, &table.name}) {
    if (part->empty()) continue;
    if (!text.empty()) text += '.';
    text += quoted(dialect, *part);
  }
  return text;
}

std::string limited(const Dialect& dialect, std::string query, std::size_t rows) {
  constexpr std::string_view select = "SELECT ";
  switch (dialect.limit) {
    case Dialect::Limit::limit:
      return fmt::format("{} LIMIT {}", query, rows);
    case Dialect::Limit::top:
      return query.insert(select.size(), fmt::format("TOP {} ", rows));
    case Dialect::Limit::fetch_first:
      break;
  }
  return fmt::format("{} FETCH FIRST {} ROWS ONLY", query, rows);
}

}  // namespace sluice::adapters::front_end::odbc
