// Where other nodes tell what the quarantines of their bureaus hold, in figures (docs/link.md): PUT
// of the last report of a bureau.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <set>
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
// batch waits for it. While the database is slow, no more than `most_waiting` wait for it, the one
// that is being kept included; the others are told at once to come again.
class QuarantineEndpoint {
 public:
  static constexpr int most_waiting = 16;

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

  // Tells the metrics what was kept of these bureaus before the center began, so that an edge that
  // has been silent since is not forgotten. Does not wait; where the database is away, it is tried
  // again when the next report comes.
  void recall(std::set<record::BureauId> bureaus);

  // They refer to the endpoint.
  [[nodiscard]] std::vector<server::Route> routes();
  // Waits for what is being kept; nothing is kept afterwards.
  void join() { thread_.join(); }

 private:
  [[nodiscard]] boost::asio::awaitable<server::Response> take(const server::Request& request);
  [[nodiscard]] edges::Result<void> keep(const edges::KeptReport& kept);
  void recall();
  [[nodiscard]] bool begin_to_wait();
  void measure(const edges::KeptReport& kept);

  Surroundings surroundings_;
  std::unique_ptr<edges::KeptReports> reports_;  // of the thread, as the next
  std::set<record::BureauId> to_recall_;
  std::atomic<int> waiting_ = 0;
  boost::asio::thread_pool thread_{1};  // last: it uses the rest
};

}  // namespace sluice::api
