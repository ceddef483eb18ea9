// A connection to a bureau's exchange database over ODBC, whatever product it is: its tables'
// columns and keys, queries with parameters, and what the products differ in.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <date/tz.h>

#include "adapters/front_end/odbc/cursor.h"
#include "adapters/front_end/odbc/dialect.h"
#include "adapters/front_end/odbc/exchange_database.h"
#include "adapters/front_end/odbc/failure.h"
#include "adapters/front_end/odbc/types.h"

namespace sluice::adapters::front_end::odbc {

struct Access {
  std::string connection;  // ODBC connection string, without the password
  std::string password;    // empty: none
  std::chrono::seconds login_timeout{10};
  std::chrono::seconds query_timeout{300};
  TextEncoding encoding = TextEncoding::automatic;
  std::string time_zone = "Asia/Shanghai";  // of timestamps without a zone; a known IANA name
  bool writes = false;                      // else the session is opened read-only where it can be
};

// One thread. A driver that hangs is not got rid of here, but with its process.
class Connection {
 public:
  [[nodiscard]] static Result<Connection> open(const Access& access);
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  ~Connection();

  [[nodiscard]] const Dialect& dialect() const;
  // Of its timestamps without one.
  [[nodiscard]] const date::time_zone& time_zone() const;

  // In the table's own order; at least one. `no_table` names what is there.
  [[nodiscard]] Result<std::vector<SourceColumn>> columns(const TableName& table);
  // In the key's own order; empty where the database knows of none.
  [[nodiscard]] Result<std::vector<std::string>> primary_key(const TableName& table);

  // `columns` are what the query asks for, as columns() described them.
  [[nodiscard]] Result<Cursor> query(const std::string& sql, std::span<const Parameter> parameters,
                                     std::span<const SourceColumn> columns,
                                     const ReadLimits& limits);
  // How many rows it touched. Committed when it returns.
  [[nodiscard]] Result<std::uint64_t> execute(const std::string& sql,
                                              std::span<const Parameter> parameters);

 private:
  struct State;
  explicit Connection(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sluice::adapters::front_end::odbc
