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

template <typename Text>
std::string list_of(Columns columns, const Text& text) {
  std::string list;
  for (const odbc::SourceColumn& column : columns) {
    if (!list.empty()) list += ", ";
    list += text(column);
  }
  return list;
}

struct Order {
  std::string_view strictly;
  std::string_view loosely;
  std::string_view at_last;  // for the last column
};

Query compare_rows(const odbc::Dialect& dialect, Columns columns, Values values,
                   std::string_view comparison) {
  Query query;
  for (std::size_t i = 0; i < columns.size(); ++i)
    query.parameters.push_back({values[i], columns[i]});
  query.sql = fmt::format(
      "({}) {} ({})",
      list_of(columns,
              [&](const odbc::SourceColumn& column) { return odbc::quoted(dialect, column.name); }),
      comparison, list_of(columns, [](const odbc::SourceColumn&) { return "?"; }));
  return query;
}

// (a, b) > (x, y), where a database does not know or use that form as:
// a >= x AND (a > x OR (a = x AND b > y)). The first part is for the planner.
Query in_order(const odbc::Dialect& dialect, Columns columns, Values values, const Order& order) {
  const odbc::SourceColumn& first = columns.front();
  if (columns.size() == 1) return compare(dialect, first, order.at_last, values.front());
  // Of rows that are all equal in the first column, as after an upload of many, the other form
  // would pass over those before on every page.
  if (dialect.compares_rows) return compare_rows(dialect, columns, values, order.at_last);
  Query rest = in_order(dialect, columns.subspan(1), values.subspan(1), order);
  return all_of(
      {compare(dialect, first, order.loosely, values.front()),
       any_of({compare(dialect, first, order.strictly, values.front()),
               all_of({compare(dialect, first, "=", values.front()), std::move(rest)})})});
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

Query equal(const odbc::Dialect& dialect, Columns columns, Values values) {
  std::vector<Query> conditions;
  conditions.reserve(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i)
    conditions.push_back(equal(dialect, columns[i], values[i]));
  return all_of(std::move(conditions));
}

Query at_least(const odbc::Dialect& dialect, const odbc::SourceColumn& column,
               std::string_view value) {
  return compare(dialect, column, ">=", value);
}

Query above(const odbc::Dialect& dialect, const odbc::SourceColumn& column,
            std::string_view value) {
  return compare(dialect, column, ">", value);
}

Query at_most(const odbc::Dialect& dialect, const odbc::SourceColumn& column,
              std::string_view value) {
  return compare(dialect, column, "<=", value);
}

Query below(const odbc::Dialect& dialect, const odbc::SourceColumn& column,
            std::string_view value) {
  return compare(dialect, column, "<", value);
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
  return in_order(dialect, columns, values, {">", ">=", ">"});
}

Query up_to(const odbc::Dialect& dialect, Columns columns, Values values) {
  return in_order(dialect, columns, values, {"<", "<=", "<="});
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
  const auto name = [&](const odbc::SourceColumn& column) {
    return odbc::quoted(dialect, column.name);
  };
  const std::string selected = list_of(columns, [&](const odbc::SourceColumn& column) {
    return column.expression.empty() ? name(column) : column.expression;
  });
  Query query{fmt::format("SELECT {} FROM {}", selected, odbc::qualified(dialect, table)), {}};
  append(query, "WHERE", condition);
  query.sql += " ORDER BY " + list_of(order, name);
  if (limit != all_rows) query.sql = odbc::limited(dialect, query.sql, limit);
  return query;
}

Query select_sums(const odbc::Dialect& dialect, const Stretching& stretches,
                  const odbc::SourceColumn& digest, const odbc::TableName& table,
                  const Query& condition) {
  const odbc::SourceColumn list{.name = stretches.by.name};
  // Still open: the condition stands in the inner query.
  constexpr auto sums = R"sql(
    SELECT stretch, COUNT(*), SUM(digest)
    FROM (SELECT {} AS stretch, {} AS digest FROM {})sql";
  Query query{fmt::format(sums, odbc::stretch_number(dialect, stretches.by).value(),
                          digest.expression, odbc::qualified(dialect, table)),
              {{odbc::array_text(stretches.bounds), list}}};
  append(query, "WHERE", condition);
  // Kept apart from the sum, or the planner, which can not know how few stretches there are, sorts
  // the rows by them.
  query.sql += " OFFSET 0) AS each_row GROUP BY stretch";
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
