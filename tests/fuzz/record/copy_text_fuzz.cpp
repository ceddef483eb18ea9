// Any bytes come back from a column; any column that is read is what would be written.
#include <array>
#include <cstdint>
#include <string_view>

#include "record/copy_text.h"
#include "tests/fuzz/record/demand.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::record;
  using sluice::fuzz::demand;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::string escaped;
  std::string buffer;
  append_escaped(escaped, bytes);
  demand(escaped.find_first_of("\t\n\r") == std::string::npos, "no separator is left");
  demand(!is_null(escaped), "a value is never taken for none");
  demand(unescape(escaped, buffer) == bytes, "a value comes back");
  if (const auto value = unescape(bytes, buffer)) {
    std::string again;
    append_escaped(again, *value);
    demand(again == bytes, "there is one way to write a value");
  }
  std::array<std::string_view, 5> columns;
  if (split_line(bytes, columns)) {
    std::string joined;
    for (const std::string_view column : columns) {
      demand(column.find('\t') == std::string_view::npos, "a column holds no tab");
      joined.append(joined.empty() && column.data() == columns[0].data() ? "" : "\t")
          .append(column);
    }
    demand(joined == bytes, "the columns are the line");
  }
  return 0;
}
