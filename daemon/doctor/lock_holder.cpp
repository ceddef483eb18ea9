#include "doctor/lock_holder.h"

#include <fstream>
#include <sstream>
#include <string>

#include <sys/stat.h>

namespace sluice::doctor {

std::optional<pid_t> lock_holder(const std::filesystem::path& file,
                                 const std::filesystem::path& locks) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return std::nullopt;
  // By the number of the inode: of layered file systems the device is another one there than here.
  const std::string inode = ":" + std::to_string(status.st_ino);
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
    if (kind == "FLOCK" && access == "WRITE" && place.ends_with(inode)) return holder;
  }
  return std::nullopt;
}

}  // namespace sluice::doctor
