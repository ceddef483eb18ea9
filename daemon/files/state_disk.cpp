#include "files/state_disk.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "files/file_descriptor.h"
#include "files/sync.h"

namespace sluice::files {
namespace {

// Enough to go on behind the reserve.
std::uint64_t enough_above(std::uint64_t reserve) {
  return reserve + reserve / 4;
}

// Whoever else finds out is right too: the first one's reason stands.
void leave_mark(const std::filesystem::path& mark, std::string_view reason) {
  const FileDescriptor file(
      ::open(mark.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640));
  if (!file) return;
  // A disk that is broken may take none of this; its other users will find out by themselves.
  if (::write(file.get(), reason.data(), reason.size()) < 0 || ::fsync(file.get()) != 0) return;
  static_cast<void>(sync(mark.parent_path()));
}

std::string read_mark(const std::filesystem::path& mark) {
  std::ifstream in(mark);
  std::string reason{std::istreambuf_iterator<char>(in), {}};
  return reason.empty() ? "another process of this node found an fsync to fail" : reason;
}

}  // namespace

std::optional<Space> space_of(const std::filesystem::path& path) {
  struct statvfs status {};
  if (::statvfs(path.c_str(), &status) != 0) return std::nullopt;
  return Space{static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize,
               static_cast<std::uint64_t>(status.f_blocks) * status.f_frsize};
}

std::uint64_t usual_reserve(std::uint64_t total) {
  constexpr std::uint64_t least = std::uint64_t{256} << 20;
  return std::max(total / 50, std::min(least, total / 10));
}

StateDisk::StateDisk(std::filesystem::path mark, std::optional<std::uint64_t> reserve,
                     Measure measure)
    : mark_(std::move(mark)), reserve_(reserve), measure_(std::move(measure)) {}

void StateDisk::distrust(std::string_view reason) {
  {
    const std::lock_guard lock(mutex_);
    if (reason_) return;
    reason_ = reason;
  }
  leave_mark(mark_, reason);
}

std::optional<std::string> StateDisk::distrusted() {
  const std::lock_guard lock(mutex_);
  if (!reason_ && ::access(mark_.c_str(), F_OK) == 0) reason_ = read_mark(mark_);
  return reason_;
}

bool StateDisk::trust_again() {
  const std::lock_guard lock(mutex_);
  const bool was_there = ::unlink(mark_.c_str()) == 0;
  if (!was_there && errno != ENOENT) return false;
  if (was_there && !sync(mark_.parent_path())) return false;
  reason_.reset();
  return true;
}

std::optional<StateDisk::Room> StateDisk::room() {
  const auto space = measure_();
  if (!space) return std::nullopt;
  const std::uint64_t reserve = reserve_.value_or(usual_reserve(space->total));
  if (space->free < reserve) {
    is_short_ = true;
  } else if (space->free >= enough_above(reserve)) {
    is_short_ = false;
  }
  return Room{*space, reserve, is_short_};
}

std::optional<std::string> StateDisk::shortage() {
  const auto found = room();
  if (!found || !found->is_short) return std::nullopt;
  return fmt::format(
      "the disk of {} has {} bytes free, and {} are its reserve (`node.reserve`); nothing is taken "
      "until {} are free: free space",
      mark_.parent_path().string(), found->space.free, found->reserve,
      enough_above(found->reserve));
}

}  // namespace sluice::files
