#include "doctor/lock_holder.h"

#include <fstream>
#include <sstream>
#include <string>
#include <system_error>

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace sluice::doctor {
namespace {

// Nothing: this user may not look, or the process is gone.
std::optional<bool> has_open(const std::filesystem::path& process, const struct stat& file) {
  std::error_code error;
  for (std::filesystem::directory_iterator at(process / "fd", error), end; !error && at != end;
       at.increment(error)) {
    struct stat status {};
    if (::stat(at->path().c_str(), &status) != 0) continue;
    if (status.st_dev == file.st_dev && status.st_ino == file.st_ino) return true;
  }
  if (error) return std::nullopt;
  return false;
}

}  // namespace

std::optional<pid_t> lock_holder(const std::filesystem::path& file,
                                 const std::filesystem::path& locks) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return std::nullopt;
  const std::string inode = fmt::format(":{}", status.st_ino);
  const std::string this_file =
      fmt::format("{:02x}:{:02x}{}", major(status.st_dev), minor(status.st_dev), inode);
  std::optional<pid_t> perhaps;
  std::ifstream in(locks);
  std::string line;
  while (std::getline(in, line)) {
    // "1: FLOCK  ADVISORY  WRITE 18124 fe:00:10953443 0 EOF"; who waits for one has "->" first
    std::istringstream words(line);
    std::string number;
    std::string kind;
    std::string manner;
    std::string access;
    std::string place;
    pid_t holder = 0;
    if (!(words >> number >> kind >> manner >> access >> holder >> place)) continue;
    if (kind != "FLOCK" || access != "WRITE" || !place.ends_with(inode)) continue;
    if (place == this_file) return holder;
    // Of btrfs and of overlays the device is another one there than stat's; of other disks it is
    // another file with the same number.
    const auto open = has_open(locks.parent_path() / std::to_string(holder), status);
    if (open.value_or(false)) return holder;
    if (!open) perhaps = unknown_holder;
  }
  return perhaps;
}

}  // namespace sluice::doctor
