// The rows that a receipt names as refused, one by one and in their order.
#pragma once

#include <vector>

#include "record/receipt.h"

namespace sluice::record::test {

inline std::vector<RejectedRow> rejected_rows(const Receipt& receipt) {
  std::vector<RejectedRow> rows;
  for (const RefusedRange& refusal : by_row(receipt.refused)) {
    for (std::uint64_t row = refusal.rows.first; row <= refusal.rows.last; ++row)
      rows.push_back({row, refusal.why->field, refusal.why->rule, refusal.why->sentence});
  }
  return rows;
}

}  // namespace sluice::record::test
