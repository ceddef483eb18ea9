// Looks at each line of a payload again, as the center must, before it becomes a row.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "record/receipt.h"
#include "record/record_checker.h"
#include "record/table_schema.h"
#include "store/row.h"
#include "store/row_reader.h"

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
  RowReader reader_;
  std::string buffer_;
};

}  // namespace sluice::store
