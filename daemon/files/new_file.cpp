#include "files/new_file.h"

#include <cerrno>
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

  // False: errno says why.
  [[nodiscard]] bool write(std::string_view bytes, const Access& access) const {
    if (!descriptor_) return false;
    // The group before the mode: nobody of another group may read it in between.
    if (access.group && ::fchown(descriptor_.get(), static_cast<uid_t>(-1), *access.group) != 0) {
      return false;
    }
    if (::fchmod(descriptor_.get(), access.mode) != 0) return false;
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_.get(), bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return ::fsync(descriptor_.get()) == 0;
  }
  [[nodiscard]] const char* name() const { return name_.c_str(); }

 private:
  std::string name_;
  FileDescriptor descriptor_;
};

}  // namespace

std::expected<void, std::error_code> create_file(const std::filesystem::path& file,
                                                 std::string_view bytes, const Access& access) {
  const Draft draft(file);
  // A link, unlike a rename, replaces nothing.
  if (!draft.write(bytes, access) || ::link(draft.name(), file.c_str()) != 0) return failed();
  if (!sync(file.parent_path())) return failed();
  return {};
}

std::expected<void, std::error_code> replace_file(const std::filesystem::path& file,
                                                  std::string_view bytes, const Access& access) {
  const Draft draft(file);
  if (!draft.write(bytes, access) || ::rename(draft.name(), file.c_str()) != 0) return failed();
  if (!sync(file.parent_path())) return failed();
  return {};
}

std::expected<void, std::error_code> create_folder(const std::filesystem::path& directory,
                                                   const Access& access) {
  if (::mkdir(directory.c_str(), 0700) != 0) return failed();
  const bool has_group =
      !access.group || ::chown(directory.c_str(), static_cast<uid_t>(-1), *access.group) == 0;
  if (has_group && ::chmod(directory.c_str(), access.mode) == 0 && sync(directory.parent_path())) {
    return {};
  }
  const auto why = failed();
  ::rmdir(directory.c_str());
  return why;
}

}  // namespace sluice::files
