// Stretches of a table as the last snapshot found them, and which of them are still what they were:
// where the database can, it adds up its own digests of all rows between two keys, so that of a
// table where little has changed little is read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "adapters/front_end/capture_run.h"
#include "adapters/front_end/digest_file.h"

namespace sluice::adapters::front_end {

// From one value of the key's first column to the next stretch's, so that the database can tell
// rows of two stretches apart by that column alone.
struct Stretch {
  RecordKey first_key;
  RecordKey last_key;
  std::uint64_t behind_first = 0;  // where in the digest file its second entry begins
  std::uint64_t end = 0;           // and the next stretch
  std::uint64_t rows = 0;
  std::uint64_t sum = 0;  // of their digests' numbers, modulo 2^64

  friend bool operator==(const Stretch&, const Stretch&) = default;
};

// Of `rows` rows each, and of more where the first column's value is the same. Reads `base` to its
// end.
[[nodiscard]] std::expected<std::vector<Stretch>, DigestFileFailure> stretches_of(
    DigestFileReader& base, std::size_t rows);

// Whether the database can add up this table's digests.
[[nodiscard]] bool can_add_up(const odbc::Dialect& dialect, const SourceTable& table);

// Positions in all stretches of a table.
struct StretchesAsked {
  std::size_t first = 0;
  std::size_t end = 0;
};
// For each of those asked for, whether its rows are what they were. In front of the first of all
// stretches is looked for new rows, too: from the table's begin on, or from behind `after`.
[[nodiscard]] std::expected<std::vector<bool>, CollectionFailure> find_unchanged(
    CaptureRun& run, std::span<const Stretch> all, StretchesAsked asked,
    const std::optional<RecordKey>& after);

}  // namespace sluice::adapters::front_end
