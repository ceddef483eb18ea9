// The pages' cookies: the prefix __Host- has browsers take them over TLS only, for this very host,
// so that no other site can plant one.
#pragma once

#include <string_view>

namespace sluice::pages {

inline constexpr std::string_view session_cookie = "__Host-sluice-session";
// Before there is a session: what the sign-in form's token is bound to.
inline constexpr std::string_view door_cookie = "__Host-sluice-door";
inline constexpr std::string_view language_cookie = "__Host-sluice-language";
// And behind it what stands for the account: several people share a machine.
inline constexpr std::string_view device_cookie_prefix = "__Host-sluice-device-";

}  // namespace sluice::pages
