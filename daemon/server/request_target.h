// The request line's target in origin form (RFC 9112, 3.2.1): an absolute path and a query.
#pragma once

#include <expected>
#include <string_view>

#include "server/request_guard.h"

namespace sluice::server {

// Sets the head's path, percent-decoded once, and its query as it was sent. Whatever a later reader
// could take for another path is refused: dot segments, and encoded slashes, backslashes, controls.
[[nodiscard]] std::expected<void, Refusal> read_target(std::string_view target, RequestHead& head);

}  // namespace sluice::server
