// UTF-8 to UTF-16 and back: the wide characters of ODBC's driver managers on Linux.
#pragma once

#include <string>
#include <string_view>

namespace sluice::adapters::front_end::odbc {

// `text` is valid UTF-8; what is not, is left out.
[[nodiscard]] std::u16string to_utf16(std::string_view text);

// Replaces `text`. False where a surrogate stands alone; `text` then has U+FFFD in its place.
[[nodiscard]] bool to_utf8(std::u16string_view wide, std::string& text);

}  // namespace sluice::adapters::front_end::odbc
