#include "commands/terminal.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "record/record_checker.h"

namespace sluice::commands {
namespace {

constexpr std::chrono::milliseconds redraw_interval{100};
constexpr int bar_width = 24;

// Of the first character; 0 where it is no UTF-8.
std::size_t character_bytes(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t size = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  return size <= text.size() && record::is_valid_utf8(text.substr(0, size)) ? size : 0;
}

char32_t code_point(std::string_view character) {
  const auto first = static_cast<unsigned char>(character.front());
  if (character.size() == 1) return first;
  char32_t code = first & (0xFFU >> (character.size() + 1));
  for (const char c : character.substr(1))
    code = (code << 6U) | (static_cast<unsigned char>(c) & 0x3FU);
  return code;
}

// By East Asian Width (UAX #11), W and F, in blocks: 汉字, kana, hangul, full-width forms, emoji.
constexpr std::array<std::pair<char32_t, char32_t>, 14> wide{{{0x1100, 0x115F},
                                                              {0x2E80, 0x303E},
                                                              {0x3041, 0x4DBF},
                                                              {0x4E00, 0xA4CF},
                                                              {0xA960, 0xA97F},
                                                              {0xAC00, 0xD7A3},
                                                              {0xF900, 0xFAFF},
                                                              {0xFE30, 0xFE6F},
                                                              {0xFF01, 0xFF60},
                                                              {0xFFE0, 0xFFE6},
                                                              {0x1F300, 0x1F64F},
                                                              {0x1F680, 0x1F6FF},
                                                              {0x1F900, 0x1F9FF},
                                                              {0x20000, 0x3FFFD}}};
// Drawn over the character before: accents, joiners, what chooses a variant.
constexpr std::array<std::pair<char32_t, char32_t>, 5> without_width{
    {{0x0300, 0x036F}, {0x200B, 0x200D}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xE0100, 0xE01EF}}};

template <class Ranges>
bool is_in(const Ranges& ranges, char32_t code) {
  return std::ranges::any_of(
      ranges, [code](const auto& range) { return range.first <= code && code <= range.second; });
}

// Beyond ASCII: further control characters, and those that turn the direction of writing.
bool is_obeyed(char32_t code) {
  return (code >= 0x80 && code <= 0x9F) || code == 0x61C || (code >= 0x200E && code <= 0x200F) ||
         (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

bool is_number(std::string_view cell) {
  return !cell.empty() && std::ranges::all_of(cell, [](char c) {
    return (c >= '0' && c <= '9') || c == ',' || c == '.' || c == '-';
  });
}

std::string padded(std::string_view cell, std::size_t width, bool to_the_right) {
  const std::string spaces(width - columns_of(cell), ' ');
  return to_the_right ? spaces + std::string(cell) : std::string(cell) + spaces;
}

std::string bar(double share) {
  const int filled = static_cast<int>(share * bar_width);
  return fmt::format(" [{:#<{}}{:.<{}}] {:3.0f} %", "", filled, "", bar_width - filled,
                     share * 100);
}

// How fast it goes, and for how long yet.
std::string pace(std::uint64_t bytes, std::uint64_t of_bytes, double seconds) {
  const double share = static_cast<double>(bytes) / static_cast<double>(of_bytes);
  std::string text = fmt::format("  {:.1f} MB/s", static_cast<double>(bytes) / seconds / 1e6);
  if (share > 0.01 && share < 1) {
    const auto left = static_cast<long>(seconds * (1 - share) / share) + 1;
    text += fmt::format("  {} left", human_age(std::chrono::seconds(left)));
  }
  return text;
}

}  // namespace

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const std::size_t bytes = std::max<std::size_t>(character_bytes(text), 1);
    const char32_t code = code_point(text.substr(0, bytes));
    if (!is_in(without_width, code)) columns += is_in(wide, code) ? 2U : 1U;
    text.remove_prefix(bytes);
  }
  return columns;
}

std::string human_bytes(std::uint64_t bytes) {
  static constexpr const char* units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < std::size(units)) {
    value /= 1024;
    ++unit;
  }
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", value, units[unit]);
}

