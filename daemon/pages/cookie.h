// Cookies (RFC 6265), as far as the pages use them: all of ours are bound to this very host, sent
// over TLS only, and no script can read them.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::pages {

// The first of that name in a request's Cookie field; nothing where there is none.
[[nodiscard]] std::optional<std::string_view> find_cookie(std::string_view field,
                                                          std::string_view name);

// `lax` is sent along when somebody follows a link from elsewhere, `strict` is not.
enum class SameSite { strict, lax };

// A Set-Cookie field. `name` must begin with `__Host-`, `value` be of letters, digits, `-`, `_` and
// `.`. Without an age it goes when the browser is closed; an age of zero takes it away.
[[nodiscard]] std::pair<std::string, std::string> set_cookie(
    std::string_view name, std::string_view value, SameSite same_site,
    std::optional<std::chrono::seconds> age = std::nullopt);

}  // namespace sluice::pages
