// Runs a program of ours as a child, so that what it does to itself costs one run and no more.
#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include <sys/types.h>

#include "record/failure.h"
#include "runs/child_limits.h"

namespace sluice::runs {

// Of standard output, where nobody asks for more.
inline constexpr std::size_t usual_output = std::size_t{64} << 10;  // bytes

// How a child ended.
struct ChildEnd {
  int status = 0;  // its exit status, or 128 and the number of the signal that ended it
  bool is_timed_out = false;
  bool is_stopped = false;  // by us, because the daemon stops
  std::string output;       // the last of what it wrote to standard output
  std::string errors;       // the last of what it wrote to standard error, at most 4 KiB
};

// The last line of what it said was wrong, for a log; empty where it said nothing.
[[nodiscard]] std::string last_line(const std::string& text);

// One running child, the leader of a process group of its own. Killed, with the group, and waited
// for when it goes without wait() having returned.
class ChildProcess {
 public:
  // Standard input is empty.
  [[nodiscard]] static std::expected<ChildProcess, record::Flaw> start(
      const std::filesystem::path& program, const std::vector<std::string>& arguments,
      const ChildLimits& limits);
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();

  // Blocks until it has ended. Over its time, or when asked to stop, it is told to end (SIGTERM),
  // and after a grace of five seconds killed. Keeps at most so many bytes of its output, the last.
  [[nodiscard]] ChildEnd wait(const std::stop_token& stop, std::size_t most_output = usual_output);

 private:
  ChildProcess(pid_t id, int output, int errors, std::chrono::seconds time)
      : id_(id), output_(output), errors_(errors), time_(time) {}
  void signal_group(int signal) const;

  pid_t id_;
  int output_;  // our ends of its pipes
  int errors_;
  std::chrono::seconds time_;
};

}  // namespace sluice::runs
