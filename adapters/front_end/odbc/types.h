// What a column of an exchange database is, and what its values are to us.
#pragma once

#include <cstdint>
#include <string>

namespace sluice::adapters::front_end::odbc {

struct TableName {
  std::string catalog;  // this and the next may be empty
  std::string schema;
  std::string name;
};

// How a value is fetched and told; decided by the column's SQL type and the product.
enum class ValueKind {
  text,
  integer,
  decimal,          // exact, told without exponent
  floating,         // told as the shortest text that reads back the same
  boolean,          // `true`, `false`
  date,             // 2026-11-23
  time,             // 04:44:05
  timestamp,        // without a zone: taken in the zone that the configuration names
  zoned_timestamp,  // a moment; the session is set so that the database tells it in UTC
  guid,
  binary,  // told in base64
};

struct SourceColumn {
  std::string name;
  std::string type_name;   // as the database calls it, with its size: VARCHAR(20)
  short sql_type = 0;      // SQL_VARCHAR …
  std::uint64_t size = 0;  // characters, or digits; 0: not known
  short digits = 0;        // behind the point
  bool is_nullable = true;
  ValueKind kind = ValueKind::text;
  std::string expression;    // of SQL: what is selected, where it is not the column as it is
  std::uint64_t octets = 0;  // bytes that a text may have; 0: not known
  // Of a zoned_timestamp: whether the session tells it in UTC. Where it does not, only an offset in
  // the text says which moment is meant.
  bool is_in_utc = true;
  // Of a timestamp: whether it is meant as a date where it is midnight.
  bool is_meant_as_date = false;
};

// A value that a question mark stands for, in the text that Cursor::exact() gives, and the column
// that it is compared with or written to.
struct Parameter {
  std::string text;
  SourceColumn column;
};

}  // namespace sluice::adapters::front_end::odbc
