#include "runs/child_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "record/try.h"
#include "runs/spawn.h"

namespace sluice::runs {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds grace{5};
constexpr std::chrono::milliseconds look_again{100};
constexpr std::size_t most_errors = std::size_t{4} << 10;

struct Pipe {
  Pipe() {
    if (pipe2(ends.data(), O_CLOEXEC) != 0) ends = {-1, -1};
    // Ours is read whenever there is something in it, and never waited for.
    if (ends[0] >= 0) fcntl(ends[0], F_SETFL, O_NONBLOCK);
  }
  ~Pipe() {
    for (const int end : ends) {
      if (end >= 0) close(end);
    }
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  [[nodiscard]] int release() { return std::exchange(ends[0], -1); }

  std::array<int, 2> ends{};
};

void keep_end(std::string& text, std::size_t most) {
  if (text.size() > most) text.erase(0, text.size() - most);
}

// Takes what is there; keeps the end of it. Twice as much while it comes: so each byte is moved
// about once.
void drain(int descriptor, std::string& text, std::size_t most) {
  std::array<char, 4096> bytes;
  while (true) {
    const ssize_t count = read(descriptor, bytes.data(), bytes.size());
    if (count <= 0) return;
    text.append(bytes.data(), static_cast<std::size_t>(count));
    if (text.size() > 2 * most) keep_end(text, most);
  }
}

}  // namespace

std::string last_line(const std::string& text) {
  const std::size_t end = text.find_last_not_of('\n');
  if (end == std::string::npos) return {};
  const std::size_t begin = text.find_last_of('\n', end);
  const std::size_t from = begin == std::string::npos ? 0 : begin + 1;
  std::string line = text.substr(from, end + 1 - from);
  // Our own command says who speaks, which here everybody knows.
  constexpr std::string_view speaker = "sluice: ";
  if (line.starts_with(speaker)) line.erase(0, speaker.size());
  return line;
}

std::expected<ChildProcess, record::Flaw> ChildProcess::start(
    const std::filesystem::path& program, const std::vector<std::string>& arguments,
    const ChildLimits& limits) {
  Pipe output;
  Pipe errors;
  const pid_t id =
      SLUICE_TRY(spawn(program, arguments, {.output = output.ends[1], .errors = errors.ends[1]}));
  set_limits(id, limits);
  return ChildProcess(id, output.release(), errors.release(), limits.time);
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : id_(std::exchange(other.id_, 0)),
      output_(std::exchange(other.output_, -1)),
      errors_(std::exchange(other.errors_, -1)),
      time_(other.time_) {}

ChildProcess::~ChildProcess() {
  if (id_ != 0) {
    signal_group(SIGKILL);
    static_cast<void>(wait({}));
  }
  if (output_ >= 0) close(output_);
  if (errors_ >= 0) close(errors_);
}

void ChildProcess::signal_group(int signal) const {
  // What it started itself goes with it.
  kill(-id_, signal);
}

ChildEnd ChildProcess::wait(const std::stop_token& stop, std::size_t most_output) {
  ChildEnd end;
  const auto deadline = time_.count() == 0 ? Clock::time_point::max() : Clock::now() + time_;
  auto kill_at = Clock::time_point::max();
  int status = 0;
  while (true) {
    std::array<pollfd, 2> ready{{{output_, POLLIN, 0}, {errors_, POLLIN, 0}}};
    poll(ready.data(), ready.size(), static_cast<int>(look_again.count()));
    drain(output_, end.output, most_output);
    drain(errors_, end.errors, most_errors);
    const pid_t ended = waitpid(id_, &status, WNOHANG);
    if (ended == id_ || (ended < 0 && errno != EINTR)) break;
    const auto now = Clock::now();
    const bool is_over = now >= deadline;
    if ((is_over || stop.stop_requested()) && kill_at == Clock::time_point::max()) {
      end.is_timed_out = is_over;
      end.is_stopped = !is_over;
      signal_group(SIGTERM);
      kill_at = now + grace;
    }
    if (now >= kill_at) signal_group(SIGKILL);
    // A pipe that the child has closed is always ready.
    if ((ready[0].revents & POLLHUP) != 0 && (ready[1].revents & POLLHUP) != 0) {
      usleep(1000);
    }
  }
  drain(output_, end.output, most_output);
  drain(errors_, end.errors, most_errors);
  keep_end(end.output, most_output);
  keep_end(end.errors, most_errors);
  id_ = 0;
  end.status = exit_status(status);
  return end;
}

}  // namespace sluice::runs
