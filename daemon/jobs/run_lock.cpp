#include "jobs/run_lock.h"

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

namespace sluice::jobs {

std::expected<RunLock, record::Flaw> RunLock::take(const std::filesystem::path& path) {
  files::FileDescriptor file(::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600));
  int taken = file ? ::flock(file.get(), LOCK_EX) : -1;
  while (file && taken < 0 && errno == EINTR)
    taken = ::flock(file.get(), LOCK_EX);
  if (taken == 0) return RunLock(std::move(file));
  return std::unexpected(record::Flaw{fmt::format("{}: can not be locked: {}", path.string(),
                                                  std::generic_category().message(errno))});
}

}  // namespace sluice::jobs
