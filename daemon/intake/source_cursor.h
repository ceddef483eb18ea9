// How far a delivery has been taken: what the journal keeps for it as a cursor's value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "record/digest.h"

namespace sluice::intake {

struct SourceCursor {
  std::uint64_t rows = 0;  // of the source: accepted, quarantined, or a copy
  std::uint64_t accepted = 0;
  std::uint64_t quarantined = 0;
  std::uint64_t copies = 0;  // of an earlier row, in every value
  bool complete = false;
  // Of those rows, in their order, as far as it is known: by it is found out that another source
  // came under the same name.
  std::optional<record::RowDigest> read = std::nullopt;
  friend bool operator==(const SourceCursor&, const SourceCursor&) = default;
};

[[nodiscard]] std::string to_string(const SourceCursor& cursor);
[[nodiscard]] std::optional<SourceCursor> parse_source_cursor(std::string_view text);

}  // namespace sluice::intake
