// What a browser keeps from a sign-in, to be known at the next: whoever has it is counted by
// himself, so that no stranger's failures keep him out (OWASP: "device cookies"). It lets nobody
// in.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "people/account.h"
#include "people/secret.h"
#include "record/time.h"

namespace sluice::people {

// Each sign-in gives a new one, so only who stays away this long becomes a stranger.
constexpr std::chrono::days device_token_lifetime(90);

// Of this account on this browser: a nonce and the day, which a keyed hash binds to the account and
// to the installation. Nothing is kept of it. 60 characters or so, all good in a cookie.
[[nodiscard]] std::string make_device_token(const Secret& secret, const AccountName& account,
                                            record::Time now);

// The nonce of a token that is good for this account; nothing for any other text.
[[nodiscard]] std::optional<std::string> device_of(const Secret& secret, std::string_view token,
                                                   const AccountName& account, record::Time now);

}  // namespace sluice::people
