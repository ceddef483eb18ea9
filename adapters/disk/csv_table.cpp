#include "adapters/disk/csv_table.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "adapters/disk/bytes_in_memory.h"
#include "adapters/disk/csv_reader.h"
#include "record/try.h"

namespace sluice::adapters::disk {
namespace {

// A sheet's row: a form may have long texts.
constexpr std::size_t longest_row_of_table = std::size_t{1} << 20;

std::vector<std::string> cells_of(const CsvReader& reader) {
  std::vector<std::string> cells;
  cells.reserve(reader.values().size());
  for (const intake::SourceValue& value : reader.values())
    cells.emplace_back(value.value_or(std::string_view()));
  return cells;
}

}  // namespace

Result<CsvTable> read_csv_table(std::string_view bytes, const Format& format,
                                std::size_t most_rows) {
  BytesInMemory source(bytes);
  CsvReader reader = SLUICE_TRY(CsvReader::open(source, format, longest_row_of_table));
  const auto failure = [&](CollectionProblem problem, std::string sentence) {
    return std::unexpected(
        CollectionFailure{problem, std::to_string(reader.line()), std::move(sentence)});
  };
  CsvTable table;
  const auto header = SLUICE_TRY(reader.next(0));
  if (header == CsvReader::Event::end) {
    return failure(CollectionProblem::bad_columns,
                   "found no line; expected a header and the lines below it");
  }
  if (header == CsvReader::Event::fault) {
    return failure(CollectionProblem::bad_syntax, "the header: " + reader.problem().sentence);
  }
  table.header_line = reader.line();
  if (reader.values().size() > most_columns_of_table) {
    return failure(CollectionProblem::bad_columns,
                   fmt::format("the header: found {} columns; expected at most {}",
                               reader.values().size(), most_columns_of_table));
  }
  table.columns = cells_of(reader);
  for (;;) {
    const auto event = SLUICE_TRY(reader.next(table.columns.size()));
    if (event == CsvReader::Event::end) return table;
    CsvTableRow row{.line = reader.line(), .cells = {}, .fault = {}};
    if (event == CsvReader::Event::fault) {
      row.fault = reader.problem().sentence;
    } else {
      row.cells = cells_of(reader);
      if (std::ranges::all_of(row.cells, &std::string::empty)) continue;
    }
    if (table.rows.size() == most_rows) {
      return failure(CollectionProblem::too_large,
                     fmt::format("there are more than {} lines below the header; hand them in in "
                                 "parts",
                                 most_rows));
    }
    table.rows.push_back(std::move(row));
  }
}

}  // namespace sluice::adapters::disk
