#include "node/service_status.h"

#include <chrono>
#include <condition_variable>
#include <utility>

namespace sluice::node {
namespace {

// As soon as a person who just did something would look again.
constexpr std::chrono::seconds tell_status_again{5};

}  // namespace

ServiceStatus::ServiceStatus(const observe::ServiceNotifier& notifier, std::string told,
                             std::function<std::string()> look)
    : notifier_(notifier),
      look_(std::move(look)),
      told_(std::move(told)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

std::string ServiceStatus::told() const {
  const std::lock_guard lock(mutex_);
  return told_;
}

void ServiceStatus::hush() {
  const std::lock_guard lock(mutex_);
  is_hushed_ = true;
}

void ServiceStatus::run(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any woken;
  while (true) {
    {
      std::unique_lock lock(mutex);
      woken.wait_for(lock, stop, tell_status_again, [] { return false; });
    }
    if (stop.stop_requested()) return;
    tell(look_());
  }
}

void ServiceStatus::tell(std::string line) {
  const std::lock_guard lock(mutex_);
  if (is_hushed_ || line == told_) return;
  // Where nobody listens now, it is tried again the next time.
  if (notifier_.status(line)) told_ = std::move(line);
}

}  // namespace sluice::node
