// Files are written in forms that somebody else's program likes: what a header that can not be used
// shows of such a form, so that whoever brings the file is told what it is and not what came of it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/disk/format.h"
#include "intake/row.h"

namespace sluice::adapters::disk {

// The line `sep=;` that spreadsheets write for themselves in front of the header.
[[nodiscard]] bool is_separator_line(std::string_view row);

// Of a first row that can not be read: carriage returns for line ends, UTF-16 without its mark.
// `original` is what the reader kept of it, `problem` what it complained of. Nothing where neither
// is what it looks like. A row may have `max_row_bytes`.
[[nodiscard]] std::optional<std::string> form_of_fault(const intake::RowProblem& problem,
                                                       std::string_view original,
                                                       std::size_t max_row_bytes);

// Of a row whose fields are all in one column: the delimiter by which it has more, and how many.
// Never a value of it.
[[nodiscard]] std::optional<std::string> other_delimiter(std::string_view row,
                                                         const CsvDialect& dialect);

}  // namespace sluice::adapters::disk
