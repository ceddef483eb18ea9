// Knows what edges last told of themselves, for `sluice status`: that must answer at once, also
// where the database does not.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "api/node_status.h"
#include "edges/kept_reports.h"
#include "record/time.h"

namespace sluice::node {

// Owns its thread.
class EdgeLook {
 public:
  using Open = std::function<edges::Result<std::unique_ptr<edges::KeptReports>>()>;
  // Which node brings which bureau's batches here.
  using Carried = std::map<record::BureauId, record::NodeId>;

  EdgeLook(Carried carried, Open open);
  ~EdgeLook() = default;
  EdgeLook(const EdgeLook&) = delete;
  EdgeLook& operator=(const EdgeLook&) = delete;

  // Asks for its end, and does not wait for it.
  void ask_to_stop() { thread_.request_stop(); }

  // As of half a minute ago at most, while the database answers. Any thread.
  [[nodiscard]] std::vector<api::EdgeStatus> edges(record::Time now) const;

 private:
  void run(const std::stop_token& stop);
  // Whether the database answered.
  [[nodiscard]] bool look();

  const Carried carried_;
  const Open open_;
  std::unique_ptr<edges::KeptReports> kept_;  // the thread's
  mutable std::mutex mutex_;
  std::map<record::BureauId, edges::KeptReport> told_;  // guarded by mutex_
  std::jthread thread_;                                 // last: joined before the rest goes
};

}  // namespace sluice::node
