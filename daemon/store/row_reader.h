// Splits a payload's line into a row, and makes the digest by which a record is recognised as
// unchanged. What the line's values may be is not looked at here (line_inspector.h does).
//
// The digest is over the escaped text of the fields that have a value: escaping is one to one, so
// it tells versions apart as well as the plain text would, and costs no unescaping.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "record/digest.h"
#include "record/table_schema.h"
#include "store/row.h"

namespace sluice::store {

// One owner, one thread.
class RowReader {
 public:
  explicit RowReader(const record::TableSchema& schema);

  // Fills `row`, which then views `line` and this reader until the next call. False: it has not as
  // many columns as the schema.
  [[nodiscard]] bool read(std::string_view line, std::uint64_t number, Row& row);
  // Of a record's fields, in the schema's order and escaped.
  [[nodiscard]] record::RowDigest digest(std::span<const std::string_view> fields) const;

 private:
  std::vector<std::uint64_t> salts_;
  std::vector<std::string_view> columns_;
};

}  // namespace sluice::store
