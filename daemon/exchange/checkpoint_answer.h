// What a center says of a line of checkpoints to whoever keeps some of it (docs/link.md), and what
// that means for one that was kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "record/checkpoint.h"
#include "record/failure.h"
#include "record/time.h"
#include "store/checkpoint.h"

namespace sluice::exchange {

struct LineAnswer {
  enum class State {
    stands,   // what is made now is of it
    over,     // the store was restored, or replaced, since
    unknown,  // the store has nothing of it
  };
  std::string line;
  State state = State::unknown;
  std::uint64_t last = 0;  // of one that is over: the number of its last checkpoint that is left
  // When the line that stands began; nothing: none does yet.
  std::optional<record::Time> since;
  std::vector<record::Checkpoint> checkpoints;  // those that were asked for and are there
  friend bool operator==(const LineAnswer&, const LineAnswer&) = default;
};

// How many numbers may be asked for at once.
inline constexpr std::size_t most_numbers_asked = 100;

[[nodiscard]] store::Result<LineAnswer> answer_of(store::Store& store, const std::string& line,
                                                  std::span<const std::uint64_t> numbers);

[[nodiscard]] std::string to_json(const LineAnswer& answer);
// Strict.
[[nodiscard]] std::expected<LineAnswer, record::Flaw> parse_line_answer(std::string_view json);

enum class Standing {
  same,             // the store has it
  lost_by_restore,  // it was made after what the store was restored from
  missing,          // its line stands, or reaches beyond it, and the store does not have it
  different,        // the store has another one in its place
};
// `told_at`: of the receipt that brought it.
[[nodiscard]] Standing standing_of(const record::Checkpoint& kept, record::Time told_at,
                                   const LineAnswer& answer);

}  // namespace sluice::exchange
