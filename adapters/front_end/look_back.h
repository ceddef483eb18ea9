// The window behind the highest watermark, in which rows are looked for that were committed late.
// A bulk load of one moment puts a whole table into it, so it is not read whole in each run: the
// newest rows are, and of the others a part, so that all of them have been read again by the time
// that `round_span` has passed. A row leaves the window only after a round that began when rows
// were seen so far ahead of it: what is found is what a window read whole in each run would find,
// only later where the window is a crowd. Where no row is newer for so long that all of the window
// would have been left behind by then, it is read no more.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::adapters::front_end {

// So many of the newest rows in the window are read again in each run.
inline constexpr std::size_t rows_read_again = 2'000;
inline constexpr std::chrono::minutes round_span{5};

// Microseconds of both clocks at one moment: the difference tells how far the source's was set
// back. Only durations are taken of our own.
struct Clocks {
  std::int64_t source = 0;  // UTC
  std::int64_t own = 0;
  friend bool operator==(const Clocks&, const Clocks&) = default;
};

// What is kept of it from run to run.
struct LookBack {
  std::string order;       // names of the columns that the values below are of
  std::int64_t from = 0;   // the watermark at which the window begins, for this round
  std::int64_t up_to = 0;  // the highest seen when the round began: what it has to read again
  std::int64_t seen = 0;   // the highest seen when the last run began
  std::vector<std::string> behind;  // how far the round has come; empty: nowhere yet
  std::uint64_t rows = 0;           // in the window when the round began
  std::int64_t read_at = 0;         // by our clock, when the last part was read
  std::int64_t took = 0;            // how long that was
  // How far a walk through new rows had come that was cut off; empty: none was.
  std::vector<std::string> following;
  std::uint32_t rounds_at_rest = 0;  // that were ended since the highest watermark last rose
  std::optional<Clocks> clocks;
  friend bool operator==(const LookBack&, const LookBack&) = default;
};

// How many rows of the round are to be read now: none where that would be too few to be worth what
// the last part took, and `whole_round` where that was read so long ago.
inline constexpr std::uint64_t whole_round = std::numeric_limits<std::uint64_t>::max();
[[nodiscard]] std::uint64_t rows_due(const LookBack& look_back, std::int64_t own_clock,
                                     std::size_t rows_at_least);

// After so many rounds without a higher watermark all rows of the window have been read again when
// `look_back` had passed since it last rose: what came as late as that is found, and the window
// needs no reading until the watermark rises. Counted in rounds, which are `round_span` apart, for
// a clock of ours that jumps ends no more than one.
[[nodiscard]] std::uint32_t rounds_until_rest(std::chrono::microseconds look_back);

// How long ago, at the most, the source's clock was set back since the clocks were compared;
// nothing where it was not.
[[nodiscard]] std::optional<std::chrono::microseconds> set_back_within(
    const std::optional<Clocks>& before, const Clocks& now);

// As bytes, for what keeps them.
[[nodiscard]] std::string packed(const std::vector<std::string>& values);
// Nothing where the bytes are none of packed().
[[nodiscard]] std::optional<std::vector<std::string>> unpacked(std::string_view bytes);

}  // namespace sluice::adapters::front_end
