#include "journal/source_places.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <span>

#include <fmt/format.h>

#include "record/copy_text.h"

namespace sluice::journal {
namespace {

std::uint64_t place_in(const PlaceRun& run, std::uint64_t row) {
  return run.place == 0 ? 0 : run.place + (row - run.row);
}

bool read_number(std::string_view text, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

void SourcePlaces::add(std::uint64_t row, std::uint64_t place) {
  if (!runs.empty() && place_in(runs.back(), row) == place) return;
  runs.push_back({row, place});
}

void append_places(std::string& text, const SourcePlaces& places, std::uint64_t rows_before) {
  // Else these rows would seem to follow on those before them.
  const PlaceRun unknown{.row = 1};
  const std::span<const PlaceRun> runs =
      places.runs.empty() ? std::span(&unknown, 1) : std::span(places.runs);
  for (const PlaceRun& run : runs) {
    fmt::format_to(std::back_inserter(text), "{}\t{}", rows_before + run.row, run.place);
    if (&run == runs.data()) {
      text += '\t';
      if (places.runs.empty()) {
        record::append_null(text);
      } else {
        record::append_escaped(text, places.source);
      }
    }
    text += '\n';
  }
}

PlacesOfRows::PlacesOfRows(std::string_view text) {
  runs_.reserve(static_cast<std::size_t>(std::ranges::count(text, '\n')));
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    std::array<std::string_view, 3> columns;
    Run next;
    const bool names_source = record::split_line(line, columns);
    if (names_source) {
      next.source = columns[2];
    } else if (!runs_.empty() && record::split_line(line, std::span(columns).first(2))) {
      next.source = runs_.back().source;
    }
    if (next.source.data() == nullptr || !read_number(columns[0], next.run.row) ||
        !read_number(columns[1], next.run.place)) {
      // Better no place than another row's.
      runs_.clear();
      return;
    }
    runs_.push_back(next);
  }
}

std::optional<PlacesOfRows::Place> PlacesOfRows::find(std::uint64_t row) const {
  const auto after =
      std::ranges::upper_bound(runs_, row, {}, [](const Run& run) { return run.run.row; });
  if (after == runs_.begin()) return std::nullopt;
  const Run& run = *std::prev(after);
  if (record::is_null(run.source)) return std::nullopt;
  std::string buffer;
  const auto source = record::unescape(run.source, buffer);
  if (!source) return std::nullopt;
  return Place{std::string(*source), place_in(run.run, row)};
}

}  // namespace sluice::journal
