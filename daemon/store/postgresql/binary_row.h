// A row as COPY … (FORMAT binary) takes it. The server spends less on it than on text
// (docs/performance.md): it neither looks for separators nor parses digests, numbers and times,
// which here are known to be canonical and are cheap to convert.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "record/digest.h"
#include "record/table_schema.h"

namespace sluice::store::postgresql {

// How a column's COPY text is told to the server.
enum class Encoding { text, int8, int2, boolean, numeric, date, timestamptz, time };

// In the order of the schema's fields, as stored_columns() keeps them.
[[nodiscard]] std::vector<Encoding> encodings(const record::TableSchema& schema);

// Appends to a COPY's data. Values are canonical text, as inspection has made sure.
class BinaryRows {
 public:
  // What a COPY's data begins and ends with.
  static void begin(std::string& data);
  static void end(std::string& data);
  // The values of a row, which they view, without a COPY around it; nothing: NULL.
  [[nodiscard]] static std::vector<std::optional<std::string_view>> columns_of(
      std::string_view row);

  explicit BinaryRows(std::string& data) : data_(data) {}
  void begin_row(std::size_t columns);
  void uuid(const record::RowDigest& digest);
  void int8(std::int64_t value);
  void text(std::string_view plain);
  // One column's COPY text, escaped or \N.
  void column(Encoding encoding, std::string_view escaped);

 private:
  std::string& data_;
  std::string unescaped_;
};

}  // namespace sluice::store::postgresql