std::string human_count(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

std::string human_age(std::chrono::seconds age) {
  const auto seconds = age.count();
  if (seconds < 60) return fmt::format("{} s", seconds);
  if (seconds < 3600) return fmt::format("{} m {} s", seconds / 60, seconds % 60);
  if (seconds < 86400) return fmt::format("{} h {} m", seconds / 3600, seconds / 60 % 60);
  return fmt::format("{} d {} h", seconds / 86400, seconds / 3600 % 24);
}

std::string printable(std::string_view text, Lines lines) {
  std::string shown;
  while (!text.empty()) {
    const std::size_t size = character_bytes(text);
    const std::string_view character = text.substr(0, std::max<std::size_t>(1, size));
    text.remove_prefix(character.size());
    const char32_t code = size == 0 ? 0 : code_point(character);
    if (size == 0) {
      shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(character.front()));
    } else if ((code == '\n' || code == '\t') && lines == Lines::several) {
      shown += character;
    } else if (code < 0x20 || code == 0x7F) {
      shown += fmt::format("\\x{:02x}", static_cast<unsigned>(code));
    } else if (is_obeyed(code)) {
      shown += fmt::format("\\u{:04x}", static_cast<unsigned>(code));
    } else {
      shown += character;
    }
  }
  return shown;
}

std::string table(const std::vector<std::string>& header,
                  const std::vector<std::vector<std::string>>& written) {
  std::vector<std::vector<std::string>> rows = written;
  for (auto& row : rows) {
    for (std::string& cell : row)
      cell = printable(cell);
  }
  std::string text;
  std::vector<std::size_t> widths;
  std::vector<bool> numeric;
  for (std::size_t column = 0; column < header.size(); ++column) {
    std::size_t width = columns_of(header[column]);
    bool numbers = !rows.empty();
    for (const auto& row : rows) {
      width = std::max(width, columns_of(row[column]));
      numbers = numbers && is_number(row[column]);
    }
    widths.push_back(width);
    numeric.push_back(numbers);
  }
  const auto append_row = [&](const std::vector<std::string>& cells) {
    std::string line;
    for (std::size_t column = 0; column < cells.size(); ++column) {
      if (column > 0) line += "  ";
      line += padded(cells[column], widths[column], numeric[column]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  };
  append_row(header);
  for (const auto& row : rows)
    append_row(row);
  return text;
}

void ProgressLine::name(std::string label) {
  label_ = std::move(label);
  started_ = std::chrono::steady_clock::now();
  drawn_ = {};
  advanced(0, 0, 0);
}

ProgressLine::ProgressLine(std::string label)
    : label_(std::move(label)),
      on_terminal_(isatty(STDERR_FILENO) == 1),
      started_(std::chrono::steady_clock::now()) {}

ProgressLine::~ProgressLine() {
  clear();
}

void ProgressLine::advanced(std::uint64_t bytes, std::uint64_t of_bytes, std::uint64_t rows) {
  if (!on_terminal_) return;
  const auto now = std::chrono::steady_clock::now();
  if (shown_ && now - drawn_ < redraw_interval) return;
  drawn_ = now;
  shown_ = true;
  const double seconds = std::chrono::duration<double>(now - started_).count();
  std::string line = label_;
  if (of_bytes > 0) line += bar(static_cast<double>(bytes) / static_cast<double>(of_bytes));
  if (rows > 0) line += fmt::format("  {} rows", human_count(rows));
  if (of_bytes == 0) {
    line += fmt::format("  {}", human_age(std::chrono::seconds(static_cast<long>(seconds))));
  } else if (seconds > 0.2) {
    line += pace(bytes, of_bytes, seconds);
  }
  draw(line);
}

void ProgressLine::draw(const std::string& line) {
  std::fputs(("\r" + line + "\x1b[K").c_str(), stderr);
  std::fflush(stderr);
}

void ProgressLine::clear() {
  if (!shown_) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
  shown_ = false;
}

}  // namespace sluice::commands
