#include "pages/view/chart.h"

#include <algorithm>

#include <fmt/format.h>

namespace sluice::pages {
namespace {

double share(std::uint64_t value, std::uint64_t largest) {
  return largest == 0 ? 0 : static_cast<double>(value) / static_cast<double>(largest);
}

std::string coordinate(double value) {
  return fmt::format("{:.1f}", value);
}

}  // namespace

std::string line_path(std::span<const std::uint64_t> values, Box box) {
  if (values.size() < 2) return {};
  const std::uint64_t largest = *std::ranges::max_element(values);
  const double step = box.width / static_cast<double>(values.size() - 1);
  // Half of the line's width would be cut off at the edges.
  constexpr double margin = 1;
  std::string path;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double y = box.height - margin - share(values[i], largest) * (box.height - 2 * margin);
    path += fmt::format("{}{} {}",
                        i == 0   ? "M"
                        : i == 1 ? "L"
                                 : " ",
                        coordinate(step * static_cast<double>(i)), coordinate(y));
  }
  return path;
}

std::vector<Bar> bars(std::span<const std::uint64_t> values, Box box, std::size_t places) {
  std::vector<Bar> drawn;
  if (values.empty()) return drawn;
  drawn.reserve(values.size());
  const std::uint64_t largest = *std::ranges::max_element(values);
  const double step = box.width / static_cast<double>(std::max(places, values.size()));
  constexpr double smallest = 1.5;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double height =
        values[i] == 0 ? 0 : std::max(smallest, share(values[i], largest) * box.height);
    drawn.push_back({.x = coordinate(step * static_cast<double>(i)),
                     .y = coordinate(box.height - height),
                     .width = coordinate(step * 0.75),
                     .height = coordinate(height)});
  }
  return drawn;
}

}  // namespace sluice::pages
