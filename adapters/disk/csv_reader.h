// Reads CSV as a stream of rows, each good or at fault, none lost. Memory is bounded by
// max_row_bytes, whatever the file; a fault costs a row and never the rows after it. Line ends are
// LF or CR LF; what else the reader decides is said in docs/csv.md.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "adapters/disk/byte_source.h"
#include "adapters/disk/encoding_check.h"
#include "adapters/disk/format.h"
#include "adapters/disk/gb18030.h"
#include "adapters/disk/line_window.h"
#include "adapters/disk/row_splitter.h"
#include "intake/row.h"

namespace sluice::adapters::disk {

// What is kept of a row that is over its limit.
inline constexpr std::size_t kept_of_too_long_row = 4096;

// Not thread-safe. Failures name a line as their place, never a file.
class CsvReader {
 public:
  // Checks the encoding of the source's beginning. The source must outlive the reader.
  [[nodiscard]] static Result<CsvReader> open(ByteSource& source, const Format& format,
                                              std::size_t max_row_bytes);

  enum class Event { row, fault, end };
  // `fields`: how many a row must have; 0: any number.
  [[nodiscard]] Result<Event> next(std::size_t fields);

  // Of the row or fault that next() came to; views live until the next call.
  [[nodiscard]] std::uint64_t line() const { return window_.line_number(); }
  // As it stands in the source, without its last line end.
  [[nodiscard]] std::string_view original() const { return original_; }
  // Of a row: UTF-8. Nothing for the null sequence outside quotes.
  [[nodiscard]] std::span<const intake::SourceValue> values() const { return values_; }
  // Of a fault; `field` is empty. Rules are listed in docs/reasons.md.
  [[nodiscard]] const intake::RowProblem& problem() const { return problem_; }

 private:
  CsvReader(ByteSource& source, const Format& format, std::size_t max_row_bytes,
            std::optional<Gb18030Decoder> decoder);

  [[nodiscard]] bool passed_over(std::size_t fields) const;
  [[nodiscard]] bool begins_comment(std::string_view line) const;
  [[nodiscard]] Result<Event> read_row(std::size_t fields);
  [[nodiscard]] RowSplitter::State split_line();
  [[nodiscard]] const char* text() const;
  [[nodiscard]] Event finish_row(std::size_t fields);
  [[nodiscard]] std::optional<intake::RowProblem> fault_of_bytes() const;
  [[nodiscard]] Event fault(intake::RowProblem problem);
  // A fault in the row's form: only its first line is taken for it.
  [[nodiscard]] Event fault_of_form(intake::RowProblem problem);
  [[nodiscard]] Event fault_of_quotes(RowSplitter::State state);
  [[nodiscard]] Event unterminated(LineWindow::Extent why);
  [[nodiscard]] Result<Event> too_long();

  Format format_;
  std::size_t max_row_bytes_;
  LineWindow window_;
  RowSplitter splitter_;
  std::optional<Gb18030Decoder> decoder_;  // always there where GB 18030 is declared
  std::string decoded_;                    // the row in UTF-8, where it was not
  std::size_t decoded_end_ = 0;            // without the padding behind it
  bool undecodable_ = false;

  std::string_view original_;
  std::span<const intake::SourceValue> values_;
  intake::RowProblem problem_;
};

}  // namespace sluice::adapters::disk
