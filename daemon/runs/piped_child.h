// A program of ours that is asked once, by its standard input, and answers with a stream of bytes,
// which is read as it comes. It has our limits (setrlimit), and our standard error.
#pragma once

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

namespace sluice::runs {

// One owner, one thread; killed and waited for when it goes without wait() having returned.
class PipedChild {
 public:
  [[nodiscard]] static std::expected<PipedChild, record::Flaw> start(
      const std::filesystem::path& program, const std::vector<std::string>& arguments,
      std::string_view question);
  PipedChild(PipedChild&& other) noexcept;
  PipedChild& operator=(PipedChild&&) = delete;
  ~PipedChild();

  // Fills the whole of `room`: false where its answer ended before. Blocks.
  [[nodiscard]] bool read(std::span<char> room);
  // Waits for its end: its exit status, or 128 and the number of the signal that ended it.
  [[nodiscard]] int wait();

 private:
  PipedChild(pid_t id, files::FileDescriptor answer) : id_(id), answer_(std::move(answer)) {}
  pid_t id_;
  files::FileDescriptor answer_;
};

}  // namespace sluice::runs
