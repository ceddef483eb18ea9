// What of a node runs by a schedule, made from its configuration, and how an operator sees and
// steers it over the control socket.
#pragma once

#include <expected>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "foundation/foundation.h"
#include "jobs/scheduler.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "server/router.h"

namespace sluice::node {

class ScheduledJobs {
 public:
  // All references must outlive this. `own` are the bureaus that this node collects from.
  struct Surroundings {
    const foundation::Foundation& foundation;
    std::filesystem::path command;
    std::filesystem::path configuration;
    observe::Log& log;
    observe::Metrics& metrics;
  };
  [[nodiscard]] static std::expected<std::unique_ptr<ScheduledJobs>, std::string> start(
      const std::set<record::BureauId>& own, Surroundings surroundings);

  // GET /v1/jobs, POST /v1/jobs/{bureau}/pause, resume, run; orders are carried out on `blocking`.
  [[nodiscard]] std::vector<server::Route> routes(boost::asio::thread_pool& blocking);

  // Asks all that runs to end, and lets nothing more begin; does not wait.
  void ask_to_stop() { scheduler_.ask_to_stop(); }

 private:
  explicit ScheduledJobs(jobs::Scheduler::Surroundings surroundings)
      : scheduler_(std::move(surroundings)) {}

  jobs::Scheduler scheduler_;
};

}  // namespace sluice::node
