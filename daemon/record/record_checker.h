// A Table Schema compiled once into one checker per column. The intake runs every value through it,
// and the center does so again (it trusts signatures, not senders).
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "record/checks.h"
#include "record/failure.h"
#include "record/rules.h"
#include "record/table_schema.h"

namespace sluice::record {

// Why a value was refused. `rule` is the constraint's own name ("required", "maxLength", "uscc",
// "type" …); `sentence` never quotes the value.
struct Violation {
  Rule rule;
  std::string sentence;
  std::optional<CheckFault> fault = std::nullopt;  // where the field's check failed
};

// Thread-safe: all state is set when compiled.
class ColumnChecker {
 public:
  ColumnChecker(ColumnChecker&&) noexcept;
  ColumnChecker& operator=(ColumnChecker&&) noexcept;
  ~ColumnChecker();

  // The canonical text of a value (dates ISO 8601, numbers with a point and no grouping, booleans
  // "t" or "f"), as a view of `text` or of `buffer`, both of which must outlive it.
  // `text` is valid UTF-8 without NUL: the door checks that once for all columns.
  [[nodiscard]] std::expected<std::string_view, Violation> check(std::string_view text,
                                                                 std::string& buffer) const;
  // The same for a value that is in its canonical text already, whatever decimalChar, trueValues …
  // the schema gives for its source.
  [[nodiscard]] std::expected<std::string_view, Violation> check_canonical(
      std::string_view text, std::string& buffer) const;
  [[nodiscard]] bool required() const;
  [[nodiscard]] const Field& field() const;

 private:
  friend class RecordChecker;
  struct Compiled;
  explicit ColumnChecker(std::unique_ptr<Compiled> compiled);
  [[nodiscard]] std::expected<std::string_view, Violation> check_as(const Field& writing,
                                                                    std::string_view text,
                                                                    std::string& buffer) const;
  std::unique_ptr<Compiled> compiled_;
};

enum class SchemaProblem { bad_pattern, bad_bound, bad_json_schema, unknown_field };
using SchemaFailure = Failure<SchemaProblem>;

class RecordChecker {
 public:
  [[nodiscard]] static std::expected<RecordChecker, std::vector<SchemaFailure>> compile(
      const TableSchema& schema);

  [[nodiscard]] const std::vector<ColumnChecker>& columns() const { return columns_; }
  [[nodiscard]] const std::vector<std::size_t>& key() const { return key_; }
  // Whether the schema lists `text` among its missing values.
  [[nodiscard]] bool is_missing(std::string_view text) const;

  // Checks one payload line again, as the center does. Field and rule of the first violation.
  struct LineViolation {
    std::string field;
    Violation violation;
  };
  [[nodiscard]] std::optional<LineViolation> check_line(std::string_view line,
                                                        std::string& buffer) const;

 private:
  std::vector<ColumnChecker> columns_;
  std::vector<std::size_t> key_;
  std::vector<std::string> missing_;
};

[[nodiscard]] bool is_valid_utf8(std::string_view text);

}  // namespace sluice::record
