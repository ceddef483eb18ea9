// Takes a chunked body apart (RFC 9112, 7.1), as strictly as the guard reads heads: no extensions,
// no trailers, no white space, at most eight digits of size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "server/refusal.h"

namespace sluice::server {

class ChunkedBody {
 public:
  explicit ChunkedBody(std::uint64_t max_body_bytes) : max_body_bytes_(max_body_bytes) {}

  // Appends what is content to `body`, and returns how many of the bytes belong to this body: all,
  // until it is complete. A body that would pass the limit is refused when its chunk is announced.
  [[nodiscard]] std::expected<std::size_t, Refusal> feed(std::string_view bytes, std::string& body);
  [[nodiscard]] bool complete() const { return expect_ == Expect::nothing; }

 private:
  enum class Expect {
    size,
    size_line_feed,
    content,
    content_return,
    content_line_feed,
    last_return,
    last_line_feed,
    nothing
  };
  [[nodiscard]] std::expected<void, Refusal> take_size_byte(char c);
  [[nodiscard]] std::expected<void, Refusal> take_byte(char c);

  std::uint64_t max_body_bytes_;
  std::uint64_t total_ = 0;
  std::uint64_t chunk_ = 0;  // bytes of this chunk that are still to come
  unsigned digits_ = 0;
  Expect expect_ = Expect::size;
};

}  // namespace sluice::server
