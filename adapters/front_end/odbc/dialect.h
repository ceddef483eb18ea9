// In what the databases differ as far as we speak to them.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "adapters/front_end/odbc/types.h"

namespace sluice::adapters::front_end::odbc {

struct Dialect {
  // How the first rows of a result are asked for.
  enum class Limit { limit, top, fetch_first };

  std::string product;  // SQL_DBMS_NAME
  std::string driver;   // SQL_DRIVER_NAME
  std::string quote = "\"";
  Limit limit = Limit::fetch_first;
  // Brings the database's own time in UTC; empty where we do not know how to ask.
  std::string current_timestamp;
  // A function that makes a number of 64 bits of a row, which differs where a value of it does;
  // empty: none, or we do not know of one.
  std::string row_digest;
  // Whether the driver's narrow characters are UTF-8 whatever the locale.
  bool tells_utf_8 = false;
  // Whether (a, b) > (x, y) may be written so, and finds its place in an index on both.
  bool compares_rows = false;
  // Whether the driver brings a result as it is read, and does not keep all of it.
  bool streams = false;
  // Whether its session is set to UTC, so that moments with a zone are told in it.
  bool session_is_in_utc = false;
  // Whether a column may hold more than it declares, and values of other types.
  bool has_loose_types = false;
};

// What a driver says of itself and of the database.
struct Introduction {
  std::string product;  // SQL_DBMS_NAME
  std::string version;  // SQL_DBMS_VER: two digits, a point …
  std::string driver;   // SQL_DRIVER_NAME
  std::string quote;    // SQL_IDENTIFIER_QUOTE_CHAR
};
[[nodiscard]] Dialect dialect_of(Introduction introduction);

// The row's digest as the database computes it of these columns; nothing where it has no such
// function, or not for a value of each of their types.
[[nodiscard]] std::optional<SourceColumn> row_digest(const Dialect& dialect,
                                                     std::span<const SourceColumn> columns);

// Which of the stretches between ascending values of a column a row lies in, counted from 1 (0: in
// front of all), with a question mark for the values, as array_text() writes them; nothing where
// the database has no such function, or not for the column's type.
[[nodiscard]] std::optional<std::string> stretch_number(const Dialect& dialect,
                                                        const SourceColumn& column);
[[nodiscard]] std::string array_text(std::span<const std::string> values);

// What a SELECT says for the column, where its name alone would not bring what it holds; else
// empty. psqlODBC makes 9999-12-31 of infinity, and forgets that a year is before Christ.
[[nodiscard]] std::string selected_as(const Dialect& dialect, const SourceColumn& column);

// As an identifier of SQL; the quote within it is doubled.
[[nodiscard]] std::string quoted(const Dialect& dialect, std::string_view name);
[[nodiscard]] std::string qualified(const Dialect& dialect, const TableName& table);

// `query` is a whole SELECT with its ORDER BY.
[[nodiscard]] std::string limited(const Dialect& dialect, std::string query, std::size_t rows);

}  // namespace sluice::adapters::front_end::odbc
