#include "server/request_guard.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include "record/try.h"
#include "server/ascii.h"
#include "server/request_target.h"

namespace sluice::server {
namespace {

using Result = std::expected<void, Refusal>;

constexpr bool is_token_character(char c) {  // RFC 9110, 5.6.2
  return is_letter(c) || is_digit(c) || std::string_view("!#$%&'*+-.^_`|~").contains(c);
}

enum : std::uint8_t { token = 1, value = 2 };
constexpr auto character_classes = [] {
  std::array<std::uint8_t, 256> classes{};
  for (unsigned i = 0; i < 256; ++i) {
    const char c = static_cast<char>(i);
    if (is_token_character(c)) classes[i] |= token;
    if (c == '\t' || (i >= 0x20 && i != 0x7f)) classes[i] |= value;
  }
  return classes;
}();

bool is_class(char c, std::uint8_t wanted) {
  return (character_classes[static_cast<unsigned char>(c)] & wanted) != 0;
}
bool all_of_class(std::string_view text, std::uint8_t wanted) {
  return std::ranges::all_of(text, [&](char c) { return is_class(c, wanted); });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

// Why a text holds what it must not.
Refusal blame(std::string_view text) {
  return text.contains('\r') ? Refusal::bare_carriage_return : Refusal::control_character;
}

// Takes the next line off, without its CRLF. find_head_end() saw to it that each line has one.
std::string_view take_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  const std::string_view line = rest.substr(0, end - 1);
  rest.remove_prefix(end + 1);
  return line;
}

std::optional<Method> known_method(std::string_view name) {
  for (const Method method : {Method::post, Method::get, Method::put, Method::head, Method::remove,
                              Method::patch, Method::options}) {
    if (name == to_string(method)) return method;
  }
  return std::nullopt;
}

struct Version {
  bool is_1_1 = true;
};

std::expected<Version, Refusal> read_version(std::string_view text) {
  if (text == "HTTP/1.1") return Version{true};
  if (text == "HTTP/1.0") return Version{false};
  const bool well_formed = text.size() == 8 && text.starts_with("HTTP/") && is_digit(text[5]) &&
                           text[6] == '.' && is_digit(text[7]);
  return std::unexpected(well_formed ? Refusal::version_unsupported
                                     : Refusal::malformed_request_line);
}

std::expected<Version, Refusal> read_request_line(std::string_view line, RequestHead& head) {
  if (!all_of_class(line, value)) return std::unexpected(blame(line));
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == 0 || last == first) {
    return std::unexpected(Refusal::malformed_request_line);
  }
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  if (!all_of_class(method, token) || target.empty() || target.contains(' ') ||
      target.contains('\t')) {
    return std::unexpected(Refusal::malformed_request_line);
  }
  const auto version = read_version(line.substr(last + 1));
  if (!version) return version;
  const auto known = known_method(method);
  if (!known) return std::unexpected(Refusal::method_unknown);
  head.method = *known;
  SLUICE_TRY(read_target(target, head));
  return version;
}

std::optional<std::uint64_t> decimal(std::string_view text) {
  // Some readers take a number with zeros in front for an octal one.
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  // 18 digits can not overflow, and no body is an exabyte.
  if (text.empty() || text.size() > 18 || !std::ranges::all_of(text, is_digit)) return std::nullopt;
  std::uint64_t number = 0;
  for (const char c : text)
    number = number * 10 + static_cast<std::uint64_t>(c - '0');
  return number;
}

// What the fields that matter for framing said, and how often.
struct Framing {
  unsigned hosts = 0;
  unsigned lengths = 0;
  unsigned encodings = 0;
  bool says_close = false;
  bool says_keep_alive = false;
};

Result read_connection(std::string_view options, Framing& framing) {
  while (!options.empty()) {
    const std::size_t comma = std::min(options.find(','), options.size());
    const std::string_view option = trimmed(options.substr(0, comma));
    options.remove_prefix(std::min(comma + 1, options.size()));
    if (same_but_case(option, "close")) framing.says_close = true;
    if (same_but_case(option, "keep-alive")) framing.says_keep_alive = true;
    if (same_but_case(option, "upgrade")) return std::unexpected(Refusal::upgrade_unsupported);
  }
  return {};
}

Result read_content_length(std::string_view text, RequestHead& head, Framing& framing) {
  if (++framing.lengths > 1) return std::unexpected(Refusal::length_repeated);
  const auto length = decimal(text);
  if (!length) return std::unexpected(Refusal::length_malformed);
  head.body_length = *length;
  head.framing = BodyFraming::length;
  return {};
}

Result read_transfer_encoding(std::string_view text, RequestHead& head, Framing& framing) {
  if (++framing.encodings > 1 || !same_but_case(text, "chunked")) {
    return std::unexpected(Refusal::transfer_encoding_unsupported);
  }
  head.framing = BodyFraming::chunked;
  return {};
}

Result read_host(std::string_view text, Framing& framing) {
  if (++framing.hosts > 1) return std::unexpected(Refusal::host_repeated);
  if (!is_host(text)) return std::unexpected(Refusal::host_malformed);
  return {};
}

// Looks at the fields that mean something to the server itself.
Result interpret(const HeaderField& field, RequestHead& head, Framing& framing) {
  const std::string_view name = field.name;
  switch (name.size()) {
    case 4:
      if (same_but_case(name, "host")) return read_host(field.value, framing);
      break;
    case 6:
      if (same_but_case(name, "expect")) {
        if (!same_but_case(field.value, "100-continue")) {
          return std::unexpected(Refusal::expectation_unsupported);
        }
        head.expects_continue = true;
      }
      break;
    case 7:
      if (same_but_case(name, "upgrade")) return std::unexpected(Refusal::upgrade_unsupported);
      if (same_but_case(name, "trailer")) return std::unexpected(Refusal::trailer);
      break;
    case 10:
      if (same_but_case(name, "connection")) return read_connection(field.value, framing);
      break;
    case 12:
      if (same_but_case(name, "content-type")) {
        if (head.content_type) return std::unexpected(Refusal::malformed_field);
        head.content_type = field.value;
      }
      break;
    case 14:
      if (same_but_case(name, "content-length")) {
        return read_content_length(field.value, head, framing);
      }
      break;
    case 16:
      if (same_but_case(name, "content-encoding")) head.content_encoding = field.value;
      break;
    case 17:
      if (same_but_case(name, "transfer-encoding")) {
        return read_transfer_encoding(field.value, head, framing);
      }
      break;
    default:
      break;
  }
  return {};
}

Result read_field(std::string_view line, RequestHead& head, Framing& framing) {
  if (line.front() == ' ' || line.front() == '\t') {
    return std::unexpected(Refusal::obsolete_folding);
  }
  std::size_t colon = 0;
  while (colon < line.size() && is_class(line[colon], token))
    ++colon;
  if (colon == line.size() || line[colon] != ':' || colon == 0) {
    return std::unexpected(all_of_class(line, value) ? Refusal::malformed_field : blame(line));
  }
  const std::string_view raw = line.substr(colon + 1);
  if (!all_of_class(raw, value)) return std::unexpected(blame(raw));
  if (head.fields.size() == max_header_fields) return std::unexpected(Refusal::too_many_fields);
  head.fields.push_back({line.substr(0, colon), trimmed(raw)});
  return interpret(head.fields.back(), head, framing);
}

Result check_framing(Version version, const Framing& framing, RequestHead& head) {
  if (framing.encodings > 0 && framing.lengths > 0) {
    return std::unexpected(Refusal::transfer_encoding_with_length);
  }
  if (framing.encodings > 0 && !version.is_1_1) {
    return std::unexpected(Refusal::transfer_encoding_before_1_1);
  }
  if (framing.hosts == 0 && version.is_1_1) return std::unexpected(Refusal::host_missing);
  head.keep_alive = !framing.says_close && (version.is_1_1 || framing.says_keep_alive);
  // RFC 9110, 10.1.1: from HTTP/1.0 the expectation is to be ignored.
  head.expects_continue = head.expects_continue && version.is_1_1;
  return {};
}

void clear(RequestHead& head) {
  head.fields.clear();
  head.framing = BodyFraming::none;
  head.body_length = 0;
  head.expects_continue = false;
  head.content_type.reset();
  head.content_encoding.reset();
}

}  // namespace

std::expected<std::optional<std::size_t>, Refusal> find_head_end(std::string_view bytes,
                                                                 std::size_t& scanned) {
  const std::string_view window = bytes.substr(0, max_head_bytes);
  for (;;) {
    const std::size_t end = window.find('\n', scanned);
    if (end == std::string_view::npos) break;
    if (end == 0 || window[end - 1] != '\r') return std::unexpected(Refusal::bare_line_feed);
    if (end == 1) return std::unexpected(Refusal::malformed_request_line);
    scanned = end + 1;
    if (end >= 3 && window[end - 2] == '\n') return scanned;
  }
  if (bytes.size() >= max_head_bytes) return std::unexpected(Refusal::head_too_large);
  return std::nullopt;
}

std::expected<void, Refusal> read_head(std::string_view bytes, RequestHead& head) {
  clear(head);
  std::string_view rest = bytes;
  const auto version = SLUICE_TRY(read_request_line(take_line(rest), head));
  Framing framing;
  while (rest.size() > 2) {
    SLUICE_TRY(read_field(take_line(rest), head, framing));
  }
  return check_framing(version, framing, head);
}

}  // namespace sluice::server
