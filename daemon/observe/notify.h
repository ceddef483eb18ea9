// Tells systemd where the daemon stands (sd_notify(3)), without libsystemd. Outside systemd, where
// NOTIFY_SOCKET is not set, nothing happens.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::observe {

class ServiceNotifier {
 public:
  // The values of NOTIFY_SOCKET and WATCHDOG_USEC; null where they are not set.
  ServiceNotifier(const char* notify_socket, const char* watchdog_usec);

  // False when there is someone to tell, who could not be told: the daemon goes on all the same.
  // What `status` says is one line of text for people.
  bool ready(std::string_view status) const;
  bool reloading() const;
  bool stopping(std::string_view status) const;
  bool alive() const;
  // In place of the watchdog's own time, from now on.
  bool expect_within(std::chrono::microseconds time) const;
  bool status(std::string_view text) const;
  // Whether somebody wants to know.
  [[nodiscard]] bool is_listened_to() const { return !address_.empty(); }

  // How often alive() must be called: half of what systemd allows. Nothing: no watchdog is on.
  [[nodiscard]] std::optional<std::chrono::microseconds> watchdog_interval() const {
    return watchdog_interval_;
  }

 private:
  [[nodiscard]] bool send(const std::string& message) const;
  std::string address_;
  std::optional<std::chrono::microseconds> watchdog_interval_;
};

}  // namespace sluice::observe
