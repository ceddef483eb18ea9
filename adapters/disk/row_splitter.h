// Splits the text of one row into its fields, by a CSV dialect. Fed line by line, because only the
// splitting can tell whether a line end belongs to a quoted field.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "adapters/disk/format.h"
#include "adapters/disk/mark_scan.h"
#include "intake/row.h"

namespace sluice::adapters::disk {

// Of a row that has more only these are kept, though all are counted: a line of delimiters is cheap
// to write, and each of its fields would cost many times a byte.
inline constexpr std::size_t most_fields = 4096;

// One row at a time; not thread-safe. `text` is always the row from its first byte, wherever it
// lies now, with scan_padding readable bytes behind what has been added.
class RowSplitter {
 public:
  explicit RowSplitter(const CsvDialect& dialect);

  void start();

  enum class State {
    complete,     // the row ends with this line
    open_quote,   // a quoted field goes on in the next line
    quote_fault,  // a quote within an unquoted field, or text behind a closing one
    escape_fault  // an escape with nothing behind it
  };
  // Adds text[begin, end): one line, without its line end.
  [[nodiscard]] State add(const char* text, std::size_t begin, std::size_t end);

  // Of a complete row that has no more than most_fields. Views of `text` and of the splitter, until
  // start().
  [[nodiscard]] std::span<const intake::SourceValue> values(const char* text);
  [[nodiscard]] std::size_t field_count() const { return count_; }
  // Whether `byte` stands anywhere outside quotes.
  [[nodiscard]] bool holds_unquoted(const char* text, char byte) const;
  // The field that add() stopped in, from 1.
  [[nodiscard]] std::size_t current_field() const { return count_ + 1; }

 private:
  struct Field {
    std::size_t begin = 0;
    std::size_t end = 0;
    bool quoted = false;
    bool escaped = false;  // holds doubled quotes or escapes
  };
  enum class Within { nothing, unquoted, quoted };
  enum class Step { next_field, stop };

  Step open_field(const char* text, std::size_t at, std::size_t end, MarkScan& scan);
  Step read_unquoted(const char* text, std::size_t end, MarkScan& scan);
  Step read_quoted(const char* text, std::size_t end, MarkScan& scan);
  void close_field(std::size_t at);
  [[nodiscard]] bool is_escape(char byte) const { return has_escape_ && byte == marks_.escape; }
  [[nodiscard]] std::string_view unescape(std::string_view written, bool quoted);

  Marks marks_;
  bool has_escape_;
  bool double_quote_;
  bool skip_initial_space_;
  std::optional<std::string> null_sequence_;

  Within within_ = Within::nothing;
  State state_ = State::complete;
  std::size_t next_ = 0;  // where the next field begins
  Field field_;
  std::size_t count_ = 0;  // of the row's fields; there may be more in fields_, from rows before
  std::vector<Field> fields_ = std::vector<Field>(64);  // at most most_fields
  std::vector<intake::SourceValue> values_;
  std::string unescaped_;
};

}  // namespace sluice::adapters::disk
