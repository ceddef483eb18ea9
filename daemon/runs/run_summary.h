// What a run printed for machines, read again: a JSON object a line, one for each dataset.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "runs/run_history.h"

namespace sluice::runs {

// Lines that are no objects are left out: a run may have been cut off.
[[nodiscard]] std::vector<boost::json::object> summary_lines(const Run& run);

// What a member of such a line is; 0 or nothing where it has none, or one of another kind.
[[nodiscard]] std::uint64_t number_of(const boost::json::object& line, std::string_view name);
[[nodiscard]] std::string text_of(const boost::json::object& line, std::string_view name);
// A comparison found, before any repair: missing, extra and different together.
[[nodiscard]] std::uint64_t differences_of(const boost::json::object& line);

// The figures of a run, of all its datasets together, as far as it came to print them.
struct RunFigures {
  std::uint64_t datasets = 0;
  // Of a collection.
  std::uint64_t rows = 0;  // new or changed
  std::uint64_t upserts = 0;
  std::uint64_t deletes = 0;
  std::uint64_t quarantined = 0;
  std::uint64_t held_back = 0;  // deletes that wait for an operator
  std::uint64_t batches = 0;
  // Of a comparison.
  std::uint64_t compared = 0;     // records of the source
  std::uint64_t differences = 0;  // found, before any repair
  std::uint64_t repaired = 0;     // sent or deleted
  friend bool operator==(const RunFigures&, const RunFigures&) = default;
};
[[nodiscard]] RunFigures figures_of(const Run& run);

}  // namespace sluice::runs
