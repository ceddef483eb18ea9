// What `systemctl status` shows of a node: one line, for who looks at a machine that somebody
// complained about. What is wrong comes first, as api/troubles.h judges it; `sluice status` has the
// rest.
#pragma once

#include <string>

#include "api/node_status.h"

namespace sluice::node {

// At most some hundred characters long, whatever is wrong and however often.
[[nodiscard]] std::string status_line(const api::NodeStatus& status);

}  // namespace sluice::node
