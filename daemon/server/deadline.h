// When what a connection waits for must have happened. A single coarse tick looks at all
// connections (http_server.cpp) instead of a timer being armed and cancelled for every operation:
// at tens of thousands of requests a second the timers would cost more than the requests.
#pragma once

#include <atomic>
#include <chrono>

namespace sluice::server {

// Set on the connection's strand, looked at from the tick.
class Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  void set(Clock::time_point from, std::chrono::milliseconds after) {
    at_.store((from + after).time_since_epoch().count(), std::memory_order_relaxed);
  }
  void clear() { at_.store(never, std::memory_order_relaxed); }
  [[nodiscard]] bool has_passed(Clock::time_point now) const {
    return now.time_since_epoch().count() >= at_.load(std::memory_order_relaxed);
  }

 private:
  static constexpr Clock::rep never = Clock::duration::max().count();
  std::atomic<Clock::rep> at_{never};
};

// How late a deadline may be noticed.
inline constexpr std::chrono::milliseconds deadline_tick{250};

}  // namespace sluice::server
