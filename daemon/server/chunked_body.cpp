#include "server/chunked_body.h"

#include <algorithm>

#include "record/try.h"
#include "server/ascii.h"

namespace sluice::server {

namespace {
constexpr unsigned max_size_digits = 8;
}

std::expected<std::size_t, Refusal> ChunkedBody::feed(std::string_view bytes, std::string& body) {
  std::size_t at = 0;
  while (at < bytes.size() && !complete()) {
    if (expect_ == Expect::content) {
      const std::size_t size = std::min<std::uint64_t>(chunk_, bytes.size() - at);
      body.append(bytes.substr(at, size));
      chunk_ -= size;
      at += size;
      if (chunk_ == 0) expect_ = Expect::content_return;
      continue;
    }
    SLUICE_TRY(take_byte(bytes[at]));
    ++at;
  }
  return at;
}

std::expected<void, Refusal> ChunkedBody::take_size_byte(char c) {
  if (const int digit = hexadecimal(c); digit >= 0) {
    if (++digits_ > max_size_digits) return std::unexpected(Refusal::chunk_malformed);
    chunk_ = chunk_ * 16 + static_cast<std::uint64_t>(digit);
    return {};
  }
  if (c == ';') return std::unexpected(Refusal::chunk_extension);
  if (c != '\r' || digits_ == 0) return std::unexpected(Refusal::chunk_malformed);
  total_ += chunk_;
  if (total_ > max_body_bytes_) return std::unexpected(Refusal::body_too_large);
  expect_ = Expect::size_line_feed;
  return {};
}

std::expected<void, Refusal> ChunkedBody::take_byte(char c) {
  const auto must_be = [&](char wanted, Expect next) -> std::expected<void, Refusal> {
    if (c != wanted) return std::unexpected(Refusal::chunk_malformed);
    expect_ = next;
    return {};
  };
  switch (expect_) {
    case Expect::size:
      return take_size_byte(c);
    case Expect::size_line_feed:
      digits_ = 0;
      return must_be('\n', chunk_ == 0 ? Expect::last_return : Expect::content);
    case Expect::content_return:
      return must_be('\r', Expect::content_line_feed);
    case Expect::content_line_feed:
      return must_be('\n', Expect::size);
    case Expect::last_return:
      if (c != '\r') return std::unexpected(Refusal::trailer);
      expect_ = Expect::last_line_feed;
      return {};
    case Expect::last_line_feed:
      return must_be('\n', Expect::nothing);
    case Expect::content:
    case Expect::nothing:
      break;  // feed() does not ask
  }
  return {};
}

}  // namespace sluice::server
