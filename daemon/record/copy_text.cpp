#include "record/copy_text.h"

#include <array>
#include <cstring>

namespace sluice::record {
namespace {

// What follows the backslash; 0: the byte stands for itself.
constexpr std::array<char, 256> escape_letters = [] {
  std::array<char, 256> letters{};
  letters['\b'] = 'b';
  letters['\f'] = 'f';
  letters['\n'] = 'n';
  letters['\r'] = 'r';
  letters['\t'] = 't';
  letters['\v'] = 'v';
  letters['\\'] = '\\';
  return letters;
}();

char escape_letter(char c) {
  return escape_letters[static_cast<unsigned char>(c)];
}

char unescaped_byte(char letter) {
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
    case 'v':
      return '\v';
    case '\\':
      return '\\';
    default:
      return '\0';
  }
}

// Whether any of eight bytes is a control character or a backslash (may also say so of bytes that
// follow one that is; never misses one).
bool may_need_escape(std::uint64_t word) {
  constexpr std::uint64_t ones = 0x0101010101010101;
  constexpr std::uint64_t highs = 0x8080808080808080;
  const std::uint64_t below_16 = (word - ones * 0x10) & ~word & highs;
  const std::uint64_t backslash = word ^ (ones * static_cast<unsigned char>('\\'));
  const std::uint64_t is_backslash = (backslash - ones) & ~backslash & highs;
  return (below_16 | is_backslash) != 0;
}

const char* first_to_escape(const char* at, const char* end) {
  for (; end - at >= 8; at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    if (!may_need_escape(word)) continue;
    for (int i = 0; i < 8; ++i) {
      if (escape_letter(at[i]) != 0) return at + i;
    }
  }
  while (at != end && escape_letter(*at) == 0)
    ++at;
  return at;
}

}  // namespace

void append_escaped(std::string& line, std::string_view value) {
  const char* const end = value.data() + value.size();
  const char* clean = value.data();
  for (const char* at = first_to_escape(clean, end); at != end; at = first_to_escape(clean, end)) {
    line.append(clean, at);
    line += '\\';
    line += escape_letter(*at);
    clean = at + 1;
  }
  line.append(clean, end);
}

void begin_line(std::string& line, Operation operation,
                std::optional<std::string_view> source_time) {
  line += static_cast<char>(operation);
  line += '\t';
  if (source_time) {
    append_escaped(line, *source_time);
  } else {
    append_null(line);
  }
}

bool split_line(std::string_view line, std::span<std::string_view> columns) {
  if (line.data() == nullptr) line = "";  // memchr takes no null
  const char* at = line.data();
  const char* const end = at + line.size();
  for (std::size_t i = 0; i + 1 < columns.size(); ++i) {
    const auto* const tab =
        static_cast<const char*>(std::memchr(at, '\t', static_cast<std::size_t>(end - at)));
    if (tab == nullptr) return false;
    columns[i] = {at, tab};
    at = tab + 1;
  }
  if (columns.empty() || std::memchr(at, '\t', static_cast<std::size_t>(end - at)) != nullptr) {
    return false;
  }
  columns.back() = {at, end};
  return true;
}

std::optional<std::string_view> unescape(std::string_view escaped, std::string& buffer) {
  const char* const end = escaped.data() + escaped.size();
  const char* at = first_to_escape(escaped.data(), end);
  if (at == end) return escaped;
  buffer.clear();
  const char* clean = escaped.data();
  while (at != end) {
    // A bare control byte would be a second way to write the same value, and PostgreSQL takes a
    // bare carriage return for the end of a line.
    if (*at != '\\' || at + 1 == end) return std::nullopt;
    const char byte = unescaped_byte(at[1]);
    if (byte == '\0') return std::nullopt;
    buffer.append(clean, at);
    buffer += byte;
    clean = at + 2;
    at = first_to_escape(clean, end);
  }
  buffer.append(clean, end);
  return buffer;
}

}  // namespace sluice::record
