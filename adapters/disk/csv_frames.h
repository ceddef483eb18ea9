// How small CSV goes to the process that reads it and holds no key, and how what that one makes of
// it comes back. It may be anybody's once the bytes were too clever for it: its answer is checked
// as bytes from outside are, against what it was asked.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <variant>

#include "adapters/disk/csv_parser.h"
#include "record/failure.h"

namespace sluice::adapters::disk {

using CsvQuestion = std::variant<TableQuestion, RowQuestion>;
using CsvAnswer = std::variant<CsvTable, CsvRow, CollectionFailure>;

// Both with their heads (record/frame.h).
[[nodiscard]] std::string to_frame(const CsvQuestion& question);
[[nodiscard]] std::string to_frame(const CsvAnswer& answer);

// Without its head; views its bytes.
[[nodiscard]] std::expected<CsvQuestion, record::Flaw> parse_question(std::string_view frame);

// How long the frame of an answer may be: a cell takes more room in it than in the bytes.
[[nodiscard]] std::uint64_t most_answer_bytes(const CsvQuestion& question);
// Without its head. A table for a table and a row for a row, no larger than was asked for; texts
// are UTF-8; lines are counted upwards.
[[nodiscard]] std::expected<CsvAnswer, record::Flaw> parse_answer(std::string_view frame,
                                                                  const CsvQuestion& question);

}  // namespace sluice::adapters::disk
