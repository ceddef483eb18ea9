#include "observe/log_target.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include <poll.h>
#include <unistd.h>

#include "observe/journald_message.h"
#include "observe/log.h"
#include "observe/unix_datagram.h"

namespace sluice::observe {
namespace {

class DescriptorTarget : public LogTarget {
 public:
  explicit DescriptorTarget(int descriptor) : descriptor_(descriptor) {}

  std::error_code write(const LogEntry& entry) override {
    // The descriptor may be shared with other processes, so it is not made non-blocking: a pipe
    // that poll() calls writable has room for PIPE_BUF bytes, and a line is never longer.
    pollfd poll_for{descriptor_, POLLOUT, 0};
    if (::poll(&poll_for, 1, 0) != 1 || (poll_for.revents & POLLOUT) == 0) {
      return std::make_error_code(std::errc::resource_unavailable_try_again);
    }
    const std::string whole = entry.line + "\n";
    const ssize_t written = ::write(descriptor_, whole.data(), whole.size());
    if (written == static_cast<ssize_t>(whole.size())) return {};
    return written < 0 ? std::error_code(errno, std::generic_category())
                       : std::make_error_code(std::errc::no_space_on_device);
  }

 private:
  int descriptor_;
};

// A socket that is connected anew where it is not what it was.
class Reconnecting {
 public:
  explicit Reconnecting(std::filesystem::path path) : path_(std::move(path)) {}

  template <class Send>
  std::error_code send(Send send) {
    if (socket_) {
      const std::error_code error = send(*socket_);
      if (!error || is_full(error)) return error;
      socket_.reset();
    }
    auto connected = UnixDatagram::connect(path_.native());
    if (!connected) return connected.error();
    socket_.emplace(std::move(*connected));
    return send(*socket_);
  }

 private:
  std::filesystem::path path_;
  std::optional<UnixDatagram> socket_;
};

class SyslogTarget : public LogTarget {
 public:
  SyslogTarget(SyslogOrigin origin, std::filesystem::path socket)
      : origin_(std::move(origin)), socket_(std::move(socket)) {}

  std::error_code write(const LogEntry& entry) override {
    const std::string message = syslog_message(origin_, entry, std::chrono::system_clock::now());
    return socket_.send([&](const UnixDatagram& socket) { return socket.send(message); });
  }

 private:
  SyslogOrigin origin_;
  Reconnecting socket_;
};

class JournaldTarget : public LogTarget {
 public:
  JournaldTarget(std::string program, std::filesystem::path socket)
      : program_(std::move(program)), socket_(std::move(socket)) {}

  std::error_code write(const LogEntry& entry) override {
    const std::string message = journald_message(program_, entry);
    return socket_.send([&](const UnixDatagram& socket) {
      const std::error_code error = socket.send(message);
      const bool is_too_large =
          error == std::errc::message_size || error == std::errc::no_buffer_space;
      return is_too_large ? socket.send_as_file(message) : error;
    });
  }

 private:
  std::string program_;
  Reconnecting socket_;
};

class EitherTarget : public LogTarget {
 public:
  EitherTarget(std::unique_ptr<LogTarget> first, std::unique_ptr<LogTarget> second)
      : targets_{std::move(first), std::move(second)} {}

  std::error_code write(const LogEntry& entry) override {
    const std::error_code error = targets_.front()->write(entry);
    if (!error || is_full(error)) return error;
    const std::error_code other = targets_.back()->write(entry);
    if (other && !is_full(other)) return error;
    targets_.front().swap(targets_.back());
    return other;
  }

 private:
  std::array<std::unique_ptr<LogTarget>, 2> targets_;  // the one in use comes first
};

class TargetWithSpare : public LogTarget {
 public:
  TargetWithSpare(std::unique_ptr<LogTarget> target, std::string name,
                  std::unique_ptr<LogTarget> spare)
      : target_(std::move(target)), name_(std::move(name)), spare_(std::move(spare)) {}

  std::error_code write(const LogEntry& entry) override {
    const std::error_code error = target_->write(entry);
    if (!error || is_full(error)) {
      if (is_away_) tell_of_return();
      return error;
    }
    if (!is_away_) tell_of_absence(error);
    const std::error_code spared = spare_->write(entry);
    if (!spared) ++spared_;
    return spared;
  }

 private:
  void tell_of_absence(std::error_code error) {
    using Field = EventField<"log-goes-elsewhere">;
    constexpr const Event& event = declared_event<"log-goes-elsewhere">;
    const std::string reason = error.message();
    const std::array<LogField, 2> fields{Field("target", name_), Field("reason", reason)};
    is_away_ = !spare_->write(LogEntry(event, event.level, fields));
  }
  void tell_of_return() {
    using Field = EventField<"log-returns">;
    constexpr const Event& event = declared_event<"log-returns">;
    const std::array<LogField, 2> fields{Field("target", name_), Field("count", spared_)};
    if (target_->write(LogEntry(event, event.level, fields))) return;
    is_away_ = false;
    spared_ = 0;
  }

  std::unique_ptr<LogTarget> target_;
  std::string name_;
  std::unique_ptr<LogTarget> spare_;
  bool is_away_ = false;
  std::uint64_t spared_ = 0;
};

}  // namespace

bool is_full(std::error_code error) {
  return error == std::errc::resource_unavailable_try_again ||
         error == std::errc::operation_would_block || error == std::errc::no_buffer_space;
}

std::unique_ptr<LogTarget> to_descriptor(int descriptor) {
  return std::make_unique<DescriptorTarget>(descriptor);
}

std::unique_ptr<LogTarget> to_syslog(SyslogOrigin origin, std::filesystem::path socket) {
  return std::make_unique<SyslogTarget>(std::move(origin), std::move(socket));
}

std::unique_ptr<LogTarget> to_journald(std::string program, std::filesystem::path socket) {
  return std::make_unique<JournaldTarget>(std::move(program), std::move(socket));
}

std::unique_ptr<LogTarget> to_either(std::unique_ptr<LogTarget> first,
                                     std::unique_ptr<LogTarget> second) {
  return std::make_unique<EitherTarget>(std::move(first), std::move(second));
}

std::unique_ptr<LogTarget> with_spare(std::unique_ptr<LogTarget> target, std::string name,
                                      std::unique_ptr<LogTarget> spare) {
  return std::make_unique<TargetWithSpare>(std::move(target), std::move(name), std::move(spare));
}

}  // namespace sluice::observe
