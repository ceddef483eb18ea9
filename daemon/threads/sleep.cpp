#include "threads/sleep.h"

#include <condition_variable>
#include <mutex>

namespace sluice::threads {

void sleep_until(const std::stop_token& stop, std::chrono::steady_clock::time_point end) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any().wait_until(lock, stop, end, [] { return false; });
}

void sleep_for(const std::stop_token& stop, std::chrono::milliseconds duration) {
  sleep_until(stop, std::chrono::steady_clock::now() + duration);
}

}  // namespace sluice::threads
