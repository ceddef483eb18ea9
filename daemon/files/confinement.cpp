#include "files/confinement.h"

#include <cstdint>

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "files/file_descriptor.h"

namespace sluice::files {
namespace {

constexpr std::uint64_t reading = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t writing =
    reading | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG;
// All that the first version of the kernel's interface knows.
constexpr std::uint64_t everything = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;
// Known from the fourth version on, and perhaps not to the headers that this is built with.
constexpr std::uint64_t network = 0b11;  // to bind and to connect by TCP
constexpr int first_with_network = 4;

struct Rules {
  std::uint64_t files = everything;
  std::uint64_t network = 0;
};

int landlock_version() {
  return static_cast<int>(
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION));
}

bool allow(int rules, const std::filesystem::path& path, std::uint64_t access) {
  const FileDescriptor place(::open(path.c_str(), O_PATH | O_CLOEXEC));
  if (!place) return true;  // what is not there need not be allowed
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) access &= ~LANDLOCK_ACCESS_FS_READ_DIR;
  landlock_path_beneath_attr rule{};
  rule.allowed_access = access;
  rule.parent_fd = place.get();
  return ::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
}

}  // namespace

std::vector<std::filesystem::path> library_folders() {
  return {"/usr", "/lib", "/lib64"};
}

bool confine(const Allowed& allowed) {
  const int version = landlock_version();
  if (version < 1) return false;
  Rules wanted;
  std::size_t size = sizeof(wanted.files);
  if (version >= first_with_network) {
    wanted.network = network;
    size = sizeof wanted;
  }
  const FileDescriptor rules(
      static_cast<int>(::syscall(SYS_landlock_create_ruleset, &wanted, size, 0)));
  if (!rules) return false;
  for (const auto& path : allowed.to_read) {
    if (!allow(rules.get(), path, reading)) return false;
  }
  for (const auto& path : allowed.to_write) {
    if (!allow(rules.get(), path, writing)) return false;
  }
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::syscall(SYS_landlock_restrict_self, rules.get(), 0) == 0;
}

}  // namespace sluice::files
