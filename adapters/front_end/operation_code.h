// What a bureau's code for "inserted", "changed" or "deleted" means to us.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "adapters/front_end/exchange_table.h"
#include "intake/row.h"
#include "record/copy_text.h"

namespace sluice::adapters::front_end {

// Nothing where the text is none of the codes. CHAR columns come padded with blanks.
[[nodiscard]] inline std::optional<record::Operation> operation_of(
    const OperationCodes& codes, std::optional<std::string_view> text) {
  if (!text) return std::nullopt;
  while (text->ends_with(' '))
    text->remove_suffix(1);
  if (*text == codes.insert || *text == codes.update) return record::Operation::upsert;
  if (*text == codes.remove) return record::Operation::remove;
  return std::nullopt;
}

[[nodiscard]] inline intake::RowProblem unknown_operation(const OperationCodes& codes) {
  return {"", "operation",
          fmt::format("its operation is none of the codes {}, {} and {} that the configuration "
                      "names",
                      codes.insert, codes.update, codes.remove)};
}

}  // namespace sluice::adapters::front_end
