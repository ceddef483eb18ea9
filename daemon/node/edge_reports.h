// What this node, as an edge, tells its center of its streams beside their batches: one thread for
// all of them.
#pragma once

#include <map>
#include <memory>
#include <thread>

#include "edges/reporter.h"
#include "link/bandwidth.h"
#include "link/https/https_caller.h"
#include "link/https/uplink_identity.h"
#include "link/uplink.h"
#include "node/stream.h"
#include "observe/log.h"

namespace sluice::node {

class EdgeReports {
 public:
  // All must outlive it.
  struct Surroundings {
    const link::Uplink& uplink;
    const link::UplinkIdentity& identity;
    link::Bandwidth& bandwidth;
    observe::Log& log;
  };
  EdgeReports(const std::map<record::BureauId, std::unique_ptr<Stream>>& streams,
              const Surroundings& surroundings);
  // Stops soon; what was not told yet is told after the next start.
  ~EdgeReports() = default;
  EdgeReports(const EdgeReports&) = delete;
  EdgeReports& operator=(const EdgeReports&) = delete;

 private:
  void run(edges::Reporter& reporter, const std::stop_token& stop);

  link::HttpsCaller caller_;
  std::jthread thread_;  // last: joined before the rest goes
};

}  // namespace sluice::node
