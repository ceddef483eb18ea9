// What has arrived on a connection and is not yet used up. One allocation for the connection's
// life: views into it stay good until the bytes are consumed and room is made.
#pragma once

#include <cstring>
#include <memory>
#include <span>
#include <string_view>

#include "server/request_guard.h"

namespace sluice::server {

class InputBuffer {
 public:
  // A head at its largest, and beside it the body of a typical small call.
  static constexpr std::size_t capacity = max_head_bytes + (std::size_t{16} << 10);

  [[nodiscard]] std::string_view view() const { return {bytes_.get() + begin_, end_ - begin_}; }
  [[nodiscard]] std::span<char> free_space() { return {bytes_.get() + end_, capacity - end_}; }
  // Whether `bytes` in a row fit from the first unused one on.
  [[nodiscard]] bool fits(std::size_t bytes) const { return begin_ + bytes <= capacity; }
  void arrived(std::size_t bytes) { end_ += bytes; }
  void consume(std::size_t bytes) { begin_ += bytes; }
  // Forgets everything from `offset` in view() on.
  void truncate(std::size_t offset) { end_ = begin_ + offset; }
  // Moves what is there to the front; views are then of something else.
  void make_room() {
    if (begin_ == 0) return;
    std::memmove(bytes_.get(), bytes_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }

 private:
  std::unique_ptr<char[]> bytes_ = std::make_unique_for_overwrite<char[]>(capacity);
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace sluice::server
