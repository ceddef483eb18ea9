// The time at the source as bureaus write it, RFC 3339 with any offset, in the one form in which a
// payload carries it.
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace sluice::adapters::direct {

// UTC with milliseconds, as record::to_string(Time) writes it: a view of `text` where that is the
// form already, else of what was appended to `buffer`. Digits beyond the millisecond are cut off.
// The error is a sentence that does not quote the text.
[[nodiscard]] std::expected<std::string_view, std::string> source_time(std::string_view text,
                                                                       std::string& buffer);

}  // namespace sluice::adapters::direct
