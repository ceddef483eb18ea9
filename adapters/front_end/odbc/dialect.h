// In what the databases differ as far as we speak to them.
#pragma once

#include <cstddef>
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
  // Whether the driver's narrow characters are UTF-8 whatever the locale.
  bool tells_utf_8 = false;
  // Whether a column may hold more than it declares, and values of other types.
  bool has_loose_types = false;
};

// From what the driver says of itself.
[[nodiscard]] Dialect dialect_of(std::string product, std::string driver, std::string quote);

// As an identifier of SQL; the quote within it is doubled.
[[nodiscard]] std::string quoted(const Dialect& dialect, std::string_view name);
[[nodiscard]] std::string qualified(const Dialect& dialect, const TableName& table);

// `query` is a whole SELECT with its ORDER BY.
[[nodiscard]] std::string limited(const Dialect& dialect, std::string query, std::size_t rows);

}  // namespace sluice::adapters::front_end::odbc
