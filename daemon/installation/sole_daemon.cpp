#include "installation/sole_daemon.h"

#include <array>
#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

namespace sluice::installation {
namespace {

// What the holder wrote of itself; a moment after it has taken the file there is nothing yet.
std::string holder_in(const files::FileDescriptor& file) {
  std::array<char, 16> text{};
  const ssize_t size = ::pread(file.get(), text.data(), text.size(), 0);
  const std::string_view written(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  const std::string_view id = written.substr(0, written.find_first_not_of("0123456789"));
  return id.empty() ? std::string("another process") : fmt::format("process {}", id);
}

bool write_own_id(const files::FileDescriptor& file) {
  const std::string text = fmt::format("{}\n", ::getpid());
  return ::ftruncate(file.get(), 0) == 0 &&
         ::pwrite(file.get(), text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
}

}  // namespace

std::expected<SoleDaemon, record::Flaw> SoleDaemon::take(const Paths& paths) {
  const auto path = paths.daemon_lock();
  files::FileDescriptor file(::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0640));
  int taken = file ? ::flock(file.get(), LOCK_EX | LOCK_NB) : -1;
  while (file && taken < 0 && errno == EINTR)
    taken = ::flock(file.get(), LOCK_EX | LOCK_NB);
  if (taken < 0 && file && errno == EWOULDBLOCK) {
    return std::unexpected(record::Flaw{fmt::format(
        "{}: this state directory is in use by {}, a sluiced or a command that stands in for it; "
        "stop that first, or give this node a `node.state_directory` of its own",
        path.string(), holder_in(file))});
  }
  if (taken < 0) {
    return std::unexpected(
        record::Flaw{fmt::format("{}: can not be locked ({}); it must be a file that this user may "
                                 "write, on a file system with locks",
                                 path.string(), std::generic_category().message(errno))});
  }
  // Only for who is refused: on a full disk the lock holds all the same.
  static_cast<void>(write_own_id(file));
  return SoleDaemon(std::move(file));
}

}  // namespace sluice::installation
