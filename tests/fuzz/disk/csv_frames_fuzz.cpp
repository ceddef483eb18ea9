// Any bytes as what a reader of small CSV answers, which is not trusted: refused, or a table or row
// of the size that was asked for, which is written as it was read.
#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/disk/csv_frames.h"
#include "record/frame.h"
#include "record/record_checker.h"
#include "tests/fuzz/record/demand.h"

namespace {

using namespace sluice::adapters::disk;
using sluice::fuzz::demand;

void check_answer(std::string_view bytes, const CsvQuestion& question) {
  const auto answer = parse_answer(bytes, question);
  if (!answer) return;
  if (const auto* table = std::get_if<CsvTable>(&*answer)) {
    demand(table->rows.size() <= std::get<TableQuestion>(question).most_rows, "no row too many");
    for (const CsvTableRow& row : table->rows) {
      demand(row.cells.size() == (row.fault.empty() ? table->columns.size() : 0),
             "a row has a cell a column, or is at fault");
      for (const std::string& cell : row.cells)
        demand(sluice::record::is_valid_utf8(cell), "a cell is UTF-8");
    }
  } else if (const auto* row = std::get_if<CsvRow>(&*answer)) {
    demand(row->values.size() == (row->fault.empty() ? std::get<RowQuestion>(question).columns : 0),
           "a row has the values that were asked for, or is at fault");
  }
  const std::string again = to_frame(*answer);
  demand(std::string_view(again).substr(sluice::record::frame_head_bytes) == bytes,
         "what is written is what was read");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check_answer(bytes, TableQuestion{.bytes = "a,b\n", .format = {}, .most_rows = 3});
  check_answer(bytes, RowQuestion{.bytes = "1,2", .format = {}, .columns = 2, .max_row_bytes = 9});
  if (const auto question = parse_question(bytes)) {
    const std::string again = to_frame(*question);
    demand(std::string_view(again).substr(sluice::record::frame_head_bytes) == bytes,
           "a question is written as it was read");
  }
  return 0;
}
