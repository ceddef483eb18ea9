// Looks after what a center holds: tries from time to time whether it can be applied by now, and
// knows what is held, for `sluice status` and the metrics.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "api/node_status.h"
#include "exchange/reception.h"
#include "observe/log.h"
#include "observe/metrics.h"

namespace sluice::node {

// Of the events that tell of a dataset which is held: nobody is called for what passes by itself.
[[nodiscard]] inline observe::Log::Level level_of(const exchange::Obstacle& why) {
  return why.passes ? observe::Log::Level::notice : observe::Log::Level::error;
}

// Owns its thread, and a reception of its own.
class HeldLook {
 public:
  using Open = std::function<exchange::Result<std::unique_ptr<exchange::Reception>>()>;
  // All must outlive it.
  struct Surroundings {
    exchange::Holding& holding;
    observe::Log& log;
    observe::Metrics& metrics;
  };
  HeldLook(Open open, Surroundings surroundings);
  ~HeldLook();
  HeldLook(const HeldLook&) = delete;
  HeldLook& operator=(const HeldLook&) = delete;

  // Asks for its end, and does not wait for it.
  void ask_to_stop() { thread_.request_stop(); }

  // As of the last look. Any thread.
  [[nodiscard]] std::vector<api::HeldStatus> held() const;
  // Why the last look could not be had; nothing: it could. Any thread.
  [[nodiscard]] std::optional<std::string> failure() const;

 private:
  using Obstacles = decltype(exchange::Reception::Settled::obstacles);
  void run(const std::stop_token& stop);
  // Whether there is more to be done at once.
  [[nodiscard]] bool look();
  [[nodiscard]] exchange::Result<bool> settle_and_list();
  void tell(std::vector<api::HeldStatus> held);
  void tell(const std::string& failure);
  // Of what can not be settled why not, once until it changes.
  void tell_obstacles(Obstacles obstacles);

  Open open_;
  Surroundings surroundings_;
  std::unique_ptr<exchange::Reception> reception_;  // the thread's, as the next three
  Obstacles told_;
  std::set<std::pair<std::string, std::string>> measured_;
  mutable std::mutex mutex_;
  std::vector<api::HeldStatus> held_;  // guarded by mutex_, as the next
  std::optional<std::string> failure_;
  std::jthread thread_;  // last: joined before the rest goes
};

}  // namespace sluice::node
