#include "observe/notify.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <ctime>

#include <fmt/format.h>

#include "observe/unix_datagram.h"

namespace sluice::observe {
namespace {

// A line's end would begin an assignment of its own.
std::string one_line(std::string_view text) {
  std::string line(text);
  std::ranges::replace_if(
      line, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, ' ');
  return line;
}

}  // namespace

ServiceNotifier::ServiceNotifier(const char* notify_socket, const char* watchdog_usec)
    : address_(notify_socket == nullptr ? "" : notify_socket) {
  if (watchdog_usec == nullptr) return;
  const std::string_view text(watchdog_usec);
  std::int64_t microseconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), microseconds);
  if (error == std::errc{} && end == text.data() + text.size() && microseconds > 1) {
    watchdog_interval_ = std::chrono::microseconds(microseconds / 2);
  }
}

bool ServiceNotifier::ready(std::string_view status) const {
  return send(fmt::format("READY=1\nSTATUS={}", one_line(status)));
}

bool ServiceNotifier::reloading() const {
  // systemd 253 and later want to know when, to tell this reload's READY from an earlier one.
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return send(fmt::format("RELOADING=1\nMONOTONIC_USEC={}",
                          std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000));
}

bool ServiceNotifier::stopping(std::string_view status) const {
  return send(fmt::format("STOPPING=1\nSTATUS={}", one_line(status)));
}
bool ServiceNotifier::alive() const {
  return send("WATCHDOG=1");
}
bool ServiceNotifier::expect_within(std::chrono::microseconds time) const {
  return send(fmt::format("WATCHDOG_USEC={}", time.count()));
}
bool ServiceNotifier::status(std::string_view text) const {
  return send(fmt::format("STATUS={}", one_line(text)));
}

bool ServiceNotifier::send(const std::string& message) const {
  if (address_.empty()) return true;
  const auto socket = UnixDatagram::connect(address_);
  return socket && !socket->send(message);
}

}  // namespace sluice::observe
