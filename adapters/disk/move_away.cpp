#include <cerrno>
#include <climits>
#include <cstdio>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/disk/drop_folder.h"

namespace sluice::adapters::disk {
namespace {

using Moved = std::expected<std::filesystem::path, DropFolderFailure>;

std::unexpected<DropFolderFailure> not_moved(const std::filesystem::path& path,
                                             std::string_view what, int error) {
  return std::unexpected(DropFolderFailure{
      DropFolderProblem::not_moved, path.string(),
      fmt::format("{}: {}; the file stays where it is and is recognised when it is read again",
                  what, std::generic_category().message(error))});
}

files::FileDescriptor open_folder(int at, const char* path) {
  return files::FileDescriptor(::openat(at, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

// Never over a file that is there. Some network file systems know no RENAME_NOREPLACE; a second
// name and the removal of the first come to the same, and a crash between the two loses nothing.
int rename_without_replacing(int from_folder, const std::string& from, int to_folder,
                             const std::string& to) {
  if (::renameat2(from_folder, from.c_str(), to_folder, to.c_str(), RENAME_NOREPLACE) == 0)
    return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  if (::linkat(from_folder, from.c_str(), to_folder, to.c_str(), 0) != 0) return errno;
  return ::unlinkat(from_folder, from.c_str(), 0) == 0 ? 0 : errno;
}

// The beginning of a name, of as many bytes as leave room for `more` behind it. A character of
// UTF-8 is not cut through.
std::string_view cut(std::string_view name, std::size_t more) {
  const std::size_t most = more < NAME_MAX ? NAME_MAX - more : 0;
  if (name.size() <= most) return name;
  constexpr std::size_t longest_rest = 3;
  const auto goes_on = [&](std::size_t at) {
    return (static_cast<unsigned char>(name[at]) & 0xC0U) == 0x80U;
  };
  std::size_t size = most;
  while (size > 0 && most - size < longest_rest && goes_on(size))
    --size;
  return name.substr(0, size);
}

// register.csv, register.2.csv, register.3.csv …
std::string numbered(const std::filesystem::path& name, int number) {
  if (number == 1) return name.string();
  const std::string end = fmt::format(".{}{}", number, name.extension().string());
  const std::string stem = name.stem().string();
  return fmt::format("{}{}", cut(stem, end.size()), end);
}

// The daemon's mask takes all from group and others. A file system without modes has none to give,
// and one that was given by the folder's default list stays.
void open_to_readers_of(const struct stat& file, int reason) {
  struct stat status {};
  if (::fstat(reason, &status) != 0) return;
  ::fchmod(reason, (status.st_mode & 07777U) | (file.st_mode & (S_IRGRP | S_IROTH)));
}

// What was made in a folder, as the folder itself. Inside a sandbox the bit by which files get
// their folder's group may not be set.
void open_as(const struct stat& folder, int made) {
  if (::fchmod(made, folder.st_mode & 07777U) != 0) ::fchmod(made, folder.st_mode & 0777U);
}

std::unexpected<DropFolderFailure> no_reason(const std::filesystem::path& path, int error) {
  return std::unexpected(
      DropFolderFailure{DropFolderProblem::reason_not_left, path.string(),
                        fmt::format("why the file is here can not be written beside it: {}",
                                    std::generic_category().message(error))});
}

// Errno, or nothing.
int write_whole(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return written < 0 ? errno : ENOSPC;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(file) == 0 ? 0 : errno;
}

}  // namespace

// Who may write into the folder could have put a link there: nothing is followed, nor opened that
// was there before.
std::expected<void, DropFolderFailure> leave_reason(const std::filesystem::path& file,
                                                    std::string_view reason) {
  constexpr std::string_view ending = ".reason.txt";
  constexpr std::string_view around_draft = "..tmp";
  const std::string whole = file.filename().string();
  const std::string name =
      fmt::format("{}{}", cut(whole, ending.size() + around_draft.size()), ending);
  const std::string draft = "." + name + ".tmp";
  const std::filesystem::path parent = file.has_parent_path() ? file.parent_path() : ".";
  const std::filesystem::path path = parent / name;
  const files::FileDescriptor folder = open_folder(AT_FDCWD, parent.c_str());
  if (!folder) return no_reason(path, errno);
  ::unlinkat(folder.get(), draft.c_str(), 0);  // of a run that was cut off
  const files::FileDescriptor made(::openat(
      folder.get(), draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0660));
  if (!made) return no_reason(path, errno);
  struct stat status {};
  if (::fstatat(folder.get(), whole.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) {
    open_to_readers_of(status, made.get());
  }
  int error = write_whole(made.get(), reason);
  if (error == 0 && ::renameat(folder.get(), draft.c_str(), folder.get(), name.c_str()) != 0) {
    error = errno;
  }
  if (error == 0) return {};
  ::unlinkat(folder.get(), draft.c_str(), 0);
  return no_reason(path, error);
}

Moved move_away(const std::filesystem::path& file, const FileStamp& stamp, Outcome outcome) {
  const std::filesystem::path parent = file.has_parent_path() ? file.parent_path() : ".";
  const std::string name = file.filename().string();
  const char* const target_name = outcome == Outcome::done ? "done" : "failed";

  const files::FileDescriptor folder = open_folder(AT_FDCWD, parent.c_str());
  if (!folder) return not_moved(parent, "the folder can not be opened", errno);
  const bool is_new = ::mkdirat(folder.get(), target_name, 0770) == 0;
  if (!is_new && errno != EEXIST) {
    return not_moved(parent / target_name, "the folder can not be created", errno);
  }
  const files::FileDescriptor target = open_folder(folder.get(), target_name);
  if (!target) {
    return not_moved(parent / target_name, "the folder can not be opened", errno);
  }
  struct stat status {};
  if (is_new && ::fstat(folder.get(), &status) == 0) open_as(status, target.get());
  if (stamp_of(file) != stamp) {
    return std::unexpected(DropFolderFailure{
        DropFolderProblem::moved_away, file.string(),
        "the file was changed, replaced or moved since it was read; what is there now is left for "
        "the next look into the folder"});
  }

  constexpr int most_of_one_name = 10'000;
  int error = EEXIST;
  std::string new_name;
  for (int number = 1; error == EEXIST && number <= most_of_one_name; ++number) {
    new_name = numbered(name, number);
    error = rename_without_replacing(folder.get(), name, target.get(), new_name);
  }
  if (error != 0) return not_moved(file, "the file can not be moved", error);
  // The new name first: after a crash between the two the file has two names rather than none.
  if (::fsync(target.get()) != 0 || ::fsync(folder.get()) != 0) {
    return not_moved(file, "the move can not be made durable", errno);
  }
  return parent / target_name / new_name;
}

}  // namespace sluice::adapters::disk
