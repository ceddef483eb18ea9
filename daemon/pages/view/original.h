// A refused row's bytes, laid out so that a person sees what is wrong with them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::pages {

struct Cell {
  std::string column;
  std::string value;  // as much as is shown
  bool is_cut = false;
  friend bool operator==(const Cell&, const Cell&) = default;
};

// `columns` are the source's, as a JSON array of names, or empty. Read as JSON, then as CSV: with
// `delimiter`, or else with the usual one by which the row has as many fields as there are columns.
// Nothing where it can not be laid out so, since it is no such row, or is not whole.
[[nodiscard]] std::optional<std::vector<Cell>> cells_of(std::string_view original,
                                                        std::string_view columns,
                                                        std::optional<char> delimiter);

// Lines of offset, 16 bytes and their ASCII.
[[nodiscard]] std::string hex_dump(std::string_view bytes);

// How lines end in a text that a form can give back unchanged but for that, which a browser always
// sends as CRLF. Nothing: it has both ends, or characters that no form sends.
enum class LineBreak { lf, crlf };
[[nodiscard]] std::optional<LineBreak> line_break_of(std::string_view original);

}  // namespace sluice::pages
