// A small CSV file read whole: what people fill in and hand in, where every fault is told at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/adapter.h"
#include "adapters/disk/format.h"

namespace sluice::adapters::disk {

struct CsvTableRow {
  std::uint64_t line = 0;          // on which it begins, from 1
  std::vector<std::string> cells;  // as many as there are columns; UTF-8
  std::string fault;  // why it could not be read, and then it has no cells; empty: it could
};

struct CsvTable {
  std::uint64_t header_line = 0;
  std::vector<std::string> columns;  // as the header has them: UTF-8, not looked at
  std::vector<CsvTableRow> rows;     // without those whose cells are all empty
};

// A cell takes 32 times the memory that it has in a sheet of commas.
inline constexpr std::size_t most_columns_of_table = 1100;

// Fails where there is no header that can be read, where the encoding is not what was declared, and
// where there are more than `most_rows`. Memory is bounded by `bytes`.
[[nodiscard]] Result<CsvTable> read_csv_table(std::string_view bytes, const Format& format,
                                              std::size_t most_rows);

}  // namespace sluice::adapters::disk
