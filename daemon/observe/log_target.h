// Where whole entries of the log go.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

#include "observe/log_entry.h"
#include "observe/syslog_message.h"

namespace sluice::observe {

// Called by one thread at a time.
class LogTarget {
 public:
  virtual ~LogTarget() = default;
  // Must not block. An error where the entry could not be taken: nothing of it was then.
  [[nodiscard]] virtual std::error_code write(const LogEntry& entry) = 0;
};

// Whoever reads is there, and has not kept up: what could not be taken now can be in a moment.
[[nodiscard]] bool is_full(std::error_code error);

inline constexpr const char* journald_socket = "/run/systemd/journal/socket";

// Lines to a file descriptor, which is not owned. A pipe that nobody reads makes lines drop, never
// the daemon wait.
[[nodiscard]] std::unique_ptr<LogTarget> to_descriptor(int descriptor);
// Datagrams in the form of RFC 5424; connects again when the syslogd was restarted.
[[nodiscard]] std::unique_ptr<LogTarget> to_syslog(SyslogOrigin origin,
                                                   std::filesystem::path socket);
// The native protocol of systemd's journal; connects again, too.
[[nodiscard]] std::unique_ptr<LogTarget> to_journald(
    std::string program, std::filesystem::path socket = journald_socket);
// The first, and where it is not there the second, for as long as that is. One that is full is
// there.
[[nodiscard]] std::unique_ptr<LogTarget> to_either(std::unique_ptr<LogTarget> first,
                                                   std::unique_ptr<LogTarget> second);
// While `target` is not there, all goes to `spare`: that it does is told there, and in `target`
// when it is back. `name`: of the target, for people.
[[nodiscard]] std::unique_ptr<LogTarget> with_spare(std::unique_ptr<LogTarget> target,
                                                    std::string name,
                                                    std::unique_ptr<LogTarget> spare);

}  // namespace sluice::observe
