// What a form says of one value that was typed: what was understood, or what is wrong and how it
// would be right, in the reader's language.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "entry/form.h"
#include "entry/keyed_value.h"
#include "pages/view/wording.h"

namespace sluice::pages {

// `field` is that of the error; null where the form itself is at fault. `typed` is what stands in
// it: the characters at fault are told from it.
[[nodiscard]] Said error_text(const entry::KeyingError& error, const entry::FormField* field,
                              std::string_view typed, const Wording& words);

// `= 10,000,000.00 人民币`. Nothing where it says no more than what was typed.
[[nodiscard]] std::optional<std::string> understood_text(
    const std::optional<entry::Understood>& understood, record::Check check, std::string_view typed,
    const Wording& words);

// A value where it is only looked at: of a long one its first `most` bytes.
[[nodiscard]] std::string looked_at(std::string_view value, std::size_t most = 2000);

}  // namespace sluice::pages
