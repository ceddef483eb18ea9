#include "files/inodes.h"

#include <sys/statvfs.h>

namespace sluice::files {

std::optional<Inodes> inodes_of(const std::filesystem::path& path) {
  struct statvfs status {};
  if (::statvfs(path.c_str(), &status) != 0 || status.f_files == 0) return std::nullopt;
  return Inodes{.free = status.f_favail, .total = status.f_files};
}

}  // namespace sluice::files
