#include <cerrno>
#include <cstdio>
#include <string>
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

// register.csv, register.2.csv, register.3.csv …
std::string numbered(const std::filesystem::path& name, int number) {
  if (number == 1) return name.string();
  return fmt::format("{}.{}{}", name.stem().string(), number, name.extension().string());
}

}  // namespace

Moved move_away(const std::filesystem::path& file, const FileStamp& stamp, Outcome outcome) {
  const std::filesystem::path parent = file.has_parent_path() ? file.parent_path() : ".";
  const std::string name = file.filename().string();
  const char* const target_name = outcome == Outcome::done ? "done" : "failed";

  const files::FileDescriptor folder = open_folder(AT_FDCWD, parent.c_str());
  if (!folder) return not_moved(parent, "the folder can not be opened", errno);
  if (::mkdirat(folder.get(), target_name, 0770) != 0 && errno != EEXIST) {
    return not_moved(parent / target_name, "the folder can not be created", errno);
  }
  const files::FileDescriptor target = open_folder(folder.get(), target_name);
  if (!target) {
    return not_moved(parent / target_name, "the folder can not be opened", errno);
  }
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
