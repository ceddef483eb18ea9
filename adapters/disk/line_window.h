// A bounded window on a source of bytes, that moves from row to row in whole physical lines. It can
// go back to the second line of a row: that is how one bad quote costs one line and not the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string_view>
#include <vector>

#include "adapters/disk/byte_source.h"

namespace sluice::adapters::disk {

// Memory: at most max_row_bytes and a block or two, whatever the source. The source must outlive
// it. Views live until the next call that is not const.
class LineWindow {
 public:
  LineWindow(ByteSource& source, std::size_t max_row_bytes);

  // The source's first bytes, up to `bytes` of them; before anything else is called.
  [[nodiscard]] Result<std::string_view> head(std::size_t bytes);
  void drop_head(std::size_t bytes);

  // Where the source's next row begins.
  void start_row();
  enum class Extent {
    line,          // the row has one line more
    too_long,      // it would be longer than max_row_bytes without its line end
    end_of_input,  // there is no further line
  };
  [[nodiscard]] Result<Extent> extend();

  // The row's bytes so far, the last line's end left out; scan_padding bytes behind it are
  // readable.
  [[nodiscard]] std::string_view row() const;
  // Where in row() its newest line begins.
  [[nodiscard]] std::size_t line_begin() const { return line_begin_ - row_begin_; }
  // The number of the row's first line, from 1.
  [[nodiscard]] std::uint64_t line_number() const { return row_line_; }

  // Gives all lines of the row but the first back: the next row begins with the second.
  void keep_first_line();
  // Of a row that is `too_long` in its first line: its first bytes, up to `bytes` of them or to a
  // line end of any kind.
  [[nodiscard]] std::string_view front(std::size_t bytes) const;
  // Passes over the rest of that line, however long it is.
  [[nodiscard]] Result<void> skip_line();

 private:
  [[nodiscard]] Result<bool> refill();  // false: the source is at its end
  void end_line(std::size_t content_end, std::size_t next);

  ByteSource& source_;
  std::size_t max_row_bytes_;
  std::vector<char> buffer_;
  std::size_t end_ = 0;  // of what has been read
  std::size_t row_begin_ = 0;
  std::size_t line_begin_ = 0;   // of the newest line
  std::size_t content_end_ = 0;  // of the newest line, its line end left out
  std::size_t next_ = 0;         // where the line after it begins
  std::size_t first_end_ = 0;    // content_end_ and next_ of the row's first line
  std::size_t first_next_ = 0;
  std::uint64_t row_line_ = 0;
  std::uint64_t row_lines_ = 0;
  bool at_end_ = false;
};

}  // namespace sluice::adapters::disk
