// How a field is kept in PostgreSQL, and how it is read back as the same COPY text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "record/table_schema.h"

namespace sluice::store::postgresql {

struct StoredColumn {
  std::string name;        // quoted
  std::string definition;  // its type in DDL
  std::string read;        // the expression that brings its canonical text
  std::string key_text;    // of a key's field: the same, of SQL's type text
  std::string key_cast;    // turns a text parameter into what is compared with the column
};

// In the order of the schema's fields. A field of the primary key is kept as text in the "C"
// collation unless it is a whole number or a boolean: so both stores order and compare keys the
// same, and looking for a key can not fail on its value.
[[nodiscard]] std::vector<StoredColumn> stored_columns(const record::TableSchema& schema);

}  // namespace sluice::store::postgresql
