#include <array>
#include <cerrno>
#include <chrono>
#include <ctime>

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "observe/log.h"
#include "observe/unix_datagram.h"

namespace sluice::observe {
namespace {

class DescriptorTarget : public LogTarget {
 public:
  explicit DescriptorTarget(int descriptor) : descriptor_(descriptor) {}

  bool write(LogSettings::Level, std::string_view line) override {
    // The descriptor may be shared with other processes, so it is not made non-blocking: a pipe
    // that poll() calls writable has room for PIPE_BUF bytes, and a line is never longer.
    pollfd poll_for{descriptor_, POLLOUT, 0};
    if (::poll(&poll_for, 1, 0) != 1 || (poll_for.revents & POLLOUT) == 0) return false;
    std::string whole(line);
    whole.push_back('\n');
    const ssize_t written = ::write(descriptor_, whole.data(), whole.size());
    return written == static_cast<ssize_t>(whole.size());
  }

 private:
  int descriptor_;
};

int severity(LogSettings::Level level) {  // RFC 3164, 4.1.1
  switch (level) {
    case LogSettings::Level::debug:
      return 7;
    case LogSettings::Level::info:
      return 6;
    case LogSettings::Level::warning:
      return 4;
    case LogSettings::Level::error:
      return 3;
  }
  return 3;
}

std::string timestamp() {  // "Nov 23 05:08:38": RFC 3164 asks for local time
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm local{};
  ::localtime_r(&now, &local);
  static constexpr std::array<std::string_view, 12> months = {
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return fmt::format("{} {:2} {:02}:{:02}:{:02}", months.at(static_cast<std::size_t>(local.tm_mon)),
                     local.tm_mday, local.tm_hour, local.tm_min, local.tm_sec);
}

class SyslogTarget : public LogTarget {
 public:
  SyslogTarget(std::string program, std::filesystem::path socket)
      : program_(std::move(program)), path_(std::move(socket)) {}

  bool write(LogSettings::Level level, std::string_view line) override {
    constexpr int daemon_facility = 3;
    const std::string datagram =
        fmt::format("<{}>{} {}[{}]: {}", daemon_facility * 8 + severity(level), timestamp(),
                    program_, ::getpid(), line);
    if (socket_ && socket_->send(datagram)) return true;
    socket_ = UnixDatagram::connect(path_.native());
    return socket_ && socket_->send(datagram);
  }

 private:
  std::string program_;
  std::filesystem::path path_;
  std::optional<UnixDatagram> socket_;
};

}  // namespace

std::unique_ptr<LogTarget> to_descriptor(int descriptor) {
  return std::make_unique<DescriptorTarget>(descriptor);
}

std::unique_ptr<LogTarget> to_syslog(std::string program, std::filesystem::path socket) {
  return std::make_unique<SyslogTarget>(std::move(program), std::move(socket));
}

}  // namespace sluice::observe
