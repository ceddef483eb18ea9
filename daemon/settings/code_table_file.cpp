#include "settings/code_table_file.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "record/digest.h"
#include "settings/document.h"

namespace sluice::settings {
namespace {

// The streets of the whole country are 2 MiB.
constexpr std::uintmax_t largest_table = std::uintmax_t{16} << 20;

using Row = std::vector<std::string>;

class CsvRows {
 public:
  explicit CsvRows(std::string_view text) : text_(text) {}

  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  [[nodiscard]] int line() const { return line_; }  // of the next row

  // Nothing where a quote is not closed, or something stands behind one that is.
  std::optional<Row> next() {
    Row row;
    while (true) {
      auto value = at_ < text_.size() && text_[at_] == '"' ? quoted_value() : plain_value();
      if (!value) return std::nullopt;
      row.push_back(std::move(*value));
      if (at_ < text_.size() && text_[at_] == ',') {
        ++at_;
        continue;
      }
      if (at_ < text_.size() && text_[at_] == '\r') ++at_;
      if (at_ < text_.size() && text_[at_] != '\n') return std::nullopt;
      ++at_;
      ++line_;
      return row;
    }
  }

 private:
  std::optional<std::string> plain_value() {
    const std::size_t end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
    std::string value(text_.substr(at_, end - at_));
    at_ = end;
    return value;
  }

  std::optional<std::string> quoted_value() {
    std::string value;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '"' && (at_ + 1 == text_.size() || text_[at_ + 1] != '"')) {
        ++at_;
        return value;
      }
      if (text_[at_] == '"') ++at_;
      if (text_[at_] == '\n') ++line_;
      value += text_[at_];
    }
    return std::nullopt;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
};

// Positions of the columns that are looked at.
struct Columns {
  std::size_t code = 0;
  std::size_t name = 0;
  std::vector<std::size_t> pinyin;
};

std::optional<Columns> columns_of(const Row& header) {
  const auto code = std::ranges::find(header, "code");
  const auto name = std::ranges::find(header, "name");
  if (code == header.end() || name == header.end()) return std::nullopt;
  Columns columns{static_cast<std::size_t>(code - header.begin()),
                  static_cast<std::size_t>(name - header.begin()),
                  {}};
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (header[i].starts_with("pinyin")) columns.pinyin.push_back(i);
  }
  return columns;
}

bool is_reading(std::string_view text) {
  return text.find_first_not_of("abcdefghijklmnopqrstuvwxyz ") == std::string_view::npos;
}

std::filesystem::path table_path(const std::string& name, const CodeTableFiles& files) {
  return (files.base / name).lexically_normal();
}

// Gives each row with a code of its own to `take(place, row, columns)`.
template <class Take>
void read_rows(const std::filesystem::path& file, WrittenCodes& written, Complaints& complaints,
               Take take) {
  const auto bytes = read_file(file, largest_table, complaints);
  if (!bytes || !is_text(*bytes, file, complaints)) return;
  written.try_emplace(file, record::to_string(record::sha256(*bytes)));
  std::string_view text = *bytes;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  CsvRows rows(text);
  const Row header = rows.next().value_or(Row{});
  const auto columns = columns_of(header);
  if (!columns) {
    complaints.add_about(file, {1, 0}, "a header without `code` and `name`",
                         "a header with both columns");
    return;
  }
  std::unordered_set<std::string> codes;
  while (!rows.at_end()) {
    const Place place{rows.line(), 0};
    auto row = rows.next();
    if (!row) {
      complaints.add_about(file, place, "a quote that is not closed, or text behind one that is",
                           "CSV as in RFC 4180");
      return;
    }
    if (row->size() == 1 && row->front().empty()) continue;
    if (row->size() != header.size()) {
      complaints.add_about(file, place, fmt::format("{} columns", row->size()),
                           fmt::format("{}, as in the header", header.size()));
    } else if (!codes.insert((*row)[columns->code]).second) {
      complaints.add_about(file, place, "a code that an earlier line has", "each code once");
    } else {
      take(place, std::move(*row), *columns);
    }
  }
}

}  // namespace

std::map<std::string, std::string> read_code_table(const std::string& name,
                                                   const CodeTableFiles& files,
                                                   Complaints& complaints) {
  std::map<std::string, std::string> codes;
  read_rows(table_path(name, files), files.written, complaints,
            [&](Place, Row row, const Columns& columns) {
              codes.emplace(row[columns.code], row[columns.name]);
            });
  return codes;
}

std::vector<entry::CodeEntry> read_code_entries(const std::string& name,
                                                const CodeTableFiles& files,
                                                Complaints& complaints) {
  std::vector<entry::CodeEntry> entries;
  const std::filesystem::path file = table_path(name, files);
  read_rows(file, files.written, complaints, [&](Place place, Row row, const Columns& columns) {
    entry::CodeEntry& entry =
        entries.emplace_back(entry::CodeEntry{row[columns.code], row[columns.name], {}});
    for (const std::size_t column : columns.pinyin) {
      if (row[column].empty()) continue;
      if (!is_reading(row[column])) {
        complaints.add_about(file, place, in_quotes(row[column]) + " as a reading",
                             "syllables of small letters with blanks between (`v` for `ü`)");
      }
      entry.pinyin.push_back(std::move(row[column]));
    }
  });
  return entries;
}

}  // namespace sluice::settings
