// Who makes values of the CSV that a person hands in: a sheet, a row of the quarantine. A process
// that holds the node's key has another one do it (jobs/confined_csv.h): these are bytes that
// anybody may have written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/adapter.h"
#include "adapters/disk/csv_table.h"
#include "adapters/disk/format.h"

namespace sluice::adapters::disk {

struct CsvRow {
  // As many as were asked for; UTF-8; nothing for the null sequence outside quotes.
  std::vector<std::optional<std::string>> values;
  std::string fault;  // "RULE: why", and then it has no values; empty: it could be read
};

struct TableQuestion {
  std::string_view bytes;
  Format format;
  std::uint64_t most_rows = 0;
};

struct RowQuestion {
  std::string_view bytes;
  Format format;
  std::uint64_t columns = 0;
  std::uint64_t max_row_bytes = 0;
};

// Both block. Thread-safe.
class CsvParser {
 public:
  virtual ~CsvParser() = default;
  // As read_csv_table() does.
  [[nodiscard]] virtual Result<CsvTable> table(const TableQuestion& question) const = 0;
  // The first row of the bytes, which have no header. Fails where there is none.
  [[nodiscard]] virtual Result<CsvRow> row(const RowQuestion& question) const = 0;
};

// In this process, which should hold no key.
class OwnCsvParser final : public CsvParser {
 public:
  [[nodiscard]] Result<CsvTable> table(const TableQuestion& question) const override;
  [[nodiscard]] Result<CsvRow> row(const RowQuestion& question) const override;
};

}  // namespace sluice::adapters::disk
