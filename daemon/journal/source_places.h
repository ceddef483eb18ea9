// Where the rows of a batch stood in their source. Nothing of it is signed or travels: it is kept
// beside the batch, so that a row which the center refuses can be told as one that failed on its
// way in is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::journal {

// Rows whose places follow on one another.
struct PlaceRun {
  std::uint64_t row = 0;  // the first of them, from 1
  std::uint64_t place =
      0;  // of that one: line, or index in the call. 0: the source has none of them
  friend bool operator==(const PlaceRun&, const PlaceRun&) = default;
};

struct SourcePlaces {
  std::string source;          // as in QuarantinedRow
  std::vector<PlaceRun> runs;  // by row, the first of row 1; none: nobody knows

  // `row` is the one behind those that were added.
  void add(std::uint64_t row, std::uint64_t place);
  friend bool operator==(const SourcePlaces&, const SourcePlaces&) = default;
};

// As a journal file has it (docs/journal-format.md), where these are the rows of a batch behind
// `rows_before`. Texts of one batch in the order of their rows are a text.
void append_places(std::string& text, const SourcePlaces& places, std::uint64_t rows_before);

// Such a text, read.
class PlacesOfRows {
 public:
  struct Place {
    std::string source;
    std::uint64_t place = 0;
  };
  // `text` must outlive it.
  explicit PlacesOfRows(std::string_view text);
  // Nothing: nobody knows.
  [[nodiscard]] std::optional<Place> find(std::uint64_t row) const;

 private:
  struct Run {
    PlaceRun run;
    std::string_view source;  // escaped
  };
  std::vector<Run> runs_;
};

}  // namespace sluice::journal
