// Looks at each line of a payload again, as the center must, and makes the digest by which a record
// is recognised as unchanged.
//
// The digest is over the escaped text of the fields that have a value: escaping is one to one, so
// it tells versions apart as well as the plain text would, and costs no unescaping.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "record/receipt.h"
#include "record/record_checker.h"
#include "record/table_schema.h"
#include "store/row.h"

namespace sluice::store {

// One owner, one thread. `checker` must outlive it and be compiled from `schema`.
class LineInspector {
 public:
  LineInspector(const record::TableSchema& schema, const record::RecordChecker& checker);

  // Fills `row`, which then views `line` and this inspector until the next call; or says why the
  // line is refused.
  [[nodiscard]] std::optional<record::RejectedRow> inspect(std::string_view line,
                                                           std::uint64_t number, Row& row);

 private:
  const record::RecordChecker& checker_;
  std::vector<std::uint64_t> salts_;
  std::vector<std::string_view> columns_;
  std::string buffer_;
};

}  // namespace sluice::store
