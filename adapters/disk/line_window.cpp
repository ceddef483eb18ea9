#include "adapters/disk/line_window.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

#include "adapters/disk/mark_scan.h"
#include "record/try.h"

namespace sluice::adapters::disk {
namespace {

// Large enough that a read costs little by the byte, small enough to be still in the cache when it
// is split.
constexpr std::size_t block_bytes = std::size_t{256} << 10;

}  // namespace

LineWindow::LineWindow(ByteSource& source, std::size_t max_row_bytes)
    : source_(source), max_row_bytes_(max_row_bytes), buffer_(block_bytes + scan_padding) {}

Result<std::string_view> LineWindow::head(std::size_t bytes) {
  while (end_ < bytes) {
    const auto more = SLUICE_TRY(refill());
    if (!more) break;
  }
  return std::string_view(buffer_.data(), std::min(bytes, end_));
}

void LineWindow::drop_head(std::size_t bytes) {
  next_ = bytes;
}

void LineWindow::start_row() {
  row_line_ += row_lines_;
  if (row_line_ == 0) row_line_ = 1;
  row_lines_ = 0;
  row_begin_ = line_begin_ = content_end_ = next_;
}

Result<LineWindow::Extent> LineWindow::extend() {
  std::size_t searched = next_;
  for (;;) {
    const void* found = std::memchr(buffer_.data() + searched, '\n', end_ - searched);
    if (found != nullptr) {
      const auto at = static_cast<std::size_t>(static_cast<const char*>(found) - buffer_.data());
      const bool carriage_return = at > next_ && buffer_[at - 1] == '\r';
      const std::size_t content_end = carriage_return ? at - 1 : at;
      if (content_end - row_begin_ > max_row_bytes_) return Extent::too_long;
      end_line(content_end, at + 1);
      return Extent::line;
    }
    // One byte more may be the carriage return of a row that is just short enough.
    if (end_ - row_begin_ > max_row_bytes_ + 1) return Extent::too_long;
    const std::size_t unread = end_ - next_;
    const auto more = SLUICE_TRY(refill());
    if (more) {
      searched = next_ + unread;
      continue;
    }
    if (unread == 0) return Extent::end_of_input;
    if (end_ - row_begin_ > max_row_bytes_) return Extent::too_long;
    end_line(end_, end_);
    return Extent::line;
  }
}

void LineWindow::end_line(std::size_t content_end, std::size_t next) {
  line_begin_ = next_;
  content_end_ = content_end;
  next_ = next;
  if (++row_lines_ == 1) {
    first_end_ = content_end;
    first_next_ = next;
  }
}

std::string_view LineWindow::row() const {
  return {buffer_.data() + row_begin_, content_end_ - row_begin_};
}

void LineWindow::keep_first_line() {
  line_begin_ = row_begin_;
  content_end_ = first_end_;
  next_ = first_next_;
  row_lines_ = 1;
}

std::string_view LineWindow::front(std::size_t bytes) const {
  const std::string_view line(buffer_.data() + row_begin_, end_ - row_begin_);
  return line.substr(0, std::min(bytes, line.find_first_of("\r\n")));
}

Result<void> LineWindow::skip_line() {
  row_lines_ = 1;
  for (;;) {
    const void* found = std::memchr(buffer_.data() + next_, '\n', end_ - next_);
    if (found != nullptr) {
      next_ = static_cast<std::size_t>(static_cast<const char*>(found) - buffer_.data()) + 1;
      return {};
    }
    row_begin_ = line_begin_ = content_end_ = next_ = end_;
    const auto more = SLUICE_TRY(refill());
    if (!more) return {};
  }
}

Result<bool> LineWindow::refill() {
  if (at_end_) return false;
  if (row_begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + row_begin_, end_ - row_begin_);
    for (std::size_t* position :
         {&end_, &line_begin_, &content_end_, &next_, &first_end_, &first_next_}) {
      // The first line's are of no meaning, and perhaps of the row before, while there is none.
      *position = *position < row_begin_ ? 0 : *position - row_begin_;
    }
    row_begin_ = 0;
  }
  const std::size_t wanted = end_ + block_bytes + scan_padding;
  if (buffer_.size() < wanted) buffer_.resize(std::max(wanted, end_ * 2));
  const auto read = SLUICE_TRY(source_.read(std::span(buffer_.data() + end_, block_bytes)));
  at_end_ = read == 0;
  end_ += read;
  return !at_end_;
}

}  // namespace sluice::adapters::disk
