// Where other nodes tell what the quarantines of their bureaus hold, in figures (docs/link.md): PUT
// of the last report of a bureau.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include "api/carriers.h"
#include "edges/kept_reports.h"
#include "observe/metrics.h"
#include "record/time.h"
#include "server/router.h"

namespace sluice::api {

// Thread-safe. Keeping a report blocks, so it has a thread of its own: neither the event loop nor a
// batch waits for it.
class QuarantineEndpoint {
 public:
  // What must outlive the endpoint, of the carriers what they refer to.
  struct Surroundings {
    Carriers carriers;
    // Called on the endpoint's thread, when it is first needed, and again after it failed.
    std::function<edges::Result<std::unique_ptr<edges::KeptReports>>()> open;
    observe::Metrics& metrics;
    std::function<record::Time()> clock;
  };
  explicit QuarantineEndpoint(Surroundings surroundings);
  ~QuarantineEndpoint() { join(); }
  QuarantineEndpoint(const QuarantineEndpoint&) = delete;
  QuarantineEndpoint& operator=(const QuarantineEndpoint&) = delete;

  // They refer to the endpoint.
  [[nodiscard]] std::vector<server::Route> routes();
  // Waits for what is being kept; nothing is kept afterwards.
  void join() { thread_.join(); }

 private:
  [[nodiscard]] boost::asio::awaitable<server::Response> take(const server::Request& request);
  [[nodiscard]] edges::Result<void> keep(const edges::KeptReport& kept);
  void measure(const edges::KeptReport& kept);

  Surroundings surroundings_;
  std::unique_ptr<edges::KeptReports> reports_;  // of the thread
  boost::asio::thread_pool thread_{1};           // last: it uses the rest
};

}  // namespace sluice::api
