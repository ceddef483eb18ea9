// A table of an exchange database as the database describes it, held against what the
// configuration and the schema ask of it, before any row is read.
#pragma once

#include <cstddef>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "adapters/adapter.h"
#include "adapters/front_end/exchange_table.h"
#include "adapters/front_end/odbc/connection.h"
#include "adapters/front_end/odbc/dialect.h"
#include "record/digest.h"

namespace sluice::adapters::front_end {

struct SourceTable {
  odbc::TableName name;
  std::vector<odbc::SourceColumn> columns;  // that are read, in the order of the SELECT
  // What the door is told: all columns of the table but those that only the capture is for; and of
  // each its position in `columns`, or nothing where no field wants it and it is not read.
  std::vector<std::string> announced;
  std::vector<std::optional<std::size_t>> read_at;
  std::vector<odbc::SourceColumn> key;
  std::vector<std::size_t> key_at;  // positions in `columns`
  std::optional<std::size_t> source_time;
  std::optional<std::size_t> digest_at;  // where the database itself makes a digest of the row

  // Position in `columns`; the name is one that find_table() was asked to read.
  [[nodiscard]] std::size_t at(const std::string& column) const;
  [[nodiscard]] std::map<std::string, std::string> types() const;
};

// What of a table is to be read.
struct Wanted {
  TableName table;
  std::vector<std::string> fields;  // columns that the dataset's fields come from
  std::vector<std::string> key;
  bool key_is_stated = false;        // by the configuration: taken at its word
  std::vector<std::string> capture;  // columns that the capture needs beside these
  std::string source_time;           // empty: none
  std::vector<std::string> dates;    // columns that are told as dates where they are midnight
};

// Fails where the table, a column of the key or one of the capture is not there, or the key tells
// no records apart. Columns of fields that are not there are the door's to judge (`fieldsMatch`).
[[nodiscard]] Result<SourceTable> find_table(odbc::Connection& connection, const Wanted& wanted);

// Fails where a column that was read before has another type now, and names it.
[[nodiscard]] Result<void> check_types(const SourceTable& table,
                                       const std::map<std::string, std::string>& before);

// Has the database make digests of the rows, if it can.
void ask_for_digest(const odbc::Dialect& dialect, SourceTable& table);
// Of the columns' names and types, in their order: digests of rows are compared where it is the
// same.
[[nodiscard]] record::Digest digest_of_columns(const SourceTable& table);
// Only key and digest of a table that was asked for one.
[[nodiscard]] SourceTable keys_and_digests(const SourceTable& table);

[[nodiscard]] CollectionFailure collection_failure(const odbc::OdbcFailure& failure);
[[nodiscard]] std::string to_string(const TableName& table);

}  // namespace sluice::adapters::front_end
