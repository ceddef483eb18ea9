// A row as its source gave it, before anything of ours has looked at it.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "record/checks.h"
#include "record/copy_text.h"
#include "record/rules.h"

namespace sluice::intake {

// A value of one source column; nothing where the source has none (JSON null, absent member, SQL
// NULL). An empty string is a value: whether it counts as missing is the schema's to say.
using SourceValue = std::optional<std::string_view>;

// A row's bytes as they came, for the quarantine. A source whose rows have no bytes of their own (a
// database) writes them when they are wanted, for few rows are refused.
class Original {
 public:
  class Writer {
   public:
    // Good until the next.
    [[nodiscard]] virtual std::string_view write() = 0;

   protected:
    ~Writer() = default;
  };

  Original() = default;
  template <std::convertible_to<std::string_view> Bytes>
  Original(const Bytes& bytes) : bytes_(bytes) {}
  Original(Writer& writer) : writer_(&writer) {}

  [[nodiscard]] std::string_view bytes() const {
    return writer_ != nullptr ? writer_->write() : bytes_;
  }

 private:
  std::string_view bytes_;
  Writer* writer_ = nullptr;
};

// Views live until accept() returns. Values are valid UTF-8 without NUL bytes: the collector
// rejects a row that is not.
struct SourceRow {
  // One a source column, in the order that was announced to Door::begin().
  std::span<const SourceValue> values;
  Original original;
  // Where in the source: line of a file, index in a call (1 is the first).
  std::uint64_t place = 0;
  record::Operation operation = record::Operation::upsert;
  // Where the source says: in the form of a batch's second column (docs/batch-format.md).
  std::optional<std::string_view> source_time;
};

// Why a row was not taken. `rule`, `sentence` and `fault` as in record::Violation.
struct RowProblem {
  std::string field;  // empty where the row itself is at fault
  record::Rule rule;
  std::string sentence;
  std::optional<record::CheckFault> fault = std::nullopt;
};

// A row that went to the quarantine.
struct RefusedRow {
  std::uint64_t place = 0;
  RowProblem problem;
};

}  // namespace sluice::intake
