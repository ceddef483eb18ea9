// A mapping compiled against a dataset's schema: which source column feeds which field, through
// which steps, and the checker at the end. What the intake of every mode runs a row through.
#pragma once

#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "intake/door.h"
#include "intake/mapping.h"
#include "intake/row.h"
#include "record/digest.h"
#include "record/record_checker.h"
#include "record/table_schema.h"

namespace sluice::intake {

// The source columns that a dataset's fields are fed from, in field order, each once.
[[nodiscard]] std::vector<std::string> wanted_columns(const record::TableSchema& schema,
                                                      const Mapping& mapping);

// Thread-safe once bound: converting changes nothing in it.
class ConversionPlan {
 public:
  // For a source with exactly these columns, in this order. `dataset`, `checker` and `mapping` must
  // outlive the plan. Fails where the columns are not as the schema's `fieldsMatch` asks.
  [[nodiscard]] static Result<ConversionPlan> bind(const record::Dataset& dataset,
                                                   const record::RecordChecker& checker,
                                                   const Mapping& mapping,
                                                   std::span<const std::string> columns);

  // Scratch space that a caller keeps from row to row.
  struct Buffers {
    std::string steps[2];
    std::string canonical;
    std::string line;  // the result: one COPY text line with its newline
    record::RowDigester key;
  };
  [[nodiscard]] bool takes(std::size_t columns) const { return columns == source_columns_; }

  // The position of the source column that feeds a field of the schema; nothing where it has a
  // constant, or the source no such column.
  [[nodiscard]] std::optional<std::size_t> source_of(std::size_t field) const {
    return columns_[field].source;
  }
  // One field as a row with this value of its source column would have it: its canonical text, a
  // view of `value` or of `buffers`, or nothing where it has no value.
  [[nodiscard]] std::expected<SourceValue, RowProblem> convert_field(std::size_t field,
                                                                     SourceValue value,
                                                                     Buffers& buffers) const;

  // Leaves the row as a line in `buffers.line`, and its key's values in `buffers.key`.
  [[nodiscard]] std::expected<void, RowProblem> convert(const SourceRow& row,
                                                        Buffers& buffers) const;

 private:
  struct Column {
    const record::ColumnChecker* checker = nullptr;
    const FieldMapping* mapping = nullptr;  // nothing: taken as it is
    std::optional<std::size_t> source;      // nothing: constant or absent
    std::uint64_t salt = 0;
    bool in_key = false;
  };
  [[nodiscard]] std::expected<SourceValue, RowProblem> convert_value(const Column& column,
                                                                     SourceValue value,
                                                                     Buffers& buffers) const;
  [[nodiscard]] bool is_missing(const Column& column, std::string_view text) const;

  const record::RecordChecker* checker_ = nullptr;
  std::size_t source_columns_ = 0;
  std::vector<Column> columns_;
};

}  // namespace sluice::intake
