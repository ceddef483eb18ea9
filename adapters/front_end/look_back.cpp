#include "adapters/front_end/look_back.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

namespace sluice::adapters::front_end {
namespace {

// A part costs a query, and a database without an index for the order a sort of the window. Where
// the last one took no more than so much of the time since, small parts can be had, which what is
// new hardly waits for; otherwise a part is worth it from so much of the window on, or from so many
// rows.
constexpr std::int64_t times_what_it_took = 4;
constexpr std::uint64_t parts_of_small_windows = 16;
constexpr std::uint64_t rows_worth_a_query = 20'000;
// Clocks drift, and an answer is under way for a while.
constexpr std::chrono::seconds tolerance{1};

}  // namespace

std::uint64_t rows_due(const LookBack& look_back, std::int64_t own_clock,
                       std::size_t rows_at_least) {
  const std::int64_t passed = std::max<std::int64_t>(own_clock - look_back.read_at, 0);
  const double share = static_cast<double>(passed) /
                       static_cast<double>(std::chrono::microseconds(round_span).count());
  const auto rows = static_cast<double>(std::max<std::uint64_t>(look_back.rows, rows_at_least));
  if (share >= 1.0) return whole_round;
  const double due = share * rows;
  double least = static_cast<double>(rows_at_least);
  // What a part takes is not known before the first: a small one tells, however long the load was.
  if (look_back.took == 0) return due < least ? 0 : rows_at_least;
  if (passed < times_what_it_took * look_back.took) {
    least = std::max(least, std::min(rows / static_cast<double>(parts_of_small_windows),
                                     static_cast<double>(rows_worth_a_query)));
  }
  return due < least ? 0 : static_cast<std::uint64_t>(due);
}

std::uint32_t rounds_until_rest(std::chrono::microseconds look_back) {
  // One for the part of it that is left over, and one that had begun before it rose.
  return static_cast<std::uint32_t>(look_back / round_span) + 2;
}

std::optional<std::chrono::microseconds> set_back_within(const std::optional<Clocks>& before,
                                                         const Clocks& now) {
  if (!before) return std::nullopt;
  const std::chrono::microseconds passed(now.own - before->own);
  const std::chrono::microseconds passed_there(now.source - before->source);
  if (passed - passed_there <= tolerance) return std::nullopt;
  return passed + tolerance;
}

std::string packed(const std::vector<std::string>& values) {
  std::string bytes;
  for (const std::string& value : values) {
    const auto length = static_cast<std::uint32_t>(value.size());
    std::array<char, sizeof(length)> prefix{};
    std::memcpy(prefix.data(), &length, prefix.size());
    bytes.append(prefix.data(), prefix.size());
    bytes += value;
  }
  return bytes;
}

std::optional<std::vector<std::string>> unpacked(std::string_view bytes) {
  std::vector<std::string> values;
  while (!bytes.empty()) {
    std::uint32_t length = 0;
    if (bytes.size() < sizeof(length)) return std::nullopt;
    std::memcpy(&length, bytes.data(), sizeof(length));
    bytes.remove_prefix(sizeof(length));
    if (bytes.size() < length) return std::nullopt;
    values.emplace_back(bytes.substr(0, length));
    bytes.remove_prefix(length);
  }
  return values;
}

}  // namespace sluice::adapters::front_end
