#include "adapters/direct/json_scanner.h"

#include <array>
#include <cstdint>
#include <optional>

#include <fmt/format.h>

#include "record/try.h"

namespace sluice::adapters::direct {
namespace {

// Characters that stand for themselves in a string: all but the quote, the backslash, and controls.
constexpr std::array<bool, 256> plain = [] {
  std::array<bool, 256> table{};
  for (std::size_t c = 0x20; c < 256; ++c)
    table[c] = c != '"' && c != '\\';
  return table;
}();

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The code unit of a well-formed \uXXXX that begins at `at`.
std::uint32_t code_unit(std::string_view raw, std::size_t at) {
  std::uint32_t unit = 0;
  for (std::size_t i = at + 2; i < at + 6; ++i) {
    unit = unit << 4U | static_cast<std::uint32_t>(hex_digit(raw[i]));
  }
  return unit;
}

constexpr bool is_leading(std::uint32_t unit) {
  return unit >= 0xD800 && unit < 0xDC00;
}
constexpr bool is_trailing(std::uint32_t unit) {
  return unit >= 0xDC00 && unit < 0xE000;
}

// The code point that the escape at `at` spells, alone or with the one after it.
struct CodePoint {
  std::uint32_t value;
  std::size_t length;  // of the escapes, in bytes
};
std::expected<CodePoint, TextFlaw> code_point(std::string_view raw, std::size_t at) {
  const std::uint32_t unit = code_unit(raw, at);
  if (unit == 0) return std::unexpected(TextFlaw::nul);
  if (is_trailing(unit)) return std::unexpected(TextFlaw::lone_surrogate);
  if (!is_leading(unit)) return CodePoint{unit, 6};
  const std::size_t next = at + 6;
  if (raw.substr(next, 2) != "\\u") return std::unexpected(TextFlaw::lone_surrogate);
  const std::uint32_t trailing = code_unit(raw, next);
  if (!is_trailing(trailing)) return std::unexpected(TextFlaw::lone_surrogate);
  return CodePoint{0x10000 + ((unit - 0xD800) << 10U) + (trailing - 0xDC00), 12};
}

void append_utf8(std::string& out, std::uint32_t point) {
  const auto put = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (point < 0x80) return put(point);
  if (point < 0x800) {
    put(0xC0 | point >> 6U);
  } else if (point < 0x10000) {
    put(0xE0 | point >> 12U);
    put(0x80 | (point >> 6U & 0x3F));
  } else {
    put(0xF0 | point >> 18U);
    put(0x80 | (point >> 12U & 0x3F));
    put(0x80 | (point >> 6U & 0x3F));
  }
  put(0x80 | (point & 0x3F));
}

constexpr char short_escape(char letter) {
  switch (letter) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return letter;
  }
}

}  // namespace

// Which of the open brackets are braces: the innermost is the lowest bit.
struct JsonScanner::Nesting {
  std::uint64_t braces = 0;
  unsigned levels = 0;
  unsigned limit = 0;
  [[nodiscard]] bool in_object() const { return (braces & 1U) != 0; }
  void enter(bool object) {
    braces = braces << 1U | static_cast<std::uint64_t>(object);
    ++levels;
  }
  void leave() {
    braces >>= 1U;
    --levels;
  }
};
static_assert(max_json_depth <= 64, "Nesting keeps a bit for each level");

std::string told(const JsonFault& fault, std::string_view of) {
  if (fault.is_too_deep) {
    return fmt::format("{} nests arrays and objects deeper than is taken: expected {}", of,
                       fault.expected);
  }
  return fmt::format("{} is not valid JSON: expected {}", of, fault.expected);
}

JsonResult<JsonString> JsonScanner::string() {
  if (!take('"')) return std::unexpected(fault("a string in double quotes"));
  const std::size_t begin = at_;
  bool escaped = false;
  for (;;) {
    while (at_ < text_.size() && plain[static_cast<unsigned char>(text_[at_])])
      ++at_;
    if (at_ == text_.size()) return std::unexpected(fault("the string's closing quote"));
    if (text_[at_] == '"') {
      const JsonString found{text_.substr(begin, at_ - begin), escaped};
      ++at_;
      return found;
    }
    if (text_[at_] != '\\') {
      return std::unexpected(fault("no control character in a string unless it is escaped"));
    }
    escaped = true;
    SLUICE_TRY(escape());
  }
}

JsonResult<void> JsonScanner::escape() {
  ++at_;
  if (at_ == text_.size()) return std::unexpected(fault("the rest of an escape"));
  const char letter = text_[at_];
  if (letter != 'u') {
    constexpr std::string_view letters = "\"\\/bfnrt";
    if (letters.find(letter) == std::string_view::npos) {
      return std::unexpected(fault("one of \" \\ / b f n r t u after a backslash"));
    }
    ++at_;
    return {};
  }
  ++at_;
  for (int i = 0; i < 4; ++i, ++at_) {
    if (at_ == text_.size() || hex_digit(text_[at_]) < 0) {
      return std::unexpected(fault("four hexadecimal digits after \\u"));
    }
  }
  return {};
}

