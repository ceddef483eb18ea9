// Files lie about their encoding. Whether the first bytes of one contradict what was declared is
// found out before a single row of it is taken.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/disk/format.h"
#include "adapters/disk/gb18030.h"

namespace sluice::adapters::disk {

// How much of a file is looked at.
inline constexpr std::size_t encoding_sample_bytes = std::size_t{64} << 10;

// What was found and what to do, where `sample`, the beginning of a file, is not in `declared`.
// Single bad lines are no contradiction: their rows go to the quarantine, one by one. `gb18030` may
// be null where UTF-8 is declared.
[[nodiscard]] std::optional<std::string> contradiction(std::string_view sample, Encoding declared,
                                                       Gb18030Decoder* gb18030);

// How many bytes of byte order mark `sample` begins with.
[[nodiscard]] std::size_t byte_order_mark(std::string_view sample, Encoding declared);

}  // namespace sluice::adapters::disk
