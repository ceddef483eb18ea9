// Routes for operators only. That they are served on the control socket alone is the node's doing;
// this is what keeps them closed should they ever stand on another listener.
#pragma once

#include <optional>

#include "server/refusal.h"
#include "server/router.h"
#include "trust/policy.h"

namespace sluice::api {

// `policy` must outlive the route.
[[nodiscard]] inline server::Admission for_operators(const trust::Policy& policy) {
  return [&policy](const server::Request& request) -> std::optional<server::Response> {
    if (policy.may_operate(request.peer.caller)) return std::nullopt;
    return server::problem(403, "not-permitted",
                           "only an operator on this machine may ask this, by its control socket");
  };
}

}  // namespace sluice::api
