#include "adapters/front_end/odbc/rights.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "record/lower_case.h"
#include "record/try.h"

namespace sluice::adapters::front_end::odbc {
namespace {

Parameter as_text(std::string text) {
  return {std::move(text), SourceColumn{.name = "name", .size = 255, .octets = 1020}};
}

// The first column of all rows.
Result<std::vector<std::string>> first_values(Connection& connection, const std::string& sql,
                                              const std::vector<Parameter>& parameters) {
  const std::vector<SourceColumn> one(1);
  auto cursor = SLUICE_TRY(connection.query(sql, parameters, one, {}));
  std::vector<std::string> values;
  while (true) {
    const std::size_t rows = SLUICE_TRY(cursor.next_block());
    if (rows == 0) return values;
    for (std::size_t row = 0; row < rows; ++row) {
      if (const auto text = cursor.exact(row, 0)) values.emplace_back(*text);
    }
  }
}

TableRights rights_in(const std::vector<std::string>& granted) {
  const std::set<std::string, std::less<>> names(granted.begin(), granted.end());
  return {
      .insert = names.contains("INSERT"),
      .update = names.contains("UPDATE"),
      // Who may drop a table may empty it: that is what MariaDB asks for TRUNCATE.
      .remove = names.contains("DELETE") || names.contains("TRUNCATE") || names.contains("DROP")};
}

using Granted = Result<std::vector<std::string>>;

// The names are written as identifiers are, and passed as a value.
Granted granted_by_postgresql(Connection& connection, const TableName& table) {
  const Parameter name = as_text(qualified(connection.dialect(), table));
  std::vector<std::string> granted;
  for (const char* right : {"INSERT", "UPDATE", "DELETE", "TRUNCATE"}) {
    const std::string_view function =
        std::string_view(right) == "INSERT" || std::string_view(right) == "UPDATE"
            ? "has_any_column_privilege"
            : "has_table_privilege";
    const auto found = SLUICE_TRY(first_values(
        connection,
        fmt::format("SELECT CASE WHEN {}(CAST(? AS text), '{}') THEN 'yes' ELSE 'no' END", function,
                    right),
        {name}));
    if (!found.empty() && found.front() == "yes") granted.emplace_back(right);
  }
  return granted;
}

// GRANTEE is written 'user'@'host'; a schema may be granted by a pattern.
Granted granted_by_mariadb(Connection& connection, const TableName& table) {
  constexpr const char* query = R"sql(
      SELECT PRIVILEGE_TYPE FROM information_schema.USER_PRIVILEGES
       WHERE REPLACE(GRANTEE, '''', '') = CURRENT_USER()
      UNION SELECT PRIVILEGE_TYPE FROM information_schema.SCHEMA_PRIVILEGES
       WHERE REPLACE(GRANTEE, '''', '') = CURRENT_USER()
         AND COALESCE(NULLIF(?, ''), DATABASE()) LIKE TABLE_SCHEMA
      UNION SELECT PRIVILEGE_TYPE FROM information_schema.TABLE_PRIVILEGES
       WHERE REPLACE(GRANTEE, '''', '') = CURRENT_USER()
         AND TABLE_SCHEMA = COALESCE(NULLIF(?, ''), DATABASE()) AND TABLE_NAME = ?
      UNION SELECT PRIVILEGE_TYPE FROM information_schema.COLUMN_PRIVILEGES
       WHERE REPLACE(GRANTEE, '''', '') = CURRENT_USER()
         AND TABLE_SCHEMA = COALESCE(NULLIF(?, ''), DATABASE()) AND TABLE_NAME = ?)sql";
  const Parameter catalog = as_text(table.catalog);
  const Parameter name = as_text(table.name);
  return first_values(connection, query, {catalog, catalog, name, catalog, name});
}

Granted granted_by_sql_server(Connection& connection, const TableName& table) {
  const Parameter name = as_text(qualified(connection.dialect(), table));
  std::vector<std::string> granted;
  for (const char* right : {"INSERT", "UPDATE", "DELETE"}) {
    const auto found = SLUICE_TRY(first_values(
        connection, fmt::format("SELECT HAS_PERMS_BY_NAME(?, 'OBJECT', '{}')", right), {name}));
    if (!found.empty() && found.front() == "1") granted.emplace_back(right);
  }
  return granted;
}

struct Asker {
  std::string_view mark;  // in the product's name, lower case
  Granted (*ask)(Connection&, const TableName&);
};
constexpr std::array askers = {
    Asker{"postgres", granted_by_postgresql}, Asker{"mariadb", granted_by_mariadb},
    Asker{"mysql", granted_by_mariadb}, Asker{"sql server", granted_by_sql_server}};

}  // namespace

Result<std::optional<TableRights>> rights_on(Connection& connection, const TableName& table) {
  const std::string product = record::lower_case(connection.dialect().product);
  const auto* const asker = std::ranges::find_if(
      askers, [&](const Asker& each) { return product.find(each.mark) != std::string::npos; });
  if (asker == askers.end()) return std::nullopt;
  const auto granted = SLUICE_TRY(asker->ask(connection, table));
  return rights_in(granted);
}

Result<std::optional<std::string>> own_time(Connection& connection) {
  const std::string& question = connection.dialect().current_timestamp;
  if (question.empty()) return std::nullopt;
  const auto found = SLUICE_TRY(first_values(connection, question, {}));
  if (found.empty()) return std::nullopt;
  constexpr std::size_t to_the_second = 19;
  return found.front().substr(0, to_the_second);
}

}  // namespace sluice::adapters::front_end::odbc
