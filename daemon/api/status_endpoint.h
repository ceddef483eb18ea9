// GET /v1/status: what `sluice status` shows. Its answer is described by
// schemas/status.schema.json, and a test holds the two together.
#pragma once

#include <functional>
#include <string>

#include <boost/asio/thread_pool.hpp>

#include "api/node_status.h"
#include "server/router.h"
#include "trust/policy.h"

namespace sluice::api {

// The answer's body.
[[nodiscard]] std::string to_json(const NodeStatus& status);

// `status` is called on `blocking`, where it may read journals. All must outlive the route.
[[nodiscard]] server::Route status_route(const trust::Policy& policy,
                                         boost::asio::thread_pool& blocking,
                                         std::function<NodeStatus()> status);

}  // namespace sluice::api
