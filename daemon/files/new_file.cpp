#include "files/new_file.h"

#include <cerrno>
#include <cstdio>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files/file_descriptor.h"
#include "files/sync.h"

namespace sluice::files {
namespace {

std::unexpected<std::error_code> failed() {
  return std::unexpected(std::error_code(errno, std::generic_category()));
}

// vfat takes some modes and no others, or with `quiet` all of them and keeps none.
bool keeps_no_modes() {
  errno = EOPNOTSUPP;
  return false;
}

// A file beside the one that is meant, gone unless it was given that one's name.
class Draft {
 public:
  explicit Draft(const std::filesystem::path& file) : name_(file.string() + ".XXXXXX") {
    descriptor_ = FileDescriptor(::mkostemp(name_.data(), O_CLOEXEC));  // mode 0600
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  ~Draft() {
    if (descriptor_) ::unlink(name_.c_str());
  }

  // False: errno says why; as with the next ones.
  [[nodiscard]] bool write(std::string_view bytes) const {
    if (!descriptor_) return false;
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_.get(), bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
  }
  // Owner and group before the mode: nobody of another group may read it in between.
  [[nodiscard]] bool belong(std::optional<uid_t> owner, std::optional<gid_t> group) const {
    constexpr auto as_it_is = static_cast<uid_t>(-1);
    return (!owner && !group) ||
           ::fchown(descriptor_.get(), owner.value_or(as_it_is), group.value_or(as_it_is)) == 0;
  }
  [[nodiscard]] bool have_mode(mode_t mode) const {
    struct stat found {};
    if (::fchmod(descriptor_.get(), mode) != 0) return errno == EPERM && keeps_no_modes();
    if (::fstat(descriptor_.get(), &found) != 0) return false;
    return (found.st_mode & 07777U) == mode || keeps_no_modes();
  }
  [[nodiscard]] bool sync() const { return ::fsync(descriptor_.get()) == 0; }

  // Unless something has that name.
  [[nodiscard]] bool become_new(const std::filesystem::path& file) const {
    if (::link(name_.c_str(), file.c_str()) == 0) return true;
    // Some file systems have no hard links, and others no such rename.
    if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS) return false;
    return ::renameat2(AT_FDCWD, name_.c_str(), AT_FDCWD, file.c_str(), RENAME_NOREPLACE) == 0;
  }
  [[nodiscard]] bool replace(const std::filesystem::path& file) const {
    return ::rename(name_.c_str(), file.c_str()) == 0;
  }

 private:
  std::string name_;
  FileDescriptor descriptor_;
};

// What is asked of a new file, or what one that is there has.
struct Belonging {
  std::optional<uid_t> owner;
  std::optional<gid_t> group;
  mode_t mode;
};

// Where it could not be looked at, that comes to light when it is replaced.
Belonging belonging_of(const std::filesystem::path& file, const Access& access) {
  struct stat there {};
  if (::lstat(file.c_str(), &there) != 0 || !S_ISREG(there.st_mode)) {
    return {std::nullopt, access.group, access.mode};
  }
  return {there.st_uid, there.st_gid, there.st_mode & 07777U};
}

bool have_mode(const std::filesystem::path& directory, mode_t mode) {
  struct stat found {};
  if (::chmod(directory.c_str(), mode) != 0) return errno == EPERM && keeps_no_modes();
  if (::stat(directory.c_str(), &found) != 0) return false;
  return (found.st_mode & 07777U) == mode || keeps_no_modes();
}

using Becoming = bool (Draft::*)(const std::filesystem::path&) const;

std::expected<void, std::error_code> make(const std::filesystem::path& file, std::string_view bytes,
                                          const Belonging& belonging, Becoming become) {
  const Draft draft(file);
  const bool is_made = draft.write(bytes) && draft.belong(belonging.owner, belonging.group) &&
                       draft.have_mode(belonging.mode) && draft.sync() && (draft.*become)(file) &&
                       sync(file.parent_path());
  if (!is_made) return failed();
  return {};
}

}  // namespace

std::expected<void, std::error_code> create_file(const std::filesystem::path& file,
                                                 std::string_view bytes, const Access& access) {
  return make(file, bytes, {std::nullopt, access.group, access.mode}, &Draft::become_new);
}

std::expected<void, std::error_code> replace_file(const std::filesystem::path& file,
                                                  std::string_view bytes, const Access& access) {
  return make(file, bytes, belonging_of(file, access), &Draft::replace);
}

std::expected<void, std::error_code> create_folder(const std::filesystem::path& directory,
                                                   const Access& access) {
  if (::mkdir(directory.c_str(), 0700) != 0) return failed();
  const bool has_group =
      !access.group || ::chown(directory.c_str(), static_cast<uid_t>(-1), *access.group) == 0;
  if (has_group && have_mode(directory, access.mode) && sync(directory.parent_path())) return {};
  const auto why = failed();
  ::rmdir(directory.c_str());
  return why;
}

std::string to_sentence(const std::error_code& error) {
  if (error == std::errc::operation_not_supported) {
    return "this file system keeps no modes of files (vfat, exFAT), so whoever comes by could read "
           "it; name a folder on another one";
  }
  if (error == std::errc::operation_not_permitted) {
    return error.message() +
           "; where a file is there already, it belongs to another user, and would not any more: "
           "do "
           "this as that user, or as root";
  }
  return error.message();
}

}  // namespace sluice::files
