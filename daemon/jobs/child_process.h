// Runs a program of ours as a child, so that what it does to itself costs one run and no more.
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

namespace sluice::jobs {

// One running child. Killed and waited for when it goes without wait() having returned.
class ChildProcess {
 public:
  // Standard input is empty; output, which is for a person, is dropped; errors go where the
  // parent's go. The error is a sentence.
  [[nodiscard]] static std::expected<ChildProcess, std::string> start(
      const std::filesystem::path& program, const std::vector<std::string>& arguments);
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();

  // Blocks until it has ended: its exit status, or 128 and the number of the signal that ended it.
  [[nodiscard]] int wait();
  void terminate() const;  // SIGTERM

 private:
  explicit ChildProcess(pid_t id) : id_(id) {}
  pid_t id_;
};

}  // namespace sluice::jobs
