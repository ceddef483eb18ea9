#include "adapters/disk/csv_parser.h"

#include <fmt/format.h>

#include "adapters/disk/bytes_in_memory.h"
#include "adapters/disk/csv_reader.h"
#include "record/try.h"

namespace sluice::adapters::disk {

Result<CsvTable> OwnCsvParser::table(const TableQuestion& question) const {
  return read_csv_table(question.bytes, question.format, question.most_rows);
}

Result<CsvRow> OwnCsvParser::row(const RowQuestion& question) const {
  BytesInMemory source(question.bytes);
  CsvReader reader = SLUICE_TRY(CsvReader::open(source, question.format, question.max_row_bytes));
  const auto event = SLUICE_TRY(reader.next(question.columns));
  CsvRow row;
  switch (event) {
    case CsvReader::Event::row:
      for (const intake::SourceValue& value : reader.values())
        row.values.push_back(value ? std::optional<std::string>(*value) : std::nullopt);
      return row;
    case CsvReader::Event::fault:
      row.fault = fmt::format("{}: {}", reader.problem().rule.text(), reader.problem().sentence);
      return row;
    case CsvReader::Event::end:
      break;
  }
  return std::unexpected(
      CollectionFailure{CollectionProblem::bad_syntax, "", "there is no row in the bytes given"});
}

}  // namespace sluice::adapters::disk
