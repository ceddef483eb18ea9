// Where a dataset's capture stands, as the journal keeps it: the cursor's value, one JSON object,
// committed with the rows that it stands for (docs/front-end.md).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/front_end/digest_file.h"

namespace sluice::adapters::front_end {

// A digest file, by the number in its name, and how much of it counts.
struct DigestFilePart {
  std::uint64_t generation = 0;
  std::uint64_t bytes = 0;
  std::uint64_t rows = 0;
  friend bool operator==(const DigestFilePart&, const DigestFilePart&) = default;
};

// What of its base a run has not met so far (gone_file.h), and how many of these are dealt with.
struct GoneRecords {
  std::uint64_t parts = 0;
  std::uint64_t rows = 0;
  std::uint64_t told = 0;
  friend bool operator==(const GoneRecords&, const GoneRecords&) = default;
};

struct Position {
  // The way of capture that it belongs to; a dataset whose way is changed begins anew.
  std::string capture;
  // Names and types of the columns read, to notice what was changed in the table.
  std::map<std::string, std::string> columns;

  // Names of the key's columns: a load that was under way can not go on by others.
  std::vector<std::string> key;

  // While the whole table is read by key: the last one handed over; a value for each of `key`.
  std::optional<RecordKey> loaded_up_to;
  // The whole table has been read; what follows are changes.
  bool is_loaded = false;
  // Watermark's value or log's sequence up to which changes were seen; while loading, the highest
  // there was when the load began.
  std::optional<std::int64_t> reached;

  // Snapshot: the table as it was after the last run, and how much of it this run has passed.
  std::optional<DigestFilePart> base;
  std::uint64_t base_offset = 0;
  // Records of the base that are gone from the table, and whose deletes are held back.
  std::uint64_t held_back = 0;
  // Snapshot: what this run has written so far, and what it has not met.
  std::optional<DigestFilePart> run;
  GoneRecords gone;

  friend bool operator==(const Position&, const Position&) = default;
};

[[nodiscard]] std::string to_string(const Position& position);
// Nothing where the text is no position of this version.
[[nodiscard]] std::optional<Position> parse_position(std::string_view text);

}  // namespace sluice::adapters::front_end
