// Small drawings made on the server: the line of a day, and bars of runs. Only coordinates come
// from here; the shapes stand in the templates, and their colours in the style sheet.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace sluice::pages {

struct Box {
  double width = 0;
  double height = 0;
};

// An SVG path "M0 19L5 12 …" of values from left to right, the largest at the top; empty for fewer
// than two.
[[nodiscard]] std::string line_path(std::span<const std::uint64_t> values, Box box);

struct Bar {
  std::string x, y, width, height;
};
// One for each value, of equal width with a gap between them. One that is not 0 is never too small
// to be seen. `places` is for how many there is room; more values than that make them narrower.
[[nodiscard]] std::vector<Bar> bars(std::span<const std::uint64_t> values, Box box,
                                    std::size_t places);

}  // namespace sluice::pages
