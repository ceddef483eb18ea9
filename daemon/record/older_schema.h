// A dataset's schema changes while batches wait: whether lines that were made under one schema can
// be read where another is the present one, and how they are turned into lines of that.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "record/table_schema.h"

namespace sluice::record {

// All that is in the way, half a sentence; nothing: the lines can be read. A field that they do not
// have yet has no value in them. Constraints are not looked at: rows that break the present ones
// are refused one by one.
[[nodiscard]] std::optional<std::string> why_unreadable(const TableSchema& written,
                                                        const TableSchema& present);

// One owner, one thread. Of two schemas of which the first can be read where the second is present.
class LineTurner {
 public:
  LineTurner(const TableSchema& written, const TableSchema& present);

  // A line without its newline, with the columns of `present`; it lives until the next call. Empty
  // where it has not as many columns as `written`: no line is.
  [[nodiscard]] std::string_view turn(std::string_view line);

 private:
  std::vector<std::optional<std::size_t>> sources_;  // for each present field its column
  std::vector<std::string_view> columns_;
  std::string turned_;
};

}  // namespace sluice::record
