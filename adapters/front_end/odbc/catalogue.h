// What a database says of its tables: ODBC's catalogue functions, read into values.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "adapters/front_end/odbc/dialect.h"
#include "adapters/front_end/odbc/handle.h"
#include "adapters/front_end/odbc/types.h"

namespace sluice::adapters::front_end::odbc {

struct FoundColumns {
  std::vector<SourceColumn> columns;  // empty: no such table
  std::vector<std::string> schemas;   // that have a table of the name, where none was named
};

enum class CatalogueProblem {
  failed,   // the statement's diagnostics say why
  endless,  // the driver gives more than any table has
};
[[nodiscard]] std::expected<FoundColumns, CatalogueProblem> find_columns(
    const StatementHandle& statement, const Dialect& dialect, const TableName& table);
[[nodiscard]] std::expected<std::vector<std::string>, CatalogueProblem> find_primary_key(
    const StatementHandle& statement, const TableName& table);

// Some of the tables and views that the user may see; for a message.
[[nodiscard]] std::vector<std::string> table_names(const StatementHandle& statement,
                                                   const std::string& catalog);

// How values of a type are fetched and told.
[[nodiscard]] ValueKind kind_of(const Dialect& dialect, short sql_type, std::string_view type_name);

}  // namespace sluice::adapters::front_end::odbc
