// The SQL that is asked of an exchange database. Names are quoted, values are parameters: no text
// of a configuration or a row is ever SQL.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/front_end/odbc/dialect.h"
#include "adapters/front_end/odbc/types.h"

namespace sluice::adapters::front_end {

using Columns = std::span<const odbc::SourceColumn>;
using Values = std::span<const std::string>;

// A statement, or a part of one, and what its question marks stand for.
struct Query {
  std::string sql;
  std::vector<odbc::Parameter> parameters;
};

[[nodiscard]] Query equal(const odbc::Dialect& dialect, const odbc::SourceColumn& column,
                          std::string_view value);
// Each column has its value.
[[nodiscard]] Query equal(const odbc::Dialect& dialect, Columns columns, Values values);
[[nodiscard]] Query at_least(const odbc::Dialect& dialect, const odbc::SourceColumn& column,
                             std::string_view value);
[[nodiscard]] Query above(const odbc::Dialect& dialect, const odbc::SourceColumn& column,
                          std::string_view value);
[[nodiscard]] Query at_most(const odbc::Dialect& dialect, const odbc::SourceColumn& column,
                            std::string_view value);
[[nodiscard]] Query below(const odbc::Dialect& dialect, const odbc::SourceColumn& column,
                          std::string_view value);
[[nodiscard]] Query is_null(const odbc::Dialect& dialect, const odbc::SourceColumn& column);
[[nodiscard]] Query is_not_null(const odbc::Dialect& dialect, const odbc::SourceColumn& column);

// That none of these columns is NULL; nothing to ask where none can be.
[[nodiscard]] Query are_there(const odbc::Dialect& dialect, Columns columns);
// The other rows; nothing to ask where there can be none.
[[nodiscard]] Query is_missing_one(const odbc::Dialect& dialect, Columns columns);

// Whether a row comes after these values in the order of these columns, as `ORDER BY` sorts them;
// by row values where the database finds their place in an index. ordered_walk.h needs none.
[[nodiscard]] Query beyond(const odbc::Dialect& dialect, Columns columns, Values values);
// Whether it comes before them, or has them.
[[nodiscard]] Query up_to(const odbc::Dialect& dialect, Columns columns, Values values);

// All of these; no condition at all where none is given.
[[nodiscard]] Query all_of(std::vector<Query> conditions);
// Any of these; at least one.
[[nodiscard]] Query any_of(std::vector<Query> conditions);

inline constexpr std::size_t all_rows = 0;

// SELECT columns FROM table WHERE … ORDER BY …, the first `limit` rows, or all_rows.
[[nodiscard]] Query select(const odbc::Dialect& dialect, Columns columns,
                           const odbc::TableName& table, const Query& condition, Columns order,
                           std::size_t limit);
// How many rows there are between each two of these values and the sum of their digests, as
// (number of the stretch, rows, sum): the first value begins stretch 1. Only where
// odbc::stretch_number() has an expression for the column.
struct Stretching {
  const odbc::SourceColumn& by;
  Values bounds;
};
[[nodiscard]] Query select_sums(const odbc::Dialect& dialect, const Stretching& stretches,
                                const odbc::SourceColumn& digest, const odbc::TableName& table,
                                const Query& condition);
// The greatest value of a column.
[[nodiscard]] Query select_greatest(const odbc::Dialect& dialect, const odbc::SourceColumn& column,
                                    const odbc::TableName& table);

// A column of an update and what it becomes.
struct Assignment {
  const odbc::SourceColumn& column;
  std::string value;
};
[[nodiscard]] Query update(const odbc::Dialect& dialect, const odbc::TableName& table,
                           std::span<const Assignment> assignments, const Query& condition);

}  // namespace sluice::adapters::front_end
