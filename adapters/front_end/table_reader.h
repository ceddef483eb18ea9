// Runs a query and gives its rows one by one, each ready to be compared by digest or handed to the
// intake's door.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "adapters/adapter.h"
#include "adapters/front_end/digest_file.h"
#include "adapters/front_end/source_table.h"
#include "adapters/front_end/table_query.h"
#include "intake/door.h"
#include "record/digest.h"

namespace sluice::adapters::front_end {

// A row under the cursor; good until the next.
class TableRow {
 public:
  TableRow(const odbc::Cursor& cursor, std::size_t row, const SourceTable& table)
      : cursor_(cursor), row_(row), table_(table) {}

  // As a parameter of a query; nothing for NULL.
  [[nodiscard]] std::optional<std::string_view> exact(std::size_t column) const;
  // As the intake is told it.
  [[nodiscard]] odbc::Value value(std::size_t column) const { return cursor_.value(row_, column); }
  [[nodiscard]] RecordKey key() const;
  [[nodiscard]] bool is_at(const RecordKey& key) const;
  // Whether the key is all there: what is NULL is never found again, nor has it a place in an
  // order.
  [[nodiscard]] bool has_key() const;
  // Of all columns read, or what the database made of them; or of the key's.
  [[nodiscard]] record::RowDigest digest(std::string& buffer) const;
  [[nodiscard]] record::RowDigest key_digest(std::string& buffer) const;

 private:
  [[nodiscard]] record::RowDigest digest_of(std::span<const std::size_t> columns,
                                            std::string& buffer) const;
  void append_exact(std::string& buffer, std::size_t column) const;

  const odbc::Cursor& cursor_;
  std::size_t row_;
  const SourceTable& table_;
};

class TableReader final : private intake::Original::Writer {
 public:
  // All must outlive the reader. A row whose values together are longer than `max_row_bytes` goes
  // to quarantine.
  TableReader(odbc::Connection& connection, const SourceTable& table, std::uint64_t max_row_bytes,
              intake::Door& door, Progress& progress);

  // The same for other columns of the table; `table` must outlive it.
  [[nodiscard]] TableReader over(const SourceTable& table) const {
    return {connection_, table, max_row_bytes_, door_, progress_};
  }

  [[nodiscard]] const SourceTable& table() const { return table_; }

  // How many rows there were. `each` may end the reading with its failure.
  using Each = std::function<Result<void>(const TableRow&)>;
  [[nodiscard]] Result<std::size_t> read(const Query& query, const Each& each);

  // Rows that needed no reading.
  void passed(std::uint64_t rows);

  // Of a query for one value: nothing where there is no row or the value is NULL.
  [[nodiscard]] Result<std::optional<std::string>> read_first_value(const Query& query);

  [[nodiscard]] Result<void> hand_over(const TableRow& row, record::Operation operation);
  // Straight to the quarantine: the capture can not tell what the row is.
  [[nodiscard]] Result<void> refuse(const TableRow& row, const intake::RowProblem& problem);
  // A record that is gone: all that is left is its key.
  [[nodiscard]] Result<void> hand_over_removed(const RecordKey& key);
  // The row that this hands over, which stands for any other with that key; good until the next.
  [[nodiscard]] intake::SourceRow row_with(const RecordKey& key);

 private:
  // Collects the row's values; the problem of the first one that can not be told.
  [[nodiscard]] std::optional<intake::RowProblem> gather(const TableRow& row);
  // As a JSON object, in which a person can correct it and hand it in again.
  [[nodiscard]] std::string_view write() override;
  [[nodiscard]] Result<void> taken(const intake::Result<void>& handed) const;

  odbc::Connection& connection_;
  const SourceTable& table_;
  std::uint64_t max_row_bytes_;
  intake::Door& door_;
  Progress& progress_;
  std::uint64_t rows_ = 0;
  std::vector<intake::SourceValue> values_;
  std::string original_;
};

}  // namespace sluice::adapters::front_end
