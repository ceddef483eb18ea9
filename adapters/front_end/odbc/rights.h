// What the user of a connection may do to a table, as the database itself says it: asked of its
// catalogue, never tried. Who only reads a bureau's table should not be able to write to it.
#pragma once

#include <optional>
#include <string>

#include "adapters/front_end/odbc/connection.h"

namespace sluice::adapters::front_end::odbc {

struct TableRights {
  bool insert = false;
  bool update = false;  // the whole table, or any of its columns
  bool remove = false;  // by DELETE or TRUNCATE
  [[nodiscard]] bool writes() const { return insert || update || remove; }
  friend bool operator==(const TableRights&, const TableRights&) = default;
};

// Nothing: we do not know how to ask this product. Of MariaDB and MySQL what the account was
// granted itself; what it has by a role is not told.
[[nodiscard]] Result<std::optional<TableRights>> rights_on(Connection& connection,
                                                           const TableName& table);

// The database's own time, in UTC to the second, as "2026-11-23 04:44:00"; nothing: we do not know
// how to ask this product.
[[nodiscard]] Result<std::optional<std::string>> own_time(Connection& connection);

}  // namespace sluice::adapters::front_end::odbc
