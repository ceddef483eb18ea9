#include "adapters/disk/input_file.h"

#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sluice::adapters::disk {
namespace {

FileStamp stamp_of(const struct stat& status) {
  constexpr std::int64_t ns_per_second = 1'000'000'000;
  return {.device = status.st_dev,
          .inode = status.st_ino,
          .bytes = static_cast<std::uint64_t>(status.st_size),
          .modified_ns = status.st_mtim.tv_sec * ns_per_second + status.st_mtim.tv_nsec};
}

std::unexpected<CollectionFailure> unreadable(const std::filesystem::path& path,
                                              std::string sentence) {
  return std::unexpected(
      CollectionFailure{CollectionProblem::unreadable, path.string(), std::move(sentence)});
}

std::string system_sentence(std::string_view what, int error) {
  return std::string(what) + ": " + std::generic_category().message(error);
}

std::string_view kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "a folder";
  if (S_ISFIFO(mode)) return "a pipe";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

}  // namespace

Result<InputFile> InputFile::open(const std::filesystem::path& path) {
  // O_NONBLOCK: a pipe without a writer must be refused, not waited for.
  files::FileDescriptor descriptor(
      ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
  if (!descriptor) {
    if (errno == ELOOP) {
      return unreadable(path, "is a symbolic link; expected a regular file: name the file itself");
    }
    return unreadable(path, system_sentence("can not be opened", errno));
  }
  struct stat status {};
  if (::fstat(descriptor.get(), &status) != 0) {
    return unreadable(path, system_sentence("can not be examined", errno));
  }
  if (!S_ISREG(status.st_mode)) {
    return unreadable(path, std::string("is ") + std::string(kind_of(status.st_mode)) +
                                "; expected a regular file: copy the data into one first");
  }
  // Only advice to the page cache: that it may fail changes nothing.
  ::posix_fadvise(descriptor.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  return InputFile(path, std::move(descriptor), stamp_of(status));
}

Result<std::size_t> InputFile::read(std::span<char> room) {
  for (;;) {
    const ssize_t count = ::read(descriptor_.get(), room.data(), room.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) return unreadable(path_, system_sentence("can not be read", errno));
  }
}

Result<void> InputFile::check_unchanged() const {
  struct stat status {};
  if (::fstat(descriptor_.get(), &status) != 0) {
    return unreadable(path_, system_sentence("can not be examined", errno));
  }
  if (stamp_of(status) == stamp_ && disk::stamp_of(path_) == stamp_) return {};
  return std::unexpected(changed_while_read(path_));
}

std::optional<FileStamp> stamp_of(const std::filesystem::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return stamp_of(status);
}

CollectionFailure changed_while_read(const std::filesystem::path& path) {
  return {CollectionProblem::changed, path.string(),
          "the file was changed or replaced while it was read; import it again once nobody writes "
          "to it any more"};
}

}  // namespace sluice::adapters::disk
