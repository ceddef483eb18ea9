// GET /v1/health and GET /metrics.
#pragma once

#include <functional>
#include <string>

#include "api/measuring.h"
#include "observe/metrics.h"
#include "server/router.h"

namespace sluice::api {

struct Health {
  bool serving = true;
  std::string reason;  // why not: what an operator reads first
};

// Any bureau may ask how the node is: a reason, which may name paths, addresses and other bureaus'
// troubles, is for the operators.
enum class HealthFor { bureaus, operators };

// 200 {"status":"pass"} or 503 {"status":"fail","reason":…}. `health` is called on connections'
// strands and must not block.
[[nodiscard]] server::Route health_route(std::function<Health()> health);
// `measuring` is asked before each answer, for what is read only when it is asked for. Both must
// outlive the route.
[[nodiscard]] server::Route metrics_route(const observe::Metrics& metrics, Measuring& measuring);

}  // namespace sluice::api
