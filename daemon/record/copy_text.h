// The line format of a batch's payload: PostgreSQL COPY text (documentation of COPY, "Text
// Format"). A line is: operation, time at the source, then the schema's fields in order, each
// escaped, separated by tabs, ended by a newline. A missing value is \N.
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::record {

enum class Operation : char { upsert = 'U', remove = 'D' };

// How many columns stand before the first field: the operation and the time at the source.
inline constexpr std::size_t leading_columns = 2;

// Appends one value; never a separator.
void append_escaped(std::string& line, std::string_view value);
inline void append_null(std::string& line) {
  line.append("\\N", 2);
}

// Appends the beginning of a line up to its second column, without a tab after it.
// `source_time` is RFC 3339 in UTC, or nothing when the source does not say.
void begin_line(std::string& line, Operation operation,
                std::optional<std::string_view> source_time);

// A line without its newline, split at its tabs; still escaped, views into the line.
// False if the count of columns is not `columns.size()`.
[[nodiscard]] bool split_line(std::string_view line, std::span<std::string_view> columns);

[[nodiscard]] inline bool is_null(std::string_view escaped) {
  return escaped == "\\N";
}

// The value of an escaped column that is not \N: a view of `escaped` itself where nothing was
// escaped, else of `buffer`. Nothing where `escaped` is not what append_escaped writes.
[[nodiscard]] std::optional<std::string_view> unescape(std::string_view escaped,
                                                       std::string& buffer);

}  // namespace sluice::record
