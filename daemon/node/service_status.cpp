#include "node/service_status.h"

#include <chrono>
#include <utility>

#include "threads/sleep.h"

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

void ServiceStatus::tell_ready() const {
  const std::lock_guard lock(mutex_);
  notifier_.ready(told_);
}

void ServiceStatus::hush() {
  const std::lock_guard lock(mutex_);
  is_hushed_ = true;
}

void ServiceStatus::run(const std::stop_token& stop) {
  while (true) {
    threads::sleep_for(stop, tell_status_again);
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
