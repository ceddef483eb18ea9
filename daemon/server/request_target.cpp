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

// What follows scheme and authority: a path and a query, each perhaps empty. A user in the
// authority is an error (RFC 9110, 4.2.4).
std::expected<std::string_view, Refusal> behind_authority(std::string_view target) {
  for (const std::string_view scheme :
       {std::string_view("https://"), std::string_view("http://")}) {
    if (!same_but_case(target.substr(0, scheme.size()), scheme)) continue;
    target.remove_prefix(scheme.size());
    const std::size_t end = std::min(target.find_first_of("/?"), target.size());
    if (!is_host(target.substr(0, end))) return std::unexpected(Refusal::malformed_target);
    return target.substr(end);
  }
  return std::unexpected(Refusal::target_form);
}

std::expected<void, Refusal> read_origin(std::string_view target, RequestHead& head) {
  const std::size_t question = std::min(target.find('?'), target.size());
  // Of an absolute form whose path is empty, RFC 9110 4.2.3.
  const std::string_view raw = question == 0 ? std::string_view("/") : target.substr(0, question);
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

}  // namespace

bool is_host(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return is_letter(c) || is_digit(c) || std::string_view("-._:[]").contains(c);
  });
}

std::expected<void, Refusal> read_target(std::string_view target, RequestHead& head) {
  if (target.contains('#')) return std::unexpected(Refusal::target_form);
  if (target.front() != '/' && target != "*") target = SLUICE_TRY(behind_authority(target));
  const bool is_of_options = head.method == Method::options;
  if (target == "*" || (target.empty() && is_of_options)) {
    if (!is_of_options) return std::unexpected(Refusal::target_form);
    head.path = "*";
    head.query = {};
    return {};
  }
  return read_origin(target, head);
}

}  // namespace sluice::server
