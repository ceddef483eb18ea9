#include "bench/row_text.h"

#include <algorithm>

namespace sluice::bench {
namespace {

bool needs_quotes(std::string_view value) {
  return std::ranges::any_of(
      value, [](char c) { return (c == ',') | (c == '"') | (c == '\n') | (c == '\r'); });
}

// Doubles or escapes each quotation mark.
void append_quoted(std::string& text, std::string_view value, char before_quote) {
  text.push_back('"');
  while (true) {
    const std::size_t quote = value.find('"');
    text.append(value.substr(0, quote));
    if (quote == std::string_view::npos) break;
    text.push_back(before_quote);
    text.push_back('"');
    value.remove_prefix(quote + 1);
  }
  text.push_back('"');
}

}  // namespace

void append_number(std::string& text, std::uint64_t number, std::size_t width) {
  std::array<char, 20> digits{};
  std::size_t first = digits.size();
  do {
    digits[--first] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number != 0);
  const std::size_t length = digits.size() - first;
  if (length < width) text.append(width - length, '0');
  text.append(digits.data() + first, length);
}

void RowText::add_number(std::uint64_t number) {
  append_number(text_, number);
  end_value();
}

void append_csv(const RowText& row, std::string& csv) {
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (i != 0) csv.push_back(',');
    const std::string_view value = row[i];
    if (needs_quotes(value)) {
      append_quoted(csv, value, '"');
    } else {
      csv.append(value);
    }
  }
  csv.push_back('\n');
}

// The generator writes no backslash and no control character, so quotation marks are all there is
// to escape.
void append_json(const RowText& row, std::span<const Column> columns, std::string& json) {
  json.push_back('{');
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (i != 0) json.push_back(',');
    json.push_back('"');
    json.append(columns[i].name);
    json.append("\":");
    const std::string_view value = row[i];
    if (value.empty()) {
      json.append("null");
    } else if (columns[i].numeric) {
      json.append(value);
    } else {
      append_quoted(json, value, '\\');
    }
  }
  json.push_back('}');
}

}  // namespace sluice::bench
