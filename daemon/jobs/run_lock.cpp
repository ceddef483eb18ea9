#include "jobs/run_lock.h"

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

namespace sluice::jobs {

std::expected<RunLock, std::string> RunLock::take(const std::filesystem::path& file) {
  const int descriptor = open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
  RunLock lock(descriptor);
  int result = descriptor < 0 ? -1 : flock(descriptor, LOCK_EX);
  while (result < 0 && descriptor >= 0 && errno == EINTR)
    result = flock(descriptor, LOCK_EX);
  if (result < 0) {
    return std::unexpected(fmt::format("{}: can not be locked: {}", file.string(),
                                       std::generic_category().message(errno)));
  }
  return lock;
}

RunLock::RunLock(RunLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

RunLock::~RunLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace sluice::jobs
