// What the faulty driver answers where it does as it should: one table, `payment`, and what the
// catalogue says of it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sql.h>
#include <sqlext.h>

namespace sluice::test::faulty_driver {

// A value as ASCII text; nothing for NULL.
using Cell = std::optional<std::string>;
using Cells = std::vector<Cell>;

struct Answer {
  std::size_t columns = 0;
  std::vector<Cells> rows;
};

// As the catalogue functions bring them.
[[nodiscard]] Answer described_columns();
[[nodiscard]] Answer described_key();
[[nodiscard]] Answer described_tables();

// To a query as our code writes it: a list of quoted columns, `"id" > ?` and `"id" <= ?` where it
// pages, and the number of rows that it wants. The table has `rows` rows.
[[nodiscard]] Answer answer_to(std::string_view sql, const std::vector<std::string>& parameters,
                               std::size_t rows);

// What a program that binds a column, or asks for its data, gives to put a value in.
struct Target {
  SQLSMALLINT c_type = SQL_C_CHAR;
  char* memory = nullptr;
  SQLLEN room = 0;
  SQLLEN* length = nullptr;
};

// One value, as ODBC has it done: false where it had to be cut.
bool put(const Cell& cell, const Target& target);

}  // namespace sluice::test::faulty_driver
