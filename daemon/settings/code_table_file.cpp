#include "settings/code_table_file.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include <fmt/format.h>

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

}  // namespace

std::map<std::string, std::string> read_code_table(const std::filesystem::path& file,
                                                   Complaints& complaints) {
  std::map<std::string, std::string> codes;
  const auto bytes = read_file(file, largest_table, complaints);
  if (!bytes || !is_text(*bytes, file, complaints)) return codes;
  std::string_view text = *bytes;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  CsvRows rows(text);
  const Row header = rows.next().value_or(Row{});
  const auto code = std::ranges::find(header, "code") - header.begin();
  const auto name = std::ranges::find(header, "name") - header.begin();
  const auto columns = static_cast<std::ptrdiff_t>(header.size());
  if (code == columns || name == columns) {
    complaints.add_about(file, {1, 0}, "a header without `code` and `name`",
                         "a header with both columns");
    return codes;
  }
  while (!rows.at_end()) {
    const Place place{rows.line(), 0};
    const auto row = rows.next();
    if (!row) {
      complaints.add_about(file, place, "a quote that is not closed, or text behind one that is",
                           "CSV as in RFC 4180");
      return codes;
    }
    if (row->size() == 1 && row->front().empty()) continue;
    if (row->size() != header.size()) {
      complaints.add_about(file, place, fmt::format("{} columns", row->size()),
                           fmt::format("{}, as in the header", header.size()));
    } else if (!codes
                    .emplace((*row)[static_cast<std::size_t>(code)],
                             (*row)[static_cast<std::size_t>(name)])
                    .second) {
      complaints.add_about(file, place, "a code that an earlier line has", "each code once");
    }
  }
  return codes;
}

}  // namespace sluice::settings
