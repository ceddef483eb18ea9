// The key of a payload's row, as the replayed tables have it: in the order of the store.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "record/key_order.h"
#include "record/table_schema.h"
#include "store/row.h"

namespace sluice::exchange {

class RowKeys {
 public:
  // Of rows with the columns of this schema.
  explicit RowKeys(const record::TableSchema& schema)
      : order_(schema), columns_(record::key_columns(schema)) {}

  // Nothing: the row has none.
  [[nodiscard]] std::optional<std::string> encode(const store::Row& row) const;

 private:
  record::KeyOrder order_;
  std::vector<std::size_t> columns_;
};

}  // namespace sluice::exchange
