// A table of a bureau's exchange database that is read, and what of it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "adapters/front_end/exchange_table.h"
#include "adapters/front_end/odbc/connection.h"
#include "adapters/front_end/source_table.h"
#include "adapters/front_end/table_reader.h"
#include "record/identifiers.h"

namespace sluice::adapters::front_end {

// A table to collect, and what is kept about it.
struct Source {
  odbc::Access access;
  ExchangeTable exchange;
  record::DatasetId dataset;
  std::vector<std::string> fields;  // source columns that the dataset's fields come from
  std::vector<std::string> key;     // those of its primary key
  std::vector<std::string> dates;   // those that fields of type date take as they are
  std::uint64_t max_row_bytes = std::uint64_t{1} << 20;
  std::filesystem::path folder;  // for what the captures of this bureau keep; exists
  std::size_t page_rows = 10'000;
  bool accepts_columns = false;  // column types that have changed are taken as they are
  bool reads_anew = false;       // as if for the first time
  std::chrono::system_clock::time_point now = std::chrono::system_clock::now();
  bool deletes_anyway = false;  // however many records are gone
};

// The table with the records.
[[nodiscard]] Wanted wanted_records(const Source& source);
// Fails where a snapshot's stated key is another than the dataset's: a record that only differs in
// a column of it would be told as one that is gone and one that came, in any order.
[[nodiscard]] Result<void> check_stated_key(const Source& source);
// The log in place of the table: its key repeats, and where the records lie in a table of their
// own, that is where the other fields come from.
[[nodiscard]] Wanted wanted_log(const Source& source, const capture::ByChangeLog& way);

// Tells the door which columns will come.
[[nodiscard]] Result<void> announce(const SourceTable& table, intake::Door& door);

}  // namespace sluice::adapters::front_end
