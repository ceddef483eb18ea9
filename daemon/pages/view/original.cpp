#include "pages/view/original.h"

#include <algorithm>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "pages/view/visible.h"
#include "record/record_checker.h"

namespace sluice::pages {
namespace {

constexpr std::size_t shown_value = 600;  // bytes of one
constexpr std::size_t shown_cells = 500;

using Fields = std::vector<std::string>;

Cell cell(std::string column, std::string_view value) {
  const std::string_view shown = beginning(value, shown_value);
  return {.column = std::move(column),
          .value = std::string(shown),
          .is_cut = shown.size() < value.size()};
}

std::optional<boost::json::value> parse_json(std::string_view text) {
  boost::system::error_code error;
  boost::json::value value =
      boost::json::parse(boost::json::string_view(text.data(), text.size()), error);
  if (error) return std::nullopt;
  return value;
}

std::string text_of(const boost::json::value& value) {
  if (const auto* text = value.if_string()) return {text->data(), text->size()};
  return boost::json::serialize(value);
}

Fields names_of(std::string_view columns) {
  Fields names;
  const auto value = parse_json(columns);
  if (!value || !value->is_array()) return names;
  for (const boost::json::value& name : value->as_array())
    names.push_back(text_of(name));
  return names;
}

std::vector<Cell> paired(const Fields& names, const Fields& values) {
  std::vector<Cell> cells;
  for (std::size_t i = 0; i < std::min(names.size(), shown_cells); ++i)
    cells.push_back(cell(names[i], values[i]));
  return cells;
}

std::optional<std::vector<Cell>> json_cells(std::string_view original, const Fields& names) {
  const auto value = parse_json(original);
  if (!value) return std::nullopt;
  if (const auto* array = value->if_array(); array != nullptr && array->size() == names.size()) {
    Fields values;
    for (const boost::json::value& item : *array)
      values.push_back(text_of(item));
    if (!names.empty()) return paired(names, values);
  }
  const auto* object = value->if_object();
  if (object == nullptr) return std::nullopt;
  std::vector<Cell> cells;
  for (const auto& [name, member] : *object) {
    if (cells.size() == shown_cells) break;
    cells.push_back(cell(std::string(name), text_of(member)));
  }
  return cells;
}

// RFC 4180. Nothing where a quote stands where none may, or is not closed.
std::optional<Fields> csv_fields(std::string_view line, char delimiter) {
  while (line.ends_with('\n') || line.ends_with('\r'))
    line.remove_suffix(1);
  Fields fields(1);
  bool is_quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char byte = line[i];
    const bool is_doubled = byte == '"' && i + 1 < line.size() && line[i + 1] == '"';
    if (is_quoted && is_doubled) {
      fields.back() += '"';
      ++i;
    } else if (is_quoted && byte == '"') {
      is_quoted = false;
      if (i + 1 < line.size() && line[i + 1] != delimiter) return std::nullopt;
    } else if (!is_quoted && byte == '"') {
      if (!fields.back().empty()) return std::nullopt;
      is_quoted = true;
    } else if (!is_quoted && byte == delimiter) {
      fields.emplace_back();
    } else {
      fields.back() += byte;
    }
  }
  if (is_quoted) return std::nullopt;
  return fields;
}

std::optional<std::vector<Cell>> csv_cells(std::string_view original, const Fields& names,
                                           std::optional<char> delimiter) {
  if (names.empty()) return std::nullopt;
  constexpr std::string_view usual = ",\t;|";
  const std::string tried = delimiter ? std::string(1, *delimiter) : std::string(usual);
  for (const char candidate : tried) {
    const auto fields = csv_fields(original, candidate);
    if (fields && fields->size() == names.size()) return paired(names, *fields);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::vector<Cell>> cells_of(std::string_view original, std::string_view columns,
                                          std::optional<char> delimiter) {
  if (!record::is_valid_utf8(original)) return std::nullopt;
  const Fields names = names_of(columns);
  if (auto cells = json_cells(original, names)) return cells;
  return csv_cells(original, names, delimiter);
}

std::string hex_dump(std::string_view bytes) {
  constexpr std::size_t width = 16;
  std::string dump;
  for (std::size_t offset = 0; offset < bytes.size(); offset += width) {
    std::string ascii;
    dump += fmt::format("{:06x}  ", offset);
    for (std::size_t i = offset; i < offset + width; ++i) {
      if (i >= bytes.size()) {
        dump += "   ";
        continue;
      }
      const auto byte = static_cast<unsigned char>(bytes[i]);
      dump += fmt::format("{:02x} ", byte);
      ascii += byte >= 0x20 && byte < 0x7F ? bytes[i] : '.';
    }
    dump += fmt::format(" {}\n", ascii);
  }
  return dump;
}

std::optional<LineBreak> line_break_of(std::string_view original) {
  if (!record::is_valid_utf8(original)) return std::nullopt;
  std::size_t lone_feeds = 0;
  std::size_t pairs = 0;
  for (std::size_t i = 0; i < original.size(); ++i) {
    const char byte = original[i];
    if (byte == '\r') {
      if (i + 1 == original.size() || original[i + 1] != '\n') return std::nullopt;
      ++pairs;
      ++i;
    } else if (byte == '\n') {
      ++lone_feeds;
    } else if ((static_cast<unsigned char>(byte) < 0x20 && byte != '\t') || byte == 0x7F) {
      return std::nullopt;
    }
  }
  if (pairs > 0 && lone_feeds > 0) return std::nullopt;
  return pairs > 0 ? LineBreak::crlf : LineBreak::lf;
}

}  // namespace sluice::pages
