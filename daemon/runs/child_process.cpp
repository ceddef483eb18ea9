#include "runs/child_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runs/exit_status.h"

namespace sluice::runs {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds grace{5};
constexpr std::chrono::milliseconds look_again{100};
constexpr std::size_t most_output = std::size_t{64} << 10;
constexpr std::size_t most_errors = std::size_t{4} << 10;

constexpr std::string_view parent_variable = "SLUICE_PARENT";

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

// What posix_spawn is told of the child's descriptors and signals.
struct SpawnSettings {
  SpawnSettings(int output, int errors) {
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
    // A child that outlives us must not go on listening in our place.
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    sigset_t defaults;
    sigemptyset(&defaults);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGPIPE})
      sigaddset(&defaults, signal);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
};

// Our own environment, and in it who we are.
std::vector<std::string> environment_of_child() {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (!std::string_view(*variable).starts_with(parent_variable))
      variables.emplace_back(*variable);
  }
  variables.push_back(fmt::format("{}={}", parent_variable, getpid()));
  return variables;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts)
    pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

void limit(pid_t child, __rlimit_resource resource, std::uint64_t most) {
  if (most == 0) return;
  const rlimit limits{most, most};
  // The child may have ended already: then there is nothing to limit.
  static_cast<void>(prlimit(child, resource, &limits, nullptr));
}

// Takes what is there; keeps the end of it.
void drain(int descriptor, std::string& text, std::size_t most) {
  std::array<char, 4096> bytes;
  while (true) {
    const ssize_t count = read(descriptor, bytes.data(), bytes.size());
    if (count <= 0) return;
    text.append(bytes.data(), static_cast<std::size_t>(count));
    if (text.size() > most) text.erase(0, text.size() - most);
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
  const std::string name = program.string();
  std::vector<std::string> words{name};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = environment_of_child();
  Pipe output;
  Pipe errors;
  const SpawnSettings settings(output.ends[1], errors.ends[1]);
  pid_t id = 0;
  const int error = posix_spawn(&id, name.c_str(), &settings.actions, &settings.attributes,
                                pointers_to(words).data(), pointers_to(variables).data());
  if (error != 0) {
    return std::unexpected(record::Flaw{
        fmt::format("{}: can not be started: {}", name, std::generic_category().message(error))});
  }
  limit(id, RLIMIT_CPU, static_cast<std::uint64_t>(limits.cpu.count()));
  limit(id, RLIMIT_DATA, limits.memory_bytes);
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

ChildEnd ChildProcess::wait(const std::stop_token& stop) {
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
  id_ = 0;
  end.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return end;
}

void end_with_parent() {
  const char* parent = std::getenv(parent_variable.data());  // NOLINT(concurrency-mt-unsafe)
  if (parent == nullptr) return;
  // In this order: a parent that goes in between is noticed.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (std::to_string(getppid()) != parent) std::_Exit(static_cast<int>(ExitStatus::failure));
}

}  // namespace sluice::runs
