// Keeps two runs of one bureau's from overlapping, across processes.
#pragma once

#include <expected>
#include <filesystem>
#include <string>

namespace sluice::jobs {

// Held until it goes, or the process does.
class RunLock {
 public:
  // Blocks while another run holds it. The error is a sentence.
  [[nodiscard]] static std::expected<RunLock, std::string> take(const std::filesystem::path& file);
  RunLock(RunLock&& other) noexcept;
  RunLock& operator=(RunLock&&) = delete;
  ~RunLock();

 private:
  explicit RunLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace sluice::jobs
