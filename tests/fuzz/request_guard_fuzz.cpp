// The guard and the chunk decoder on any bytes: whatever they accept must be of the one form that
// every reader of HTTP understands alike, wherever the bytes were cut on their way.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "server/chunked_body.h"
#include "server/request_guard.h"

namespace {

using namespace sluice::server;

void require(bool holds) {
  if (!holds) std::abort();
}

std::size_t count_fields(const RequestHead& head, std::string_view name) {
  std::size_t count = 0;
  for (const HeaderField& field : head.fields) {
    std::string lowered(field.name);
    for (char& c : lowered) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    }
    if (lowered == name) ++count;
  }
  return count;
}

void check_head(std::string_view bytes, const RequestHead& head) {
  require(bytes.size() <= max_head_bytes && bytes.ends_with("\r\n\r\n"));
  require(bytes.find('\0') == std::string_view::npos);
  for (std::size_t at = bytes.find('\n'); at != std::string_view::npos;
       at = bytes.find('\n', at + 1)) {
    require(bytes[at - 1] == '\r');
  }
  const std::size_t lengths = count_fields(head, "content-length");
  const std::size_t encodings = count_fields(head, "transfer-encoding");
  require(lengths + encodings <= 1);
  require((head.framing == BodyFraming::length) == (lengths == 1));
  require((head.framing == BodyFraming::chunked) == (encodings == 1));
  require(count_fields(head, "host") <= 1);
  const bool is_of_whole_server = head.method == Method::options && head.path == "*";
  require(head.path.starts_with('/') || is_of_whole_server);
  for (const std::string_view segment : {"/../", "/./"}) {
    require(!(std::string(head.path) + "/").contains(segment));
  }
}

// All at once, and byte by byte: the same content, the same end, the same refusal.
void check_chunks(std::string_view bytes) {
  constexpr std::uint64_t limit = 1 << 16;
  ChunkedBody whole(limit);
  std::string body;
  const auto fed = whole.feed(bytes, body);
  ChunkedBody pieces(limit);
  std::string pieced_body;
  std::size_t used = 0;
  for (std::size_t i = 0; i < bytes.size() && !pieces.complete(); ++i) {
    const auto piece = pieces.feed(bytes.substr(i, 1), pieced_body);
    if (!piece) {
      require(!fed && fed.error() == piece.error());
      return;
    }
    used += *piece;
  }
  require(fed.has_value() && *fed == used && body == pieced_body);
  require(whole.complete() == pieces.complete() && body.size() <= limit);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::size_t scanned = 0;
  const auto end = find_head_end(bytes, scanned);
  if (!end || !*end) return 0;
  RequestHead head;
  const std::string_view head_bytes = bytes.substr(0, **end);
  if (!read_head(head_bytes, head)) return 0;
  check_head(head_bytes, head);
  if (head.framing == BodyFraming::chunked) check_chunks(bytes.substr(**end));
  return 0;
}
