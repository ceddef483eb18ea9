#include "adapters/disk/form_fault.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include <fmt/format.h>

#include "adapters/disk/csv_reader.h"
#include "record/lower_case.h"

namespace sluice::adapters::disk {
namespace {

// What programs write, the likeliest first.
constexpr std::array<char, 4> usual_delimiters{',', ';', '\t', '|'};

std::string shown(char delimiter) {
  return delimiter == '\t' ? std::string("a tab") : fmt::format("`{}`", delimiter);
}

// Every second byte is NUL where a text of ASCII is UTF-16, and never one between them; of Chinese
// it is the line end's at least.
bool is_utf16(std::string_view text) {
  std::array<std::size_t, 2> nul{};
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\0') ++nul.at(i % 2);
  }
  const bool is_of_one_side = (nul[0] == 0) != (nul[1] == 0);
  const bool has_utf16_line_end = text.ends_with(std::string_view("\r\0", 2));
  return is_of_one_side && (has_utf16_line_end || 3 * (nul[0] + nul[1]) >= text.size());
}

// Of a row that is too long, what is kept ends with its first line end of any kind: where that is
// less than a row may have, it was none that ends a row.
bool ends_with_carriage_return(const intake::RowProblem& problem, std::string_view original,
                               std::size_t max_row_bytes) {
  if (problem.rule == "carriage-return") return true;
  return problem.rule == "too-large" && original.size() < kept_of_too_long_row &&
         original.size() <= max_row_bytes;
}

}  // namespace

bool is_separator_line(std::string_view row) {
  return row.size() == 5 && record::lower_case(row).starts_with("sep=");
}

std::optional<std::string> form_of_fault(const intake::RowProblem& problem,
                                         std::string_view original, std::size_t max_row_bytes) {
  if (ends_with_carriage_return(problem, original, max_row_bytes)) {
    return "found lines that end with a carriage return alone, as old Macintosh programs write "
           "them; expected LF or CR LF: have the file written so";
  }
  if (problem.rule == "nul" && is_utf16(original)) {
    return "found UTF-16 without its byte order mark; have the file written as UTF-8";
  }
  return std::nullopt;
}

std::optional<std::string> other_delimiter(std::string_view row, const CsvDialect& dialect) {
  const auto count = [&](char delimiter) { return std::ranges::count(row, delimiter); };
  const auto best = std::ranges::max_element(usual_delimiters, {}, count);
  if (*best == dialect.delimiter || count(*best) == 0) return std::nullopt;
  return fmt::format(
      "split at {}, which is declared, it is one column, and split at {} it is {}: declare `csv: "
      "{{delimiter: \"{}\"}}`, or have the file written with {}",
      shown(dialect.delimiter), shown(*best), count(*best) + 1,
      *best == '\t' ? "\\t" : std::string(1, *best), shown(dialect.delimiter));
}

}  // namespace sluice::adapters::disk
