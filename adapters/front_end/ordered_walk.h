// The rows of a table in the order of some of its columns, a page at a time, where each page costs
// what is in it. Behind a row (x, y) come first the rest of those with a = x, by b, and then those
// with a > x: asked for one after the other, each is found by a seek, where the one condition for
// both would have most databases pass over all rows with a = x, on every page.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <vector>

#include "adapters/front_end/table_query.h"
#include "adapters/front_end/table_reader.h"

namespace sluice::adapters::front_end {

struct Walk {
  // Positions of the columns that are ordered by, which together tell the rows apart.
  std::vector<std::size_t> order_at;
  // So many of the first may have an index that has none of the others in it.
  std::size_t stepped = 0;
  // Which rows are meant; none of them has NULL in a column of the order.
  Query among;
  // The row behind which it begins, by its values in the order's columns; empty: at the first.
  // Moves on with each row, before the row is handed on.
  std::vector<std::string> behind;
  // Ends after so many rows.
  std::size_t most = all_rows;
};

// The conditions behind `walk.behind` one after the other, each with the columns to order by.
struct Step {
  Query condition;
  std::vector<odbc::SourceColumn> order;
};
[[nodiscard]] std::vector<Step> steps_behind(const odbc::Dialect& dialect, const SourceTable& table,
                                             const Walk& walk);

// Whether it came to the end, and not only to `walk.most`.
[[nodiscard]] Result<bool> walk_in_order(const odbc::Dialect& dialect, TableReader& reader,
                                         Walk& walk, std::size_t page_rows,
                                         const TableReader::Each& each);

}  // namespace sluice::adapters::front_end
