#include "bench/load/response_reader.h"

#include <algorithm>
#include <charconv>

namespace sluice::bench {
namespace {

using std::string_view;

constexpr std::size_t max_header = std::size_t{16} << 10;
constexpr string_view header_end = "\r\n\r\n";

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same(string_view text, string_view lower_case) {
  return std::ranges::equal(text, lower_case, {}, lower);
}

string_view trimmed(string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

template <class T>
bool read_whole_number(string_view text, T& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

// RFC 9110, 6.4.1: these never have a body.
bool has_no_body(unsigned status) {
  return status == 204 || status == 304;
}

}  // namespace

void ResponseReader::reset() {
  header_.clear();
  header_length_ = 0;
  body_.clear();
  bytes_ = 0;
  in_body_ = false;
  body_left_ = 0;
  has_length_ = false;
  closes_ = false;
  status_ = 0;
}

ResponseReader::State ResponseReader::feed(string_view bytes) {
  bytes_ += bytes.size();
  if (!in_body_) {
    const std::size_t before = header_.size();
    header_.append(bytes);
    const std::size_t end = header_.find(header_end, before < 3 ? 0 : before - 3);
    if (end == std::string::npos) {
      return header_.size() > max_header ? State::malformed : State::incomplete;
    }
    const std::size_t length = end + header_end.size();
    if (read_header(length) == State::malformed) return State::malformed;
    header_length_ = length;
    in_body_ = true;
    bytes.remove_prefix(length - before);
  }
  if (bytes.size() > body_left_) return State::malformed;
  if (keeps_bodies_) body_.append(bytes);
  body_left_ -= bytes.size();
  return body_left_ == 0 ? State::complete : State::incomplete;
}

ResponseReader::State ResponseReader::read_header(std::size_t length) {
  string_view rest = string_view(header_).substr(0, length - 2);
  constexpr string_view version = "HTTP/1.1 ";
  if (!rest.starts_with(version) || rest.size() < version.size() + 4) return State::malformed;
  if (!read_whole_number(rest.substr(version.size(), 3), status_)) return State::malformed;
  rest.remove_prefix(rest.find("\r\n") + 2);
  while (!rest.empty()) {
    const std::size_t end = rest.find("\r\n");
    if (read_field(rest.substr(0, end)) == State::malformed) return State::malformed;
    rest.remove_prefix(end + 2);
  }
  if (has_no_body(status_)) {
    body_left_ = 0;
    return State::complete;
  }
  return has_length_ ? State::complete : State::malformed;
}

string_view ResponseReader::field(string_view name) const {
  string_view rest = string_view(header_).substr(0, header_length_);
  while (!rest.empty()) {
    const std::size_t end = rest.find("\r\n");
    const string_view line = rest.substr(0, end);
    const std::size_t colon = line.find(':');
    if (colon != string_view::npos && same(line.substr(0, colon), name)) {
      return trimmed(line.substr(colon + 1));
    }
    rest.remove_prefix(end == string_view::npos ? rest.size() : end + 2);
  }
  return {};
}

ResponseReader::State ResponseReader::read_field(string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == string_view::npos) return State::malformed;
  const string_view name = line.substr(0, colon);
  const string_view value = trimmed(line.substr(colon + 1));
  if (same(name, "content-length")) {
    if (has_length_ || !read_whole_number(value, body_left_)) return State::malformed;
    has_length_ = true;
  } else if (same(name, "transfer-encoding")) {
    return State::malformed;
  } else if (same(name, "connection")) {
    closes_ = same(value, "close");
  }
  return State::complete;
}

}  // namespace sluice::bench
