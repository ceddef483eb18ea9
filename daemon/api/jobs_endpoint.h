// How an operator sees what runs by a schedule, and steers it: GET /v1/jobs, and POST
// /v1/jobs/{bureau}/pause, resume and run.
#pragma once

#include <optional>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include "runs/scheduler.h"
#include "server/router.h"
#include "trust/policy.h"

namespace sluice::api {

// Thread-safe.
class JobsEndpoint {
 public:
  // What must outlive the endpoint. Orders wait for a lock, so they are carried out on `blocking`.
  struct Surroundings {
    const trust::Policy& policy;
    runs::Scheduler& scheduler;
    boost::asio::thread_pool& blocking;
  };
  explicit JobsEndpoint(const Surroundings& surroundings) : surroundings_(surroundings) {}

  // They refer to the endpoint.
  [[nodiscard]] std::vector<server::Route> routes();

 private:
  [[nodiscard]] boost::asio::awaitable<server::Response> list();
  [[nodiscard]] boost::asio::awaitable<server::Response> obey(const server::Request& request,
                                                              runs::Scheduler::Order order);

  Surroundings surroundings_;
};

}  // namespace sluice::api
