#include "server/request_target.h"

#include <algorithm>

#include "record/try.h"
#include "server/ascii.h"

namespace sluice::server {
namespace {

bool is_path_character(char c) {  // pchar and "/", RFC 3986 3.3, without "%"
  return is_letter(c) || is_digit(c) || std::string_view("/-._~!$&'()*+,;=:@").contains(c);
}
bool is_query_character(char c) {
  return is_path_character(c) || c == '?';
}

std::expected<void, Refusal> check_query(std::string_view query) {
  for (std::size_t i = 0; i < query.size(); ++i) {
    if (query[i] == '%') {
      if (encoded_byte(query, i) <= 0) return std::unexpected(Refusal::malformed_target);
      i += 2;
    } else if (!is_query_character(query[i])) {
      return std::unexpected(Refusal::malformed_target);
    }
  }
  return {};
}

std::expected<void, Refusal> decode_path(std::string_view raw, std::string& decoded) {
  decoded.clear();
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '%') {
      decoded.push_back(raw[i]);
      continue;
    }
    const int byte = encoded_byte(raw, i);
    if (byte < 0) return std::unexpected(Refusal::malformed_target);
    if (byte < 0x20 || byte == 0x7f || byte == '/' || byte == '\\' || byte == '%') {
      return std::unexpected(Refusal::unsafe_path);
    }
    decoded.push_back(static_cast<char>(byte));
    i += 2;
  }
  return {};
}

bool has_dot_segment(std::string_view path) {
  for (std::size_t at = path.find("/."); at != std::string_view::npos;
       at = path.find("/.", at + 1)) {
    std::string_view segment = path.substr(at + 1);
    segment = segment.substr(0, segment.find('/'));
    if (segment == "." || segment == "..") return true;
  }
  return false;
}

}  // namespace

std::expected<void, Refusal> read_target(std::string_view target, RequestHead& head) {
  if (target.front() != '/' || target.contains('#')) return std::unexpected(Refusal::target_form);
  const std::size_t question = std::min(target.find('?'), target.size());
  const std::string_view raw = target.substr(0, question);
  head.query = target.substr(std::min(question + 1, target.size()));
  SLUICE_TRY(check_query(head.query));
  if (!std::ranges::all_of(raw, [](char c) { return is_path_character(c) || c == '%'; })) {
    return std::unexpected(Refusal::malformed_target);
  }
  head.path = raw;
  if (raw.contains('%')) {
    SLUICE_TRY(decode_path(raw, head.decoded_path));
    head.path = head.decoded_path;
  }
  if (has_dot_segment(head.path)) return std::unexpected(Refusal::unsafe_path);
  return {};
}

}  // namespace sluice::server
