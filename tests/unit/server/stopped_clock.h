// A clock for a server's limits of time that goes only where the test lets it, so that nothing that
// a test prepares can come too late, however busy the machine is.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>

#include "server/deadline.h"

namespace sluice::test {

// Stands still at first. Thread-safe; must outlive the server.
class StoppedClock {
 public:
  using Clock = server::Deadline::Clock;

  void advance(Clock::duration by) {
    const std::lock_guard lock(mutex_);
    stood_at_ += by;
  }
  // At the pace of the real one, until it is stopped again.
  void go_on() {
    const std::lock_guard lock(mutex_);
    going_since_ = Clock::now();
  }
  void stop() {
    const std::lock_guard lock(mutex_);
    stood_at_ = now();
    going_since_.reset();
  }
  // Returns when the server has looked at the clock so many times from now on: false if it does not
  // within a minute.
  [[nodiscard]] bool is_asked(int times) {
    std::unique_lock lock(mutex_);
    const auto enough = asked_ + times;
    return changed_.wait_for(lock, std::chrono::minutes(1), [&] { return asked_ >= enough; });
  }
  [[nodiscard]] std::function<Clock::time_point()> source() {
    return [this] {
      const std::lock_guard lock(mutex_);
      ++asked_;
      changed_.notify_all();
      return now();
    };
  }

 private:
  [[nodiscard]] Clock::time_point now() const {
    return going_since_ ? stood_at_ + (Clock::now() - *going_since_) : stood_at_;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  Clock::time_point stood_at_ = Clock::now();
  std::optional<Clock::time_point> going_since_;
  int asked_ = 0;
};

}  // namespace sluice::test
