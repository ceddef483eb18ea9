// A program of ours that is asked once, by its standard input, and answers with a stream of bytes,
// which is read as it comes. It has our limits (setrlimit), if it is given none of its own.
#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "files/file_descriptor.h"
#include "record/failure.h"
#include "runs/child_limits.h"

namespace sluice::runs {

// Where what it writes to its standard error goes.
enum class ChildErrors {
  ours,
  nowhere,  // what it says there is nothing that anybody is to believe
};

// One owner, one thread; killed and waited for when it goes without wait() having returned.
class PipedChild {
 public:
  [[nodiscard]] static std::expected<PipedChild, record::Flaw> start(
      const std::filesystem::path& program, const std::vector<std::string>& arguments,
      std::string_view question, const ChildLimits& limits = {},
      ChildErrors errors = ChildErrors::ours);
  PipedChild(PipedChild&& other) noexcept;
  PipedChild& operator=(PipedChild&&) = delete;
  ~PipedChild();

  // Fills the whole of `room`: false where its answer ended before, or its time is over, in which
  // case it is killed. Blocks.
  [[nodiscard]] bool read(std::span<char> room);
  // Waits for its end, for as long as it may take: its exit status, or 128 and the number of the
  // signal that ended it.
  [[nodiscard]] int wait();
  // It was killed, since it took longer than it may.
  [[nodiscard]] bool is_timed_out() const { return is_timed_out_; }

 private:
  using Clock = std::chrono::steady_clock;
  PipedChild(pid_t id, files::FileDescriptor answer, Clock::time_point deadline)
      : id_(id), answer_(std::move(answer)), deadline_(deadline) {}
  // Until there is something to read. False: its time is over.
  [[nodiscard]] bool await_answer();
  void kill_late();

  pid_t id_;
  files::FileDescriptor answer_;
  Clock::time_point deadline_;
  bool is_timed_out_ = false;
};

}  // namespace sluice::runs
