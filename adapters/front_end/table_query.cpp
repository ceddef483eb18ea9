#include "adapters/front_end/table_query.h"

#include <utility>

#include <fmt/format.h>

namespace sluice::adapters::front_end {
namespace {

Query compare(const odbc::Dialect& dialect, const odbc::SourceColumn& column,
              std::string_view comparison, std::string_view value) {
  return {fmt::format("{} {} ?", odbc::quoted(dialect, column.name), comparison),
          {{std::string(value), column}}};
}

Query joined(std::vector<Query> conditions, std::string_view word) {
  if (conditions.empty()) return {};
  if (conditions.size() == 1) return std::move(conditions.front());
  Query whole;
  for (Query& condition : conditions) {
    whole.sql += whole.sql.empty() ? "(" : fmt::format(" {} ", word);
    whole.sql += condition.sql;
    for (odbc::Parameter& parameter : condition.parameters)
      whole.parameters.push_back(std::move(parameter));
  }
  whole.sql += ")";
  return whole;
}

// (a, b) > (x, y) as: a >= x AND (a > x OR (a = x AND b > y)). The first part is for the planner.
Query in_order(const odbc::Dialect& dialect, Columns columns, Values values,
               std::string_view strictly, std::string_view loosely, std::string_view at_last) {
  const odbc::SourceColumn& first = columns.front();
  if (columns.size() == 1) return compare(dialect, first, at_last, values.front());
  Query rest = in_order(dialect, columns.subspan(1), values.subspan(1), strictly, loosely, at_last);
  return all_of(
      {compare(dialect, first, loosely, values.front()),
       any_of({compare(dialect, first, strictly, values.front()),
               all_of({compare(dialect, first, "=", values.front()), std::move(rest)})})});
}

std::string list_of(const odbc::Dialect& dialect, Columns columns) {
  std::string list;
  for (const odbc::SourceColumn& column : columns) {
    if (!list.empty()) list += ", ";
    list += column.expression.empty() ? odbc::quoted(dialect, column.name) : column.expression;
  }
  return list;
}

void append(Query& query, std::string_view word, const Query& condition) {
  if (condition.sql.empty()) return;
  query.sql += fmt::format(" {} {}", word, condition.sql);
  query.parameters.insert(query.parameters.end(), condition.parameters.begin(),
                          condition.parameters.end());
}

}  // namespace

Query equal(const odbc::Dialect& dialect, const odbc::SourceColumn& column,
            std::string_view value) {
  return compare(dialect, column, "=", value);
}

Query at_least(const odbc::Dialect& dialect, const odbc::SourceColumn& column,
               std::string_view value) {
  return compare(dialect, column, ">=", value);
}

Query is_null(const odbc::Dialect& dialect, const odbc::SourceColumn& column) {
  return {odbc::quoted(dialect, column.name) + " IS NULL", {}};
}

Query is_not_null(const odbc::Dialect& dialect, const odbc::SourceColumn& column) {
  return {odbc::quoted(dialect, column.name) + " IS NOT NULL", {}};
}

Query are_there(const odbc::Dialect& dialect, Columns columns) {
  std::vector<Query> conditions;
  for (const odbc::SourceColumn& column : columns) {
    if (column.is_nullable) conditions.push_back(is_not_null(dialect, column));
  }
  return all_of(std::move(conditions));
}

Query is_missing_one(const odbc::Dialect& dialect, Columns columns) {
  std::vector<Query> conditions;
  for (const odbc::SourceColumn& column : columns) {
    if (column.is_nullable) conditions.push_back(is_null(dialect, column));
  }
  return any_of(std::move(conditions));
}

Query beyond(const odbc::Dialect& dialect, Columns columns, Values values) {
  return in_order(dialect, columns, values, ">", ">=", ">");
}

Query up_to(const odbc::Dialect& dialect, Columns columns, Values values) {
  return in_order(dialect, columns, values, "<", "<=", "<=");
}

Query all_of(std::vector<Query> conditions) {
  std::erase_if(conditions, [](const Query& condition) { return condition.sql.empty(); });
  return joined(std::move(conditions), "AND");
}

Query any_of(std::vector<Query> conditions) {
  return joined(std::move(conditions), "OR");
}

Query select(const odbc::Dialect& dialect, Columns columns, const odbc::TableName& table,
             const Query& condition, Columns order, std::size_t limit) {
  Query query{
      fmt::format("SELECT {} FROM {}", list_of(dialect, columns), odbc::qualified(dialect, table)),
      {}};
  append(query, "WHERE", condition);
  query.sql += " ORDER BY " + list_of(dialect, order);
  query.sql = odbc::limited(dialect, query.sql, limit);
  return query;
}

Query select_greatest(const odbc::Dialect& dialect, const odbc::SourceColumn& column,
                      const odbc::TableName& table) {
  return {fmt::format("SELECT MAX({}) FROM {}", odbc::quoted(dialect, column.name),
                      odbc::qualified(dialect, table)),
          {}};
}

Query update(const odbc::Dialect& dialect, const odbc::TableName& table,
             std::span<const Assignment> assignments, const Query& condition) {
  Query query{fmt::format("UPDATE {} SET ", odbc::qualified(dialect, table)), {}};
  for (const Assignment& assignment : assignments) {
    if (!query.parameters.empty()) query.sql += ", ";
    query.sql += odbc::quoted(dialect, assignment.column.name) + " = ?";
    query.parameters.push_back({assignment.value, assignment.column});
  }
  append(query, "WHERE", condition);
  return query;
}

}  // namespace sluice::adapters::front_end
