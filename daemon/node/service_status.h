// Keeps what `systemctl status` shows of the daemon current. Looks on a thread of its own, since
// looking reads journals, and the event loop must go on meanwhile: it answers the watchdog.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "observe/notify.h"

namespace sluice::node {

// Owns its thread.
class ServiceStatus {
 public:
  // `told` is what systemd knows already; `look` says what is so now, on this thread. It and
  // `notifier` must outlive this.
  ServiceStatus(const observe::ServiceNotifier& notifier, std::string told,
                std::function<std::string()> look);
  ~ServiceStatus() = default;
  ServiceStatus(const ServiceStatus&) = delete;
  ServiceStatus& operator=(const ServiceStatus&) = delete;

  // READY, as after a reload, with what was told last. Any thread, as the next.
  void tell_ready() const;
  // Nothing is told any more when it returns: what the daemon says as it ends stays.
  void hush();

 private:
  void run(const std::stop_token& stop);
  void tell(std::string line);

  const observe::ServiceNotifier& notifier_;
  const std::function<std::string()> look_;
  mutable std::mutex mutex_;
  std::string told_;        // guarded by mutex_, as the next
  bool is_hushed_ = false;  // and held while something is told
  std::jthread thread_;     // last: joined before the rest goes
};

}  // namespace sluice::node
