// The time at the source as bureaus write it, RFC 3339 with any offset, in the one form in which a
// batch carries it (docs/batch-format.md).
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "record/failure.h"

namespace sluice::adapters::direct {

// UTC to the microsecond, without trailing zeros: a view of `text` where that is the form already,
// else of `buffer`. Digits beyond the microsecond are cut off: Java's clocks write nine.
// The sentence of the failure does not quote the text.
[[nodiscard]] std::expected<std::string_view, record::Flaw> source_time(std::string_view text,
                                                                        std::string& buffer);

}  // namespace sluice::adapters::direct
