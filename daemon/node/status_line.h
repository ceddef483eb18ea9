// What `systemctl status` shows of a node: one line, for who looks at a machine that somebody
// complained about. What is wrong comes first; `sluice status` has the rest.
#pragma once

#include <string>

#include "api/status_endpoint.h"

namespace sluice::node {

// At most some hundred characters long, whatever is wrong and however often.
[[nodiscard]] std::string status_line(const api::NodeStatus& status);

}  // namespace sluice::node
