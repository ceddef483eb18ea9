// The request line's target (RFC 9112, 3.2): an absolute path and a query, alone (origin form) or
// behind scheme and authority (absolute form); and the asterisk of OPTIONS for the whole server.
#pragma once

#include <expected>
#include <string_view>

#include "server/request_guard.h"

namespace sluice::server {

// uri-host [":" port], RFC 9110, 7.2
[[nodiscard]] bool is_host(std::string_view text);

// Sets the head's path, percent-decoded once, and its query as it was sent; of OPTIONS for the
// whole server the path is "*". The head's method is set. The authority must be well-formed and is
// then passed over, as is the Host field beside it: nothing here is chosen by either. Whatever a
// later reader could take for another path is refused: dot segments, and encoded slashes,
// backslashes, controls.
[[nodiscard]] std::expected<void, Refusal> read_target(std::string_view target, RequestHead& head);

}  // namespace sluice::server
