// How what a reader of files makes of them comes to the process that seals it: the reader holds no
// key, and may be anybody's once a file was too clever for it. So every frame is checked as bytes
// from outside are.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "intake/batch_sink.h"
#include "intake/source_cursor.h"
#include "record/failure.h"

namespace sluice::intake {

struct ProgressFrame {
  std::uint64_t bytes = 0;
  std::uint64_t of_bytes = 0;
  std::uint64_t rows = 0;
};
// Of quarantined rows dataset, mode and source do not travel, nor does the source of the others'
// places: who takes them knows.
struct BatchFrame {
  ConvertedBatch batch;
};
// All was read, and every batch was sent.
struct DoneFrame {
  std::uint64_t resumed_after = 0;
  SourceCursor cursor;
  std::map<std::string, std::uint64_t> reasons;
};
// Why it could not be; `code` is the collector's.
struct FailureFrame {
  std::uint64_t code = 0;
  std::string place;
  std::string sentence;
};
using Frame = std::variant<ProgressFrame, BatchFrame, DoneFrame, FailureFrame>;

// Room for the largest batch with its quarantined rows, and far below a run's limit of memory.
inline constexpr std::uint64_t most_frame_bytes = std::uint64_t{160} << 20;

// With its head (record/frame.h).
[[nodiscard]] std::string to_frame(const Frame& frame);
// Without it. Nothing is taken on trust but the values themselves, which the store checks, and
// where the rows stood: lines are as many as they are said to be and of the operations that they
// are said to be, and places are of these lines.
[[nodiscard]] std::expected<Frame, record::Flaw> parse_frame(std::string_view bytes);

}  // namespace sluice::intake
