// A refused row as a page shows it: the first line of the input is the columns, the rest the row.
#include <cstdint>
#include <string>
#include <string_view>

#include "pages/view/language_choice.h"
#include "pages/view/original.h"
#include "pages/view/visible.h"
#include "record/record_checker.h"
#include "tests/fuzz/record/demand.h"

namespace {

using sluice::fuzz::demand;
using namespace sluice::pages;

void try_visible(std::string_view text) {
  const std::string shown = visible(text);
  demand(sluice::record::is_valid_utf8(shown), "what is shown is text");
  demand(visible(shown) == shown, "what is shown has nothing left to be made visible");
  for (const char byte : shown)
    demand(static_cast<unsigned char>(byte) >= 0x20 || byte == '\n' || byte == '\t',
           "what is shown has no control characters");
  demand(text.starts_with(beginning(text, 7)) && beginning(text, 7).size() <= 7,
         "a beginning is one");
}

void try_cells(std::string_view original, std::string_view columns) {
  const auto cells = cells_of(original, columns, std::nullopt);
  if (!cells) return;
  for (const Cell& cell : *cells)
    demand(sluice::record::is_valid_utf8(cell.value), "a value is cut between characters");
}

// As a browser and the form's receiver do it.
void try_line_break(std::string_view original) {
  const auto line_break = line_break_of(original);
  if (!line_break) return;
  std::string sent;
  for (const char byte : original) {
    if (byte == '\r') continue;
    if (byte == '\n') sent += '\r';
    sent += byte;
  }
  std::string taken;
  for (const char byte : sent) {
    if (byte != '\r' || *line_break == LineBreak::crlf) taken += byte;
  }
  demand(taken == original, "a form gives the row back");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = input.find('\n');
  const std::string_view columns = input.substr(0, end);
  const std::string_view original =
      end == std::string_view::npos ? std::string_view() : input.substr(end + 1);
  try_visible(original);
  try_cells(original, columns);
  try_line_break(original);
  demand(hex_dump(original).empty() == original.empty(), "bytes are dumped");
  (void)choose_language(columns, original);
  return 0;
}
