// GET /v1/health and GET /metrics.
#pragma once

#include <functional>
#include <string>

#include <boost/asio/thread_pool.hpp>

#include "observe/metrics.h"
#include "server/router.h"

namespace sluice::api {

struct Health {
  bool serving = true;
  std::string reason;  // why not: what an operator reads first
};

// 200 {"status":"pass"} or 503 {"status":"fail","reason":…}. `health` is called on connections'
// strands and must not block.
[[nodiscard]] server::Route health_route(std::function<Health()> health);
// `measure` is called on `blocking` before each answer: it sets what is read only when it is asked
// for. All must outlive the route.
[[nodiscard]] server::Route metrics_route(const observe::Metrics& metrics,
                                          boost::asio::thread_pool& blocking,
                                          std::function<void()> measure);

}  // namespace sluice::api
