// What a scrape asks for and only a look at disks finds. It is looked for anew for each scrape, on
// a thread of its own, and a scrape waits for it only so long: a monitoring system that gets no
// answer knows less than one that is told which figures are missing.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

namespace sluice::api {

// Thread-safe.
class Measuring {
 public:
  // Less than the scrape timeout that a monitoring system has (Prometheus: 10 s).
  static constexpr std::chrono::milliseconds usual_patience{2000};

  // All that a look has found is told at once, at its end: who gives up meanwhile takes away what
  // was told before, and none of what it finds.
  struct Look {
    // Finds the figures, and gives what tells them; may block. On the thread of this.
    std::function<std::function<void()>()> measure;
    // They were not found in time: takes those of before away. Any thread, but never while some are
    // told, which must not block either.
    std::function<void()> miss;
  };
  explicit Measuring(Look look, std::chrono::milliseconds patience = usual_patience);
  ~Measuring() { join(); }
  Measuring(const Measuring&) = delete;
  Measuring& operator=(const Measuring&) = delete;

  // Goes on when the figures are those of after this call, or are missed. However many wait, at
  // most one look is under way and one behind it.
  [[nodiscard]] boost::asio::awaitable<void> look();
  // Waits for what is under way. Before the callers' executors go; nothing is asked afterwards.
  void join() { thread_.join(); }

 private:
  struct Waiter;
  void run();
  void leave(Waiter& waiter, bool has_given_up);

  Look look_;
  std::chrono::milliseconds patience_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<Waiter>> waiting_;  // for the next look; guarded by mutex_, as this:
  bool is_asked_for_ = false;                     // a look that has not begun
  std::size_t unread_ = 0;                        // how many were told and have not gone on yet
  boost::asio::thread_pool thread_{1};            // last: it uses the rest
};

}  // namespace sluice::api