JsonResult<JsonString> JsonScanner::name() {
  if (peek() != '"') return std::unexpected(fault("a member's name in double quotes"));
  auto name = string();
  if (name && !take(':')) return std::unexpected(fault("a colon after the member's name"));
  return name;
}

void JsonScanner::skip_digits() {
  while (at_ < text_.size() && is_digit(text_[at_]))
    ++at_;
}

JsonResult<void> JsonScanner::number() {
  const auto digits = [this]() -> JsonResult<void> {
    if (at_ == text_.size() || !is_digit(text_[at_])) return std::unexpected(fault("a digit"));
    skip_digits();
    return {};
  };
  const auto next_is = [this](char c) { return at_ < text_.size() && text_[at_] == c; };
  if (next_is('-')) ++at_;
  if (next_is('0')) {
    ++at_;  // a digit after it is then found where the value should have ended
  } else if (auto whole = digits(); !whole) {
    return whole;
  }
  if (next_is('.')) {
    ++at_;
    SLUICE_TRY(digits());
  }
  if (next_is('e') || next_is('E')) {
    ++at_;
    if (next_is('+') || next_is('-')) ++at_;
    return digits();
  }
  return {};
}

JsonResult<void> JsonScanner::literal(std::string_view word) {
  if (text_.substr(at_, word.size()) != word) {
    return std::unexpected(fault("a value: object, array, string, number, true, false or null"));
  }
  at_ += word.size();
  return {};
}

JsonResult<void> JsonScanner::scalar(char first) {
  switch (first) {
    case '"': {
      SLUICE_TRY(string());
      return {};
    }
    case 't':
      return literal("true");
    case 'f':
      return literal("false");
    case 'n':
      return literal("null");
    default:
      if (first == '-' || is_digit(first)) return number();
      return std::unexpected(fault("a value: object, array, string, number, true, false or null"));
  }
}

// Goes into an object or array. True: it is empty, and so has already ended.
JsonResult<bool> JsonScanner::open(Nesting& nesting, char bracket) {
  if (nesting.levels == nesting.limit) {
    return std::unexpected(JsonFault{at_, "no more than 32 levels of arrays and objects", true});
  }
  ++at_;
  const bool object = bracket == '{';
  nesting.enter(object);
  if (take(object ? '}' : ']')) {
    nesting.leave();
    return true;
  }
  if (!object) return false;
  SLUICE_TRY(name());
  return false;
}

// After a value: leaves whatever ends here. True: that was the outermost.
JsonResult<bool> JsonScanner::close(Nesting& nesting) {
  while (nesting.levels > 0) {
    const bool object = nesting.in_object();
    if (take(',')) {
      if (!object) return false;
      SLUICE_TRY(name());
      return false;
    }
    if (!take(object ? '}' : ']')) {
      return std::unexpected(
          fault(object ? "a comma or } in an object" : "a comma or ] in an array"));
    }
    nesting.leave();
  }
  return true;
}

JsonResult<std::string_view> JsonScanner::value(unsigned depth) {
  Nesting nesting;
  nesting.limit = depth;
  skip_space();
  const std::size_t begin = at_;
  for (;;) {
    const char first = peek();
    if (first == '{' || first == '[') {
      const auto empty = SLUICE_TRY(open(nesting, first));
      if (!empty) continue;
    } else if (auto found = scalar(first); !found) {
      return std::unexpected(found.error());
    }
    const auto ended = SLUICE_TRY(close(nesting));
    if (ended) return text_.substr(begin, at_ - begin);
  }
}

std::expected<std::string_view, TextFlaw> unescape(std::string_view raw, std::string& buffer) {
  const std::size_t begin = buffer.size();
  for (std::size_t at = 0; at < raw.size();) {
    const std::size_t backslash = std::min(raw.find('\\', at), raw.size());
    buffer.append(raw, at, backslash - at);
    at = backslash;
    if (at == raw.size()) break;
    if (raw[at + 1] != 'u') {
      buffer.push_back(short_escape(raw[at + 1]));
      at += 2;
      continue;
    }
    const auto point = SLUICE_TRY(code_point(raw, at));
    append_utf8(buffer, point.value);
    at += point.length;
  }
  return std::string_view(buffer).substr(begin);
}

std::expected<void, TextFlaw> check_escapes(std::string_view json) {
  for (std::size_t at = json.find('\\'); at != std::string_view::npos; at = json.find('\\', at)) {
    if (json[at + 1] != 'u') {
      at += 2;
      continue;
    }
    const auto point = SLUICE_TRY(code_point(json, at));
    at += point.length;
  }
  return {};
}

void append_json_string(std::string& out, std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  out.push_back('"');
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (byte < 0x20) {
      out.append("\\u00");
      out.push_back(hex[byte >> 4U]);
      out.push_back(hex[byte & 0xFU]);
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
}

}  // namespace sluice::adapters::direct
