// Stretches of a table as the last snapshot found them, and which of them are still what they were:
// where the database can, it adds up its own digests of all rows between two keys, so that of a
// table where little has changed little is read.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/front_end/digest_file.h"
#include "adapters/front_end/table_reader.h"

namespace sluice::adapters::front_end {

// From one value of the key's first column to the next stretch's, so that the database can tell
// rows of two stretches apart by that column alone.
struct StretchSum {
  std::string from;  // the first column's value, as a parameter of a query
  std::uint64_t rows = 0;
  std::uint64_t sum = 0;  // of their digests' numbers, modulo 2^64

  friend bool operator==(const StretchSum&, const StretchSum&) = default;
};

// Cuts rows that come in the order of the key into stretches of so many rows, and of more where the
// first column's value is the same.
class StretchCutter {
 public:
  explicit StretchCutter(std::size_t rows) : rows_(rows) {}

  // Of the next row. The stretch that was complete before it, if one was.
  [[nodiscard]] std::optional<StretchSum> add(std::string_view first_value,
                                              const record::RowDigest& digest);
  // The last one; nothing where there were no rows.
  [[nodiscard]] std::optional<StretchSum> finish();

 private:
  std::size_t rows_;
  StretchSum current_;
  std::string last_;
};

// Where a stretch lies in a digest file.
struct StretchPlace {
  RecordKey last_key;
  std::uint64_t behind_first = 0;  // where its second entry begins
  std::uint64_t end = 0;           // and the next stretch
};
struct Stretches {
  std::vector<StretchSum> sums;
  std::vector<StretchPlace> places;  // of each of them
};

// Reads `base` to its end.
[[nodiscard]] std::expected<Stretches, DigestFileFailure> stretches_of(DigestFileReader& base,
                                                                       std::size_t rows);

// Whether the database can add up this table's digests.
[[nodiscard]] bool can_add_up(const odbc::Dialect& dialect, const SourceTable& table);

// Stretches whose sums are asked for in one query: what one is about in time is bounded.
inline constexpr std::size_t most_stretches_asked = 500;

// Positions in all stretches of a table.
struct StretchRange {
  std::size_t first = 0;
  std::size_t end = 0;
};
// Those that one query asks for.
[[nodiscard]] inline StretchRange next_stretches(std::size_t first, std::size_t all) {
  return {first, std::min(first + most_stretches_asked, all)};
}

// For each of those asked for, whether its rows are what they were. In front of the first of all
// stretches is looked for new rows, too: from the table's begin on, or from behind `after`.
[[nodiscard]] Result<std::vector<bool>> find_unchanged(odbc::Connection& connection,
                                                       const SourceTable& table,
                                                       std::span<const StretchSum> all,
                                                       StretchRange asked,
                                                       const std::optional<RecordKey>& after);

}  // namespace sluice::adapters::front_end
