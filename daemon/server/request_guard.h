// Reads a request's head, strictly: what two readers of HTTP could understand differently is
// refused and not repaired, since that difference is what request smuggling lives on. It is the
// only reader of heads in the server (docs/decisions/0004-own-request-head-parser.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/refusal.h"
#include "server/request.h"

namespace sluice::server {

inline constexpr std::size_t max_head_bytes = std::size_t{16} << 10;
inline constexpr std::size_t max_header_fields = 100;

// How the body's end is known.
enum class BodyFraming { none, length, chunked };

// A head that was understood. Views are of the bytes that it was read from, `path` perhaps of
// `decoded_path`; it is read into again and again, so as to allocate nothing for most requests.
struct RequestHead {
  Method method = Method::get;
  std::string_view path;
  std::string_view query;
  std::vector<HeaderField> fields;
  BodyFraming framing = BodyFraming::none;
  std::uint64_t body_length = 0;  // where the framing is length
  bool keep_alive = true;
  bool expects_continue = false;
  std::optional<std::string_view> content_type;
  std::optional<std::string_view> content_encoding;

  std::string decoded_path;
};

// Looks for the empty line that ends a head; `scanned` is where to go on, at first 0, and is moved.
// Gives the head's size with that line, or nothing when more bytes are needed. Refuses at once what
// can no longer become a head.
[[nodiscard]] std::expected<std::optional<std::size_t>, Refusal> find_head_end(
    std::string_view bytes, std::size_t& scanned);

// Reads the bytes that find_head_end() found.
[[nodiscard]] std::expected<void, Refusal> read_head(std::string_view bytes, RequestHead& head);

}  // namespace sluice::server
