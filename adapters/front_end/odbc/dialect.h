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

// As an identifier of SQL; the quote within it is doubled.
[[nodiscard]] std::string quoted(const Dialect& dialect, std::string_view name);
[[nodiscard]] std::string qualified(const Dialect& dialect, const TableName& table);

// `query` is a whole SELECT with its ORDER BY.
[[nodiscard]] std::string limited(const Dialect& dialect, std::string query, std::size_t rows);

}  // namespace sluice::adapters::front_end::odbc
